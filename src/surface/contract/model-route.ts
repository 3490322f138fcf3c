/** The generated routes of models, with what the reference has to know of them: it describes what is served because it is told by it. */
import { type FieldType, isNever, type ModelNode, recognisingFields } from '../../model/index.ts'
import { filterOperatorsOf } from '../../plan/index.ts'
import type { Route } from './exchange.ts'

export type ModelOperation =
  | 'list'
  | 'one'
  | 'aggregate'
  | 'create'
  | 'update'
  | 'delete'
  | 'updateMany'
  | 'deleteMany'
  | 'restore'

/** The words of a route's query, apart from filters. */
export type QueryWord =
  | 'select'
  | 'include'
  | 'sort'
  | 'limit'
  | 'after'
  | 'before'
  | 'withDeleted'
  | 'groupBy'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'on'

/** What the query of a route may hold. */
export interface QueryShape {
  readonly words: readonly QueryWord[]
  readonly filters: boolean
  /** `columns`: `count` names what is counted, as in aggregates. `rows`: it says whether to count. */
  readonly counts: 'rows' | 'columns' | null
}

export interface ModelRoute extends Route {
  readonly model: string
  readonly operation: ModelOperation
  readonly query: QueryShape
}

/** The words that may stand in brackets after a field of this type: `price[gt]`. */
export const fieldWords = (type: FieldType): readonly string[] => [...filterOperatorsOf(type), 'isNull']

/** The words that may stand in brackets after a relation: `comments[none]`. */
export const relationWords = (kind: string): readonly string[] =>
  kind === 'belongsTo' || kind === 'hasOne' ? ['isNull', 'some', 'none'] : ['some', 'every', 'none']

/** By what a caller may tell a row that is there from a new one; nobody names a row by what nobody reads. */
export const upsertFields = (model: ModelNode): readonly (readonly string[])[] =>
  model.key.length === 0
    ? []
    : recognisingFields(model, true).filter(names => names.every(name => model.fields[name]?.writeOnly === false))

/** An operation that no caller may ever use is not served. */
export function isClosed(
  model: ModelNode,
  operation: 'read' | 'create' | 'update' | 'delete' | 'withDeleted',
): boolean {
  if (model.view && operation !== 'read') return true
  const rule = model.rules?.[operation]
  return rule === undefined || isNever(rule)
}

/** What the paths of the generated API begin with by default. */
export const defaultPrefix = '/api'

/** How many relations a filter may follow by default: `comments.author.name` follows two. */
export const defaultRelationDepth = 2
