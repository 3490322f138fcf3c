/** The types of filters: `where: { state: 'draft', comments: { some: { body: { contains: 'x' } } } }`. */
import type { Column } from './column.ts'
import type { AnyField } from './declared.ts'
import type { Mistake } from './mistake.ts'
import type { Reader, ReaderOf } from './rows.ts'
import type { AddedColumns, ComputedOf, FieldsOf, SchemaShape } from './schema.ts'

interface NullFilter {
  /** The only test for null: every other comparison with null is false. */
  readonly isNull?: boolean
}

interface EqualityFilter<I> extends NullFilter {
  readonly eq?: I
  readonly ne?: I
  readonly in?: readonly I[]
  readonly notIn?: readonly I[]
}

interface OrderFilter<I> extends EqualityFilter<I> {
  readonly lt?: I
  readonly lte?: I
  readonly gt?: I
  readonly gte?: I
}

/** Operators that begin with `i` ignore case. */
interface TextFilter<I> extends OrderFilter<I> {
  readonly contains?: string
  readonly startsWith?: string
  readonly endsWith?: string
  readonly icontains?: string
  readonly istartsWith?: string
  readonly iendsWith?: string
  readonly iequals?: string
}

interface ArrayFilter<I> extends NullFilter {
  readonly has?: I extends readonly (infer Element)[] ? Element : never
  readonly hasAny?: I
  readonly hasAll?: I
}

interface Filters<I> {
  none: NullFilter
  equality: I | EqualityFilter<I>
  order: I | OrderFilter<I>
  number: I | OrderFilter<I>
  float: I | OrderFilter<I>
  text: I | TextFilter<I>
  array: ArrayFilter<I>
}

type ColumnFilter<C, As extends Reader> = C extends Column
  ? As extends 'system'
    ? Filters<C['~input']>[C['~operators']]
    : C extends { readonly '~readable': true }
      ? Filters<C['~input']>[C['~operators']]
      : Mistake<'This field is not readable by callers'>
  : never

type MemberFilter<S extends SchemaShape, Field extends AnyField, As extends Reader> = Field['~kind'] extends 'scalar'
  ? ColumnFilter<Field, As>
  : Field['~kind'] extends 'hasMany' | 'manyToMany'
    ? {
        /** At least one related row fulfils it. */
        readonly some?: Where<Field['~target'], S, As>
        /** All related rows fulfil it, or there are none. */
        readonly every?: Where<Field['~target'], S, As>
        /** No related row fulfils it. */
        readonly none?: Where<Field['~target'], S, As>
      }
    : As extends ReaderOf<Field>
      ? Where<Field['~target'], S, As> & NullFilter
      : Mistake<'This relation is not readable by callers'>

/** A condition on rows of model `M`; several properties have to hold together. */
export type Where<M, S extends SchemaShape, As extends Reader = 'caller'> = {
  readonly [Name in keyof FieldsOf<M, S>]?: MemberFilter<S, FieldsOf<M, S>[Name], As>
} & {
  readonly [Name in keyof AddedColumns<M, S>]?: ColumnFilter<AddedColumns<M, S>[Name], As>
} & {
  readonly [Name in keyof ComputedOf<M, S>]?: ColumnFilter<ComputedOf<M, S>[Name], As>
} & {
  readonly and?: readonly Where<M, S, As>[]
  readonly or?: readonly Where<M, S, As>[]
  readonly not?: Where<M, S, As>
}
