/** The types of figures over rows: what can be asked for, and what comes back. */
import type { Where } from './filter.ts'
import type { Flat, ReadableColumns, Reader } from './rows.ts'
import type { ComputedOf, FieldsOf, NativeOf, SchemaShape } from './schema.ts'
import type { Nowhere, OneOrMore, Signed, SortNames, ToOnePaths } from './selection.ts'

/** A field, a computed field, or one of a to-one relation (`author.role`). */
export type GroupName<M, S extends SchemaShape, As extends Reader> = Unnamed<SortNames<M, S, As> | ToOnePaths<M, S, As>>

export type NumberName<M, S extends SchemaShape, As extends Reader> = Unnamed<NumberIn<FigureColumns<M, S, As>>>

/** What has a least and a greatest value is what rows can be sorted by. */
export type ComparableName<M, S extends SchemaShape, As extends Reader> = Unnamed<SortNames<M, S, As>>

/** The same words as a union that is put together anew, in a condition: it has no name, so what messages print of it are the words. */
type Unnamed<Word extends string> = [Signed<Word>] extends [infer Either]
  ? Either extends `-${string}`
    ? never
    : Either & string
  : never

type FigureColumns<M, S extends SchemaShape, As extends Reader> = ReadableColumns<M, S, As> & ComputedOf<M, S>

type NumberIn<Columns> = {
  [Name in keyof Columns]: Columns[Name] extends { readonly '~operators': 'number' | 'float' } ? Name & string : never
}[keyof Columns]

/** Which figures are wanted of which rows. */
export interface AggregateOptions<
  M,
  S extends SchemaShape,
  As extends Reader,
  Group extends GroupName<M, S, As>,
  Count,
  Sum,
  Avg,
  Min,
  Max,
> {
  readonly where?: Where<M, S, As>
  /** One result for each combination of values of these. */
  readonly groupBy?: readonly Group[]
  /** How many rows. */
  readonly count?: Count
  readonly sum?: readonly Sum[]
  readonly avg?: readonly Avg[]
  readonly min?: readonly Min[]
  readonly max?: readonly Max[]
  /** By names of groups, `count`, or figures as `sum.amount`; `-` in front means descending. */
  readonly sort?: OneOrMore<FigureName<Group, Count, Sum, Avg, Min, Max>>
  readonly limit?: number
  readonly withDeleted?: boolean
}

type FigureName<Group, Count, Sum, Avg, Min, Max> = Signed<
  | (NoInfer<Group> & string)
  | (NoInfer<Count> extends true ? 'count' : never)
  | NamesOf<'sum', NoInfer<Sum>>
  | NamesOf<'avg', NoInfer<Avg>>
  | NamesOf<'min', NoInfer<Min>>
  | NamesOf<'max', NoInfer<Max>>
>

type NamesOf<Word extends string, Name> = `${Word}.${Name & string}`

/** One group: its values, and the figures under the names of their functions. Over no rows figures are null, but for count. */
export type AggregateRow<M, S extends SchemaShape, As extends Reader, Group, Count, Sum, Avg, Min, Max> = Flat<
  { [Name in Group & string]: GroupValue<M, S, As, Name> } & (Count extends true ? { count: number } : unknown) &
    Figures<'sum', Sum, { [Name in Sum & string]: SumOf<ColumnOf<M, S, As, Name>> | null }> &
    Figures<'avg', Avg, { [Name in Avg & string]: number | null }> &
    Figures<'min', Min, { [Name in Min & string]: NativeOf<ColumnOf<M, S, As, Name>> | null }> &
    Figures<'max', Max, { [Name in Max & string]: NativeOf<ColumnOf<M, S, As, Name>> | null }>
>

type Figures<Word extends string, Name, Values> = [Name] extends [never] ? unknown : { [One in Word]: Values }

type ColumnOf<M, S extends SchemaShape, As extends Reader, Name> = Name extends keyof ReadableColumns<M, S, As>
  ? ReadableColumns<M, S, As>[Name]
  : Name extends keyof ComputedOf<M, S>
    ? ComputedOf<M, S>[Name]
    : never

/** The row behind a relation may not be there: null then, as in an include. */
type GroupValue<M, S extends SchemaShape, As extends Reader, Name> = Name extends `${infer Relation}.${infer Field}`
  ? Relation extends keyof FieldsOf<M, S>
    ? NativeOf<ColumnOf<FieldsOf<M, S>[Relation]['~target'], S, As, Field>> | Nowhere<FieldsOf<M, S>[Relation], S, As>
    : never
  : NativeOf<ColumnOf<M, S, As, Name>>

/** Sums of whole numbers are bigint, sums of decimals strings, sums of floats numbers. */
type SumOf<C> = C extends { readonly '~native': infer Native; readonly '~operators': infer Operators }
  ? Operators extends 'float'
    ? number
    : Native extends string
      ? string
      : bigint
  : never
