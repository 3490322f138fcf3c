/** A read as it will be executed: rules, scopes and defaults are inside; stores carry it out and decide nothing. */
import type { AggregateFunction, Direction, Expression, FieldType, Predicate } from '../model/index.ts'
import type { CallerClass } from './caller.ts'
import type { Parameter } from './parameter.ts'

export const planFormat = 1

interface PlanBase {
  readonly format: typeof planFormat
  readonly model: string
  readonly caller: CallerClass
  readonly parameters: readonly Parameter[]
  readonly reads: PlanReads
}

/** What a plan depends on (semantics 13): cache, realtime and audit ask for it. */
export interface PlanReads {
  /** Models and the fields of them that are read, conditions included; sorted. */
  readonly models: Readonly<Record<string, readonly string[]>>
  /** Caller attributes; sorted. */
  readonly caller: readonly string[]
  readonly now: boolean
  /** What the request names that is calculated from numbers, and may leave its type: `Order.total`. Absent: nothing. */
  readonly calculated?: readonly string[]
}

export interface FindPlan extends PlanBase {
  readonly kind: 'find'
  readonly root: ReadNode
  /** One row (or none) by a unique key, or a page. */
  readonly cardinality: 'one' | 'many'
  /** Return the positions of the first and last row: the values of `root.order`. */
  readonly positions: boolean
  /** The page runs backward: the store fetches in the order as given and returns the rows reversed. */
  readonly backward: boolean
  /** Also count all rows that fulfil this condition (the filter and rules without the page's position). */
  readonly count: Predicate | null
  /** Also return the row's version. Only for one row. */
  readonly versionField: string | null
  /** Products of limits to check when values are bound (semantics 19): each list of parameter indexes multiplies. */
  readonly limitProducts: readonly (readonly number[])[]
  /** True when some output takes the second way: JavaScript works on the parsed rows. */
  readonly decodes: boolean
}

/** Rows of one model and what is taken from each. The row's number is its nesting depth: the root is row 0. */
export interface ReadNode {
  readonly model: string
  readonly row: number
  readonly where: Predicate
  readonly order: readonly OrderTerm[]
  /** Index of a `limit` parameter; null: no limit (one row, or a declared unlimited include). */
  readonly limit: number | null
  /** Index of an `offset` parameter. */
  readonly offset: number | null
  readonly outputs: readonly Output[]
}

export interface OrderTerm {
  readonly of: Expression
  readonly type: FieldType
  readonly direction: Direction
  /** Nulls come last in both directions; false when the expression is never null, so stores may leave that out. */
  readonly nullable: boolean
}

/** `visible` on an output: a field rule that depends on the row; where it is false, the output is null (semantics 8). */
export type Output =
  | ValueOutput
  | { readonly kind: 'object'; readonly output: string; readonly outputs: readonly Output[] }
  | {
      readonly kind: 'one'
      readonly output: string
      readonly link: Link
      readonly node: ReadNode
      readonly visible: Predicate | null
    }
  /** An array of rows; for `list` of the one value output of `node`. `strategy`: how it is fetched, by shape and capability. */
  | {
      readonly kind: 'many' | 'list'
      readonly output: string
      readonly link: Link
      readonly node: ReadNode
      readonly visible: Predicate | null
      readonly strategy: 'correlated' | 'set'
    }

export interface ValueOutput {
  readonly kind: 'value'
  readonly output: string
  readonly of: Expression
  readonly type: FieldType
  readonly visible: Predicate | null
  /** `store`: the database writes it into the JSON. `decode`: JavaScript makes it from the stored form (the second way). */
  readonly assemble: 'store' | 'decode'
}

/** How a node's rows hang on the row around it: a relation of the model of row `row`. */
export interface Link {
  readonly model: string
  readonly row: number
  readonly relation: string
  /** For manyToMany: which rows of the join model count. There that row has the number of the node's row; absent: all do. */
  readonly links?: Predicate
}

export interface AggregatePlan extends PlanBase {
  readonly kind: 'aggregate'
  readonly where: Predicate
  readonly groupBy: readonly { readonly output: string; readonly of: Expression; readonly type: FieldType }[]
  readonly measures: readonly {
    readonly output: string
    readonly function: AggregateFunction
    readonly of: Expression | null
    /** The type of the result: count is integer; sum of integers is bigint, of decimals a decimal; avg is float or decimal. */
    readonly type: FieldType
  }[]
  readonly order: readonly { readonly output: string; readonly direction: Direction }[]
  readonly limit: number | null
}

export type ReadPlan = FindPlan | AggregatePlan
