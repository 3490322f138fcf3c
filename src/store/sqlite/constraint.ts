/**
 * What a broken constraint means in the words of the model. SQLite names columns and checks, but of a foreign key only says that one
 * failed: which one is found out by looking, in the same transaction, in which the failed statement has left nothing behind.
 */
import type { DatabaseSync } from 'node:sqlite'
import { type ErrorOptions, refusal } from '../../error/index.ts'
import {
  fieldOf,
  type ModelGraph,
  type ModelNode,
  modelOf,
  type RelationNode,
  spokenName,
  type ToldCheck,
  toldCheck,
  type Value,
} from '../../model/index.ts'
import type { DeletePlan, InsertPlan, UpdatePlan } from '../../query/index.ts'
import { brokenCheck, brokenUnique, missingReference, referenceInUse, refusedNull } from '../contract/index.ts'
import {
  binderOf,
  columnCheckName,
  columnSql,
  flatTableName,
  identifier,
  type NamedChange,
  scopeOf,
  type SqlDialect,
  Statement,
  tableRow,
  tableShapes,
  typedValueSql,
  words,
} from '../sql/index.ts'

import { referencesOf } from './catalogue.ts'
import { resultCode } from './driver-error.ts'
import { type Bound, encoderOf } from './encode.ts'

/** Extended result codes of SQLite. */
const codes = {
  check: 275,
  foreignKey: 787,
  notNull: 1299,
  primaryKey: 1555,
  trigger: 1811,
  unique: 2067,
  rowid: 2579,
} as const

interface Reference {
  readonly model: ModelNode
  readonly relation: RelationNode
}

export class Constraints {
  readonly #graph: ModelGraph
  readonly #dialect: SqlDialect
  readonly #database: DatabaseSync
  readonly #models: ReadonlyMap<string, ModelNode>
  /** The name of a check's constraint to the check as it was declared. */
  readonly #checks = new Map<string, { readonly model: string; readonly check: ToldCheck }>()
  /** The name of an index over an expression to its fields: SQLite tells no columns of such a one. */
  readonly #folded = new Map<string, { readonly model: ModelNode; readonly fields: readonly string[] }>()

  constructor(graph: ModelGraph, dialect: SqlDialect, database: DatabaseSync) {
    this.#graph = graph
    this.#dialect = dialect
    this.#database = database
    this.#models = new Map(Object.values(graph.models).map(model => [flatTableName(model), model]))
    for (const { model, columns, checks, indexes } of tableShapes(graph)) {
      for (const { name, columns: parts } of indexes)
        this.#folded.set(name, { model, fields: parts.map(({ field }) => field.name) })
      for (const field of columns)
        this.#checks.set(columnCheckName(model, field.column), {
          model: model.name,
          check: { name: field.name, fields: [field.name] },
        })
      for (const [index, { name }] of checks.entries()) {
        const declared = model.checks[index]
        if (declared !== undefined) this.#checks.set(name, { model: model.name, check: toldCheck(declared) })
      }
    }
  }

  ofInsert(error: Error, plan: InsertPlan, rows: readonly (readonly Value[])[]): unknown {
    if (resultCode(error) !== codes.foreignKey) return this.#named(error, plan.model)
    const model = modelOf(this.#graph, plan.model)
    for (const reference of this.#referencesOf(model)) {
      if (this.#isMissing(reference, plan, rows)) return missing(reference.relation, error)
    }
    return this.#otherMissing(model, error)
  }

  ofChange(error: Error, plan: UpdatePlan | DeletePlan, values: readonly Value[]): unknown {
    if (resultCode(error) !== codes.foreignKey) return this.#named(error, plan.model)
    const model = modelOf(this.#graph, plan.model)
    if (plan.kind === 'update') {
      for (const { relation } of this.#referencesOf(model)) {
        if (this.#leadsNowhere(relation, plan, values)) return missing(relation, error)
      }
    }
    return this.#inUse(model, plan, values, error)
  }

  /** Of typed SQL nothing is known but what SQLite says, and what the query changes; null for raw SQL. */
  ofTypedSql(error: Error, change: NamedChange | null): unknown {
    if (resultCode(error) !== codes.foreignKey) return this.#named(error, '')
    const model = this.#models.get(change?.table ?? '')
    if (model === undefined || change === null) return error
    const { kind, columns } = change
    const written = this.#referencesOf(model).filter(
      ({ relation }) =>
        columns === null || relation.on.some(({ local }) => columns.includes(model.fields[local]?.column ?? '')),
    )
    if (kind === 'delete' || (kind === 'update' && written.length === 0)) return this.#unknownReference(model, error)
    const [first] = written
    if (written.length === 1 && first !== undefined) return missing(first.relation, error)
    const either = (names: readonly string[]): string => [...new Set(names)].join(' or ')
    const name = either(written.map(({ relation }) => relation.name))
    const target = either(written.map(({ relation }) => relation.target))
    return refusal('writes.reference-missing', { name, model: target }, { cause: error })
  }

  /** Constraints that SQLite names in its message. */
  #named(error: Error, modelName: string): unknown {
    const named = /^(.+?) constraint failed: (.+)$/.exec(error.message)
    const subject = named?.[2] ?? ''
    switch (resultCode(error)) {
      case codes.unique:
      case codes.primaryKey:
      case codes.rowid: {
        const index = /^index '(.+)'$/u.exec(subject)?.[1]?.replaceAll("''", "'")
        if (index !== undefined) return this.#ofIndex(index, modelName, error)
        const columns = subject.split(', ').map(column => this.#field(column))
        const [{ model } = { model: unknownModel(modelName) }] = columns
        return brokenUnique(
          model,
          columns.map(({ field }) => field),
          error,
        )
      }
      case codes.notNull:
        return refusedNull(this.#field(subject).field, error)
      case codes.check: {
        const { model, check } = this.#checks.get(subject) ?? { model: modelName, check: { name: subject, fields: [] } }
        return brokenCheck(model, check, error)
      }
      case codes.trigger:
        return refusal('writes.refused', { reason: error.message }, { cause: error })
      default:
        return error
    }
  }

  /** Of an index over expressions that the models have no word for only the name is known. */
  #ofIndex(name: string, modelName: string, error: Error): unknown {
    const folded = this.#folded.get(name)
    if (folded !== undefined) return brokenUnique(folded.model, folded.fields, error)
    const table = this.#database
      .prepare("select tbl_name from sqlite_schema where type = 'index' and name = ?")
      .get(name)?.['tbl_name']
    return brokenUnique(this.#models.get(String(table)) ?? unknownModel(modelName), [name], error)
  }

  /** `table.column` of a message as a field. */
  #field(column: string): { readonly model: ModelNode; readonly field: string } {
    const point = column.lastIndexOf('.')
    const model = this.#models.get(column.slice(0, point))
    const name = column.slice(point + 1)
    if (model === undefined) throw new Error(`SQLite refused a row of a table that is no model's: ${column}`)
    return { model, field: Object.values(model.fields).find(field => field.column === name)?.name ?? name }
  }

  #referencesOf(model: ModelNode): readonly Reference[] {
    return Object.values(model.relations)
      .filter(({ kind }) => kind === 'belongsTo')
      .map(relation => ({ model, relation }))
  }

  /** Whether some row refers to what is not there. */
  #isMissing({ relation }: Reference, plan: InsertPlan, rows: readonly (readonly Value[])[]): boolean {
    const places = relation.on.map(({ local }) => plan.fields.findIndex(({ field }) => field === local))
    if (places.includes(-1)) return false
    const target = modelOf(this.#graph, relation.target)
    const columns = relation.on.map(({ remote }) => this.#column(target, remote))
    const writes = relation.on.map(({ remote }) => this.#dialect.native(fieldOf(target, remote))?.write)
    const statement = this.#database.prepare(
      `select 1 from ${this.#dialect.table(target)} where ${columns.map((column, index) => `${column} = ${writes[index]?.('?') ?? '?'}`).join(' and ')}`,
    )
    const encoders = places.map(place =>
      encoderOf({ parameter: 0, as: 'value', type: plan.fields[place]?.type ?? { kind: 'text', options: {} } }),
    )
    return rows.some(row => {
      const values = places.map(place => row[place] ?? null)
      if (values.includes(null)) return false
      return statement.get(...values.map((value, index) => encoders[index]?.(value) ?? (value as Bound))) === undefined
    })
  }

  /** A table that was there before its model may refer in ways that the model has no relation for. */
  #otherMissing(model: ModelNode, error: Error): unknown {
    const known = this.#referencesOf(model).map(({ relation }) =>
      relation.on.map(({ local }) => model.fields[local]?.column ?? local).join(),
    )
    const [other] = referencesOf(this.#database, flatTableName(model)).filter(
      ({ columns }) => !known.includes(columns.join()),
    )
    if (other === undefined) return this.#unknownReference(model, error)
    const fieldNames = other.columns.map(column => this.#field(`${flatTableName(model)}.${column}`).field)
    const target = this.#models.get(other.table)?.name ?? other.table
    return refusal(
      'writes.reference-missing',
      { name: fieldNames.join(', '), model: target },
      { ...at(fieldNames), cause: error },
    )
  }

  /** Whether an update would set a reference to something that is not there. */
  #leadsNowhere(relation: RelationNode, plan: UpdatePlan, values: readonly Value[]): boolean {
    const assigned = relation.on.map(({ local }) => plan.set.find(({ field }) => field === local))
    if (assigned.every(one => one === undefined)) return false
    const statement = new Statement(this.#dialect, this.#graph, plan.parameters)
    const model = modelOf(this.#graph, plan.model)
    const row = tableRow(statement, model, statement.alias('t0'))
    const scope = scopeOf(statement, [row])
    const target = modelOf(this.#graph, relation.target)
    const after = relation.on.map(({ local }, index) => {
      const to = assigned[index]?.to
      const column = row.column(local)
      if (to === undefined) return columnSql(column)
      const { sql } = typedValueSql(to, scope)
      return column.own?.form.write(sql) ?? sql
    })
    const found = relation.on
      .map(({ remote }, index) => `r.${this.#column(target, remote)} = ${after[index]}`)
      .join(' and ')
    return this.#finds(
      statement,
      words(
        `select 1 from ${this.#dialect.table(model)} t0 where (${scope.condition(plan.where, scope).sql})`,
        ...after.map(value => `and ${value} is not null`),
        `and not exists (select 1 from ${this.#dialect.table(target)} r where ${found}) limit 1`,
      ),
      values,
    )
  }

  /** The model whose rows still refer to rows that were to go; by cascade it may be further away. */
  #inUse(model: ModelNode, plan: UpdatePlan | DeletePlan, values: readonly Value[], error: Error): unknown {
    const referrers = this.#referrersOf(model)
    for (const { model: other, relation } of referrers) {
      if (plan.kind === 'delete' && relation.onDelete !== 'restrict') continue
      const statement = new Statement(this.#dialect, this.#graph, plan.parameters)
      const row = tableRow(statement, model, statement.alias('t0'))
      const scope = scopeOf(statement, [row])
      const on = relation.on
        .map(({ local, remote }) => `r.${this.#column(other, local)} = ${columnSql(row.column(remote))}`)
        .join(' and ')
      const sql = words(
        `select 1 from ${this.#dialect.table(model)} t0 where (${scope.condition(plan.where, scope).sql})`,
        `and exists (select 1 from ${this.#dialect.table(other)} r where ${on}) limit 1`,
      )
      if (this.#finds(statement, sql, values)) return referenceInUse(model.name, spokenName(other), error)
    }
    return this.#unknownReference(model, error)
  }

  /** The first model that restricts deletion and is reached by cascades. */
  #unknownReference(model: ModelNode, error: Error): unknown {
    const seen = new Set([model.name])
    const reached = [model]
    for (const one of reached) {
      for (const { model: other, relation } of this.#referrersOf(one)) {
        if (relation.onDelete === 'restrict' && one !== model) return referenceInUse(one.name, spokenName(other), error)
        if (relation.onDelete === 'cascade' && !seen.has(other.name)) {
          seen.add(other.name)
          reached.push(other)
        }
      }
    }
    const [first] = this.#referrersOf(model)
    return referenceInUse(model.name, spokenName(first?.model ?? model), error)
  }

  #referrersOf(model: ModelNode): readonly Reference[] {
    return Object.values(this.#graph.models)
      .flatMap(other => this.#referencesOf(other))
      .filter(({ relation }) => relation.target === model.name)
  }

  #finds(statement: Statement, sql: string, values: readonly Value[]): boolean {
    const command = statement.finish(sql)
    return this.#database.prepare(command.sql).get(...binderOf(command.bindings, encoderOf)(values)) !== undefined
  }

  #column(model: ModelNode, field: string): string {
    return identifier(fieldOf(model, field).column)
  }
}

const missing = ({ name, on, target }: RelationNode, cause: Error): unknown =>
  missingReference({ relation: name, locals: on.map(({ local }) => local), target }, cause)

/** A model of which nothing is known but how it was called. */
const unknownModel = (name: string): Pick<ModelNode, 'name' | 'fields'> => ({ name, fields: {} })

const at = (fields: readonly string[]): ErrorOptions => (fields.length === 1 ? { pointer: `/${fields[0]}` } : {})
