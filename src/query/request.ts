/**
 * What was asked, before anyone decided whether it makes sense: requests as plain data. A request holds no values. Where a value
 * belongs stands a slot number; the values travel beside the request, so the same request with other values has the same plan.
 */
import type { AggregateFunction, Direction, Expression, FieldType, Predicate } from '../model/index.ts'

/** The number of a value that travels beside the request. */
export type Slot = number

/** In which spelling the values beside a request come: from a query string, from a JSON body, or from code. */
export type ValueForm = 'text' | 'json' | 'native'

/** A condition as somebody outside wrote it. Paths name relations and end in a field or relation; relations read with the caller's rights. */
export type FilterRequest =
  | { readonly kind: 'and' | 'or'; readonly of: readonly FilterRequest[] }
  | { readonly kind: 'not'; readonly of: FilterRequest }
  /** `path` is relations, then a field; a to-many relation on the way means "some row of it". */
  | {
      readonly kind: 'compare'
      readonly path: readonly string[]
      readonly operator: FilterOperator
      readonly slot: Slot
    }
  | { readonly kind: 'isNull'; readonly path: readonly string[]; readonly value: boolean }
  | {
      readonly kind: 'some' | 'every' | 'none'
      readonly path: readonly string[]
      readonly where: FilterRequest | null
    }
  /** A condition that the application declared (a projection's filter, an action's code); its parameters are slots. */
  | { readonly kind: 'declared'; readonly predicate: Predicate; readonly slots: Readonly<Record<Slot, SlotType>> }

export interface SlotType {
  readonly type: FieldType
  readonly list: boolean
}

/** The operators of filters. `in` and `notIn` take a list; `iequals`, `icontains` … ignore case. */
export type FilterOperator =
  | 'eq'
  | 'ne'
  | 'lt'
  | 'lte'
  | 'gt'
  | 'gte'
  | 'in'
  | 'notIn'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'icontains'
  | 'istartsWith'
  | 'iendsWith'
  | 'iequals'
  | 'has'
  | 'hasAny'
  | 'hasAll'

export interface SortTerm {
  /** To-one relations, then a field or computed field. */
  readonly path: readonly string[]
  readonly direction: Direction
}

/** What the answer holds. */
export interface Selection {
  /** Begin with every field that the caller may read (relations excluded, computed fields included). */
  readonly defaults: boolean
  readonly outputs: readonly OutputRequest[]
}

export type OutputRequest =
  | { readonly kind: 'field'; readonly output: string; readonly field: string }
  /** `nested.limit` is null for the default limit. A to-one relation takes no where, sort or limit. */
  | { readonly kind: 'include'; readonly output: string; readonly relation: string; readonly nested: NestedRequest }
  /** One value per related row, as in `tags: ['a', 'b']`. */
  | {
      readonly kind: 'pluck'
      readonly output: string
      readonly relation: string
      readonly field: string
      readonly nested: NestedRequest
    }
  /** A field at the end of to-one relations, as whoever asks may see it there: null where one of the rows is absent or closed. */
  | { readonly kind: 'related'; readonly output: string; readonly path: readonly string[]; readonly field: string }
  /** A declared expression over the row and the caller. */
  | {
      readonly kind: 'expression'
      readonly output: string
      readonly expression: Expression
      readonly type: FieldType
      readonly nullable: boolean
    }
  /** An object that groups outputs of the same row. */
  | { readonly kind: 'object'; readonly output: string; readonly outputs: readonly OutputRequest[] }

export interface NestedRequest {
  readonly select: Selection
  readonly where: FilterRequest | null
  readonly sort: readonly SortTerm[]
  readonly limit: Slot | null
  /** No limit but the store's bound on the response: only for includes that the application declared (projections). */
  readonly unlimited?: boolean
  /** A limit that the application declared; the request brings none. */
  readonly fixedLimit?: number
}

/** A page of rows, or one row by its key. */
export interface FindRequest {
  readonly operation: 'find'
  readonly model: string
  readonly select: Selection
  readonly where: FilterRequest | null
  readonly sort: readonly SortTerm[]
  /** One row: the slots of the key's values in key order, or of a unique field. */
  readonly by: { readonly fields: readonly string[]; readonly slots: readonly Slot[] } | null
  readonly limit: Slot | null
  readonly offset: Slot | null
  /** A keyset page: the rows after or before the position that a cursor holds. */
  readonly seek: { readonly direction: 'after' | 'before' } | null
  readonly count: boolean
  readonly withDeleted: boolean
  /** All rows, without a page: for the engine's own reads, whose conditions bound them. */
  readonly unlimited?: boolean
  /** The page of an own read, which a request does not choose. */
  readonly fixedLimit?: number
}

/** A find that asks for nothing in particular: a page of rows as their readers may see them. */
export const emptyFind: Omit<FindRequest, 'model'> = Object.freeze({
  operation: 'find',
  select: { defaults: true, outputs: [] },
  where: null,
  sort: [],
  by: null,
  limit: null,
  offset: null,
  seek: null,
  count: false,
  withDeleted: false,
})

/** Counts and other figures over rows, whole or in groups. */
export interface AggregateRequest {
  readonly operation: 'aggregate'
  readonly model: string
  readonly where: FilterRequest | null
  readonly groupBy: readonly { readonly output: string; readonly path: readonly string[] }[]
  readonly measures: readonly {
    readonly output: string
    readonly function: AggregateFunction
    /** Null for `count` of rows. */
    readonly field: string | null
  }[]
  /** By outputs of groupBy and measures. */
  readonly sort: readonly { readonly output: string; readonly direction: Direction }[]
  readonly limit: Slot | null
  readonly withDeleted: boolean
}
