/** What a broken constraint means in the words of the model, from the names that the database tells. */
import { type ErrorOptions, refusal } from '../../error/index.ts'
import type { ModelGraph, ModelNode } from '../../model/index.ts'
import type { DeletePlan, InsertPlan, UpdatePlan } from '../../query/index.ts'
import { type ReferenceShape, tableShapes } from '../sql/index.ts'
import type { BrokenConstraint } from './connection.ts'

type Meaning =
  | { readonly kind: 'unique'; readonly model: ModelNode; readonly fields: readonly string[] }
  | { readonly kind: 'check'; readonly model: ModelNode; readonly check: string }
  | { readonly kind: 'reference'; readonly model: ModelNode; readonly reference: ReferenceShape }

/** The names that a database gives to what the declaration does not name. */
export interface ConstraintNaming {
  /** The name of the key's constraint. */
  key(model: ModelNode): string
  /** The name of the check of a column's form. */
  columnCheck(model: ModelNode, column: string): string
}

export class ConstraintNames {
  /** By table and name, since the names of constraints are unique per table only. */
  readonly #meanings = new Map<string, Meaning>()
  readonly #models = new Map<string, ModelNode>()
  readonly #tables = new Map<string, string>()
  readonly #constraintOnly = new Map<string, Meaning | null>()

  constructor(graph: ModelGraph, naming: ConstraintNaming) {
    for (const { model, columns, references, checks, indexes } of tableShapes(graph)) {
      this.#models.set(model.table, model)
      this.#tables.set(model.name, model.table)
      this.#add(model, naming.key(model), { kind: 'unique', model, fields: model.key })
      for (const { name, unique, columns: indexed } of indexes)
        if (unique) this.#add(model, name, { kind: 'unique', model, fields: indexed.map(({ field }) => field.name) })
      for (const field of columns)
        this.#add(model, naming.columnCheck(model, field.column), { kind: 'check', model, check: field.name })
      for (const [index, { name }] of checks.entries())
        this.#add(model, name, { kind: 'check', model, check: model.checks[index]?.name ?? name })
      for (const reference of references) this.#add(model, reference.name, { kind: 'reference', model, reference })
    }
  }

  /** `plan` is null for typed SQL, of which nothing is known but what the database says. */
  refusalOf(broken: BrokenConstraint, plan: InsertPlan | UpdatePlan | DeletePlan | null, cause: unknown): unknown {
    const options = cause instanceof Error ? { cause } : {}
    if (broken.kind === 'notNull') {
      const model = this.#models.get(broken.table ?? plan?.model ?? '')
      const name =
        Object.values(model?.fields ?? {}).find(({ column }) => column === broken.column)?.name ?? broken.column
      return refusal('values.not-nullable', { name }, { ...at([name]), ...options })
    }
    const meaning =
      this.#find(broken.table, broken.name) ?? this.#find(this.#tables.get(plan?.model ?? '') ?? null, broken.name)
    if (meaning === undefined) return cause
    switch (meaning.kind) {
      case 'unique': {
        const { model, fields } = meaning
        return refusal('writes.unique', { model: model.name, fields: fields.join(', ') }, { ...at(fields), ...options })
      }
      case 'check':
        return refusal('writes.check', { model: meaning.model.name, check: meaning.check }, options)
      case 'reference': {
        const { model, reference } = meaning
        if (leadsNowhere(broken.kind, reference, model, plan)) {
          const locals = reference.columns.map(({ name }) => name)
          const name = locals.length === 1 ? (locals[0] ?? reference.relation) : reference.relation
          return refusal(
            'writes.reference-missing',
            { name, model: reference.target.name },
            { ...at([name]), ...options },
          )
        }
        const target = plan?.model ?? reference.target.name
        return refusal('writes.reference-in-use', { model: target, other: model.name }, options)
      }
    }
  }

  #add(model: ModelNode, name: string, meaning: Meaning): void {
    this.#meanings.set(`${model.table}\n${name}`, meaning)
    this.#constraintOnly.set(name, this.#constraintOnly.has(name) ? null : meaning)
  }

  #find(table: string | null, name: string): Meaning | undefined {
    if (table !== null) return this.#meanings.get(`${table}\n${name}`)
    return this.#constraintOnly.get(name) ?? undefined
  }
}

/** Whether a reference was set to something that is not there; otherwise something is referred to that was to go. */
function leadsNowhere(
  told: BrokenConstraint['kind'],
  reference: ReferenceShape,
  model: ModelNode,
  plan: InsertPlan | UpdatePlan | DeletePlan | null,
): boolean {
  if (told === 'missing') return true
  if (told === 'inUse') return false
  if (plan === null || plan.kind === 'insert') return true
  if (plan.kind === 'delete' || plan.model !== model.name) return false
  return reference.columns.some(({ name }) => plan.set.some(({ field }) => field === name))
}

const at = (fields: readonly string[]): ErrorOptions => (fields.length === 1 ? { pointer: `/${fields[0]}` } : {})
