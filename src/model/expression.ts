/** The language of rules, computed fields, checks and filters: plain frozen data about a row, the caller and the moment. */
import type { FieldType, Value } from './value.ts'

/**
 * Where a row stands: rows are numbered from the outside in. The row of the plan's (or rule's) own model is 0; the row bound by
 * `row.comments.some(comment => …)` in it is 1, and so on. `path` then walks to-one relations from that row.
 */
export interface RowReference {
  readonly row: number
  readonly path: readonly string[]
}

/** A field of a row, or of what a row's to-one relations lead to. Null when a relation on the path leads nowhere. */
export interface FieldExpression extends RowReference {
  readonly kind: 'field'
  readonly field: string
}

/** A constant of the declaration; stores write it into their command as a literal. */
export interface LiteralExpression {
  readonly kind: 'literal'
  readonly value: Value
  readonly type: FieldType
}

/** A value bound when the plan runs: slot `index` of the plan's parameters. A list is bound as one array. */
export interface ParameterExpression {
  readonly kind: 'parameter'
  readonly index: number
}

/** A field of the caller's own row; null for whoever is not signed in. The planner turns it into a parameter. */
export interface CallerExpression {
  readonly kind: 'caller'
  readonly attribute: string
}

/** The request's one moment. The planner turns it into a parameter. */
export interface NowExpression {
  readonly kind: 'now'
}

export type AggregateFunction = 'count' | 'sum' | 'avg' | 'min' | 'max'

/** How many rows a relation leads to, or a sum, average, minimum or maximum over them. */
export interface RelationAggregateExpression extends RowReference {
  readonly kind: 'aggregate'
  readonly function: AggregateFunction
  readonly relation: string
  /** A condition on the related rows, which are numbered one deeper than the deepest row around them. */
  readonly where: Predicate
  /** What is summed; absent for count. */
  readonly of?: Expression
  /** In plans, see {@link SomePredicate.links}. */
  readonly links?: Predicate
  /** Whose rights: `schema` sees all rows (rules, computed fields), `caller` only those the caller may read. */
  readonly authority: Authority
}

/** A function over values. Null in, null out, but for `coalesce`. */
export interface CallExpression {
  readonly kind: 'call'
  readonly function: 'add' | 'subtract' | 'multiply' | 'concat' | 'lower' | 'upper' | 'length' | 'coalesce'
  readonly arguments: readonly Expression[]
  readonly type: FieldType
}

/** A condition as a boolean value. */
export interface ConditionExpression {
  readonly kind: 'condition'
  readonly of: Predicate
}

export type Expression =
  | FieldExpression
  | LiteralExpression
  | ParameterExpression
  | CallerExpression
  | NowExpression
  | RelationAggregateExpression
  | CallExpression
  | ConditionExpression

/** Whose rights decide which rows of a relation exist (semantics 4). */
export type Authority = 'schema' | 'caller'

export type ComparisonOperator = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'
export type TextOperator = 'contains' | 'startsWith' | 'endsWith' | 'equals'
export type ArrayOperator = 'has' | 'hasAny' | 'hasAll'

/**
 * A condition with two truth values: a comparison in which either side is null is false, and `not` is the exact complement of
 * what it negates.
 */
export type Predicate =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Predicate[] }
  | { readonly kind: 'not'; readonly of: Predicate }
  | {
      readonly kind: 'compare'
      readonly operator: ComparisonOperator
      readonly left: Expression
      readonly right: Expression
    }
  /** `list` is a literal array or a list parameter; an empty list makes the condition false. */
  | { readonly kind: 'in'; readonly left: Expression; readonly list: Expression }
  /** The tuple of values is among the tuples of a list parameter: rows by composite key (semantics 17). */
  | { readonly kind: 'tupleIn'; readonly left: readonly Expression[]; readonly list: ParameterExpression }
  /** `insensitive` compares case-folded text: both sides in Unicode simple lower case. */
  | {
      readonly kind: 'text'
      readonly operator: TextOperator
      readonly insensitive: boolean
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'isNull'; readonly of: Expression }
  /** The array on the left has the element (`has`) or any or all elements of the list on the right. */
  | { readonly kind: 'array'; readonly operator: ArrayOperator; readonly left: Expression; readonly right: Expression }
  | SomePredicate
  /** The caller is signed in; folded when planning. */
  | { readonly kind: 'signedIn' }
  | SeekPredicate

/** At least one row at the other end of a relation (to-one or to-many) fulfils `where`, in which that row is numbered one deeper. */
export interface SomePredicate extends RowReference {
  readonly kind: 'some'
  readonly relation: string
  readonly where: Predicate
  /** In plans, for manyToMany: which rows of the join model count. There that row has the number of the related row; absent: all do. */
  readonly links?: Predicate
  /** In writes, of a to-one relation: the row stays as it was found until the transaction ends. */
  readonly held?: true
  readonly authority: Authority
}

export type Direction = 'ascending' | 'descending'

/** The row comes after the given position in an order: what keyset pages are made of. Nulls come last in both directions. */
export interface SeekPredicate {
  readonly kind: 'seek'
  readonly terms: readonly {
    readonly of: Expression
    readonly direction: Direction
    readonly nullable: boolean
    readonly position: ParameterExpression
  }[]
  /** True for a backward page: the row comes before the position. */
  readonly backward: boolean
}

export const always: Predicate = Object.freeze({ kind: 'constant', value: true })
export const never: Predicate = Object.freeze({ kind: 'constant', value: false })

export const isAlways = (predicate: Predicate): boolean => predicate.kind === 'constant' && predicate.value
export const isNever = (predicate: Predicate): boolean => predicate.kind === 'constant' && !predicate.value
