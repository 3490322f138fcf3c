/** The types of `row` and `user` in rules, scopes, computed fields and projections. */
import type { Condition } from '../symbol/condition.ts'
import type { Column } from './column.ts'
import type { Columns, ComputedOf, FieldsOf, IsNullable, IsToMany, Key, RelationNames, SchemaShape, TargetOf } from './schema.ts'
import type { EqualitySymbol, NullableSymbol, NumberSymbol, OrderSymbol, SymbolOf, TextSymbol, ValueOf } from './symbols.ts'

/** The symbol of a row of model `M`; `N` is null when the path to it may lead nowhere. */
export type RowSymbols<S extends SchemaShape, M, N = never> = {
  readonly [Name in keyof Columns<S, M>]: ColumnSymbol<Columns<S, M>[Name], N>
} & {
  readonly [Name in RelationNames<FieldsOf<S, M>>]: RelationSymbol<S, FieldsOf<S, M>[Name], N>
} & { readonly [Name in keyof ComputedOf<S, M>]: ComputedSymbol<ComputedOf<S, M>[Name], N> }

type ColumnSymbol<C, N> = C extends Column
  ? SymbolOf<C['~native'], C['~input'], C['~operators'], 'optional' extends C['~flags'] ? null : N>
  : never

/** A computed value: its form decides its methods. */
type ComputedSymbol<V, N> = [NonNullable<V>] extends [number | bigint]
  ? NumberSymbol<NonNullable<V>, NonNullable<V>, N | Extract<V, null>>
  : [NonNullable<V>] extends [string]
    ? TextSymbol<NonNullable<V>, NonNullable<V>, N | Extract<V, null>>
    : [NonNullable<V>] extends [boolean]
      ? EqualitySymbol<NonNullable<V>, NonNullable<V>, N | Extract<V, null>>
      : OrderSymbol<NonNullable<V>, NonNullable<V>, N | Extract<V, null>>

type RelationSymbol<S extends SchemaShape, Field, N> =
  IsToMany<Field> extends true
    ? ToManySymbol<S, TargetOf<Field>>
    : RowSymbols<S, TargetOf<Field>, IsNullable<Field> extends true ? null : N> & ToOneSymbol<S, TargetOf<Field>>

/** What a to-one relation can do besides being walked. */
export interface ToOneSymbol<S extends SchemaShape, Target> {
  /** It leads to the row with this key. */
  is(key: KeyOperand<S, Target>): Condition
  /** It leads to a row, and that one has another key. */
  isNot(key: KeyOperand<S, Target>): Condition
  /** It leads nowhere. */
  isNull(): Condition
}

type KeyOperand<S extends SchemaShape, Target> = Target extends keyof S['models']
  ? Key<S, Target> extends infer K
    ? K extends object
      ? { readonly [Name in keyof K]: K[Name] | ValueOf<K[Name] | null> }
      : K | ValueOf<K | null>
    : never
  : never

type Related<S extends SchemaShape, Target, Result> = (row: RowSymbols<S, Target>) => Result

/** A to-many relation. */
export interface ToManySymbol<S extends SchemaShape, Target> {
  /** At least one related row fulfils the condition; without one: there is a related row. */
  some(where?: Related<S, Target, Condition>): Condition
  /** No related row fulfils the condition. */
  none(where?: Related<S, Target, Condition>): Condition
  /** Every related row fulfils the condition; true when there are none. */
  every(where: Related<S, Target, Condition>): Condition
  /** How many related rows there are (that fulfil the condition). */
  count(where?: Related<S, Target, Condition>): NumberSymbol<number, number, never>
  /** Sums of whole numbers are bigint, sums of decimals keep their scale. Null when there are no rows; see `coalesce`. */
  sum<V extends number | bigint | string>(
    of: Related<S, Target, NumberSymbol<V, never, null> | ValueOf<V | null>>,
    where?: Related<S, Target, Condition>,
  ): NumberSymbol<SumOf<V>, SumOf<V>, null>
  /** A float. Null when there are no rows. */
  avg(of: Related<S, Target, ValueOf<number | bigint | string | null>>, where?: Related<S, Target, Condition>): NumberSymbol<number, number, null>
  min<V>(of: Related<S, Target, ValueOf<V | null>>, where?: Related<S, Target, Condition>): OrderSymbol<V, V, null>
  max<V>(of: Related<S, Target, ValueOf<V | null>>, where?: Related<S, Target, Condition>): OrderSymbol<V, V, null>
}

/** Floats and integers are both numbers to types; the sum of floats is a number at run time. */
type SumOf<V> = V extends string ? string : bigint

/** The symbol of the caller: whether there is one, and the fields of its row, null for whoever is not signed in. */
export type UserSymbols<S extends SchemaShape> = {
  /** Somebody is signed in. */
  readonly isSignedIn: Condition
} & {
  readonly [Name in keyof Columns<S, S['caller']>]: ColumnSymbol<Columns<S, S['caller']>[Name], null>
}

/** What the functions of rules, scopes and computed fields are given. */
export interface SymbolsFor<S extends SchemaShape, M> {
  /** The row that the rule or expression is about. */
  readonly row: RowSymbols<S, M>
  /** Whoever is asking. */
  readonly user: UserSymbols<S>
}

/** The value that a symbol stands for; conditions are booleans. */
export type ValueOfSymbol<T> = T extends Condition ? boolean : T extends ValueOf<infer V> ? V : never

export type { NullableSymbol }
