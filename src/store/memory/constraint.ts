/** What a table refuses: nulls, broken checks, repeated uniques, references that lead nowhere or are still in use. */
import {
  type ModelGraph,
  type ModelNode,
  modelOf,
  type RelationNode,
  spokenName,
  storedPredicate,
  type ToldCheck,
  toldCheck,
  type UniqueNode,
} from '../../model/index.ts'
import { brokenCheck, brokenUnique, missingReference, referenceInUse, refusedNull } from '../contract/index.ts'
import { type Run, type Test, compilePredicate } from './expression.ts'
import type { Layer, Row, RowNumber } from './layer.ts'

type Unique = Pick<UniqueNode, 'fields' | 'liveOnly' | 'ignoreCase'>

interface Reference {
  readonly model: ModelNode
  readonly relation: RelationNode
  readonly local: readonly string[]
  readonly remote: readonly string[]
}

/** The constraints of one model, made when the store opens. */
export interface Constraints {
  readonly uniques: readonly Unique[]
  readonly checks: readonly (ToldCheck & { readonly test: Test })[]
  /** Its own belongsTo relations. */
  readonly references: readonly Reference[]
  /** The belongsTo relations of all models that lead here. */
  readonly referrers: readonly Reference[]
}

export function constraintsOf(
  graph: ModelGraph,
  enforced: { readonly unique: boolean; readonly foreignKeys: boolean },
) {
  const references = enforced.foreignKeys ? Object.values(graph.models).flatMap(referencesOf) : []
  const constraints = new Map<string, Constraints>()
  for (const model of Object.values(graph.models)) {
    const scope = { graph, parameters: [], models: [model.name] }
    constraints.set(model.name, {
      uniques: [
        ...(model.key.length > 0 ? [{ fields: model.key, liveOnly: false }] : []),
        ...(enforced.unique ? model.uniques : []),
      ],
      checks: model.checks.map(check => ({
        ...toldCheck(check),
        test: compilePredicate(storedPredicate(check.predicate), scope),
      })),
      references: references.filter(reference => reference.model === model),
      referrers: references.filter(reference => reference.relation.target === model.name),
    })
  }
  return constraints
}

function referencesOf(model: ModelNode): Reference[] {
  return Object.values(model.relations)
    .filter(relation => relation.kind === 'belongsTo')
    .map(relation => ({
      model,
      relation,
      local: relation.on.map(({ local }) => local),
      remote: relation.on.map(({ remote }) => remote),
    }))
}

/** A statement in the making: rows are changed in its layer, and what they need is checked when all of them are there. */
export class Changes {
  readonly #graph: ModelGraph
  readonly #constraints: ReadonlyMap<string, Constraints>
  readonly #run: Run
  readonly #layer: Layer
  readonly #written: { readonly model: string; readonly number: RowNumber }[] = []
  readonly #left: { readonly model: string; readonly row: Row }[] = []

  constructor(graph: ModelGraph, constraints: ReadonlyMap<string, Constraints>, run: Run) {
    this.#graph = graph
    this.#constraints = constraints
    this.#run = run
    this.#layer = run.layer
  }

  put(model: string, number: RowNumber, row: Row): void {
    const table = this.#layer.change(model)
    const before = table.get(number)
    this.#checkRow(model, row)
    table.put(number, row)
    this.#written.push({ model, number })
    if (before !== null) this.#left.push({ model, row: before })
  }

  /** The row and, by cascade, what belongs to it. */
  remove(model: string, number: RowNumber): void {
    const table = this.#layer.change(model)
    const row = table.get(number)
    if (row === null) return
    table.remove(number)
    this.#left.push({ model, row })
    for (const reference of this.#of(model).referrers) {
      if (reference.relation.onDelete === 'restrict') continue
      // Collected first: the loop changes what it would be going through.
      const children = Array.from(
        this.#layer.read(reference.model.name).find(reference.local, this.#values(reference, row)),
      )
      for (const [child, childRow] of children) {
        if (reference.relation.onDelete === 'cascade') this.remove(reference.model.name, child)
        else
          this.put(reference.model.name, child, {
            ...childRow,
            ...Object.fromEntries(reference.local.map(field => [field, null])),
          })
      }
    }
  }

  /** Uniques and references, as they are after the whole statement. */
  finish(): void {
    for (const { model, row } of this.#left) {
      for (const reference of this.#of(model).referrers) {
        const values = this.#values(reference, row)
        if (exists(this.#layer.read(model).find(reference.remote, values))) continue
        if (exists(this.#layer.read(reference.model.name).find(reference.local, values))) {
          throw referenceInUse(model, spokenName(reference.model))
        }
      }
    }
    for (const { model, number } of this.#written) {
      const row = this.#layer.read(model).get(number)
      if (row === null) continue
      this.#checkUniques(model, number, row)
      for (const { relation, local, remote } of this.#of(model).references) {
        const values = local.map(field => row[field] ?? null)
        if (values.includes(null) || exists(this.#layer.read(relation.target).find(remote, values))) continue
        throw missingReference({ relation: relation.name, locals: local, target: relation.target })
      }
    }
  }

  #of(model: string): Constraints {
    return this.#constraints.get(model) ?? { uniques: [], checks: [], references: [], referrers: [] }
  }

  #values(reference: Reference, row: Row) {
    return reference.remote.map(field => row[field] ?? null)
  }

  #checkRow(model: string, row: Row): void {
    for (const field of Object.values(modelOf(this.#graph, model).fields)) {
      if (!field.nullable && (row[field.name] ?? null) === null) throw refusedNull(field.name)
    }
    this.#run.rows[0] = row
    for (const check of this.#of(model).checks) if (!check.test(this.#run)) throw brokenCheck(model, check)
  }

  #checkUniques(model: string, number: RowNumber, row: Row): void {
    const node = modelOf(this.#graph, model)
    for (const unique of this.#of(model).uniques)
      if (conflicts(this.#layer, node, unique, row, number)) throw brokenUnique(node, unique.fields)
  }
}

/** Whether a row other than `number` has the same values of a unique. */
export function conflicts(layer: Layer, model: ModelNode, unique: Unique, row: Row, number: RowNumber | null): boolean {
  const live = (one: Row): boolean => model.softDeleteField === null || (one[model.softDeleteField] ?? null) === null
  if (unique.liveOnly && !live(row)) return false
  for (const [other, otherRow] of layer.read(model.name).find(
    unique.fields,
    unique.fields.map(field => row[field] ?? null),
    unique.ignoreCase,
  )) {
    if (other !== number && (!unique.liveOnly || live(otherRow))) return true
  }
  return false
}

const exists = (entries: Generator<unknown>): boolean => entries.next().done !== true
