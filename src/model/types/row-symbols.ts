/** The types of `row` and `user` in rules, scopes, computed fields and projections. */
import type { Condition } from '../symbol/condition.ts'
import type { Column } from './column.ts'
import type { AnyField } from './declared.ts'
import type { AddedColumns, Columns, ComputedOf, FieldsOf, IsGroup, Key, SchemaShape } from './schema.ts'
import type { Calculable, FloatSymbol, NumberSymbol, SameKind, SymbolOf, ValueOf } from './symbols.ts'

/** The symbol of a row of model `M`; `N` is null when the path to it may lead nowhere. */
export type RowSymbols<M, S extends SchemaShape, N = never> = {
  readonly [Name in keyof FieldsOf<M, S>]: MemberSymbol<FieldsOf<M, S>[Name], S, N>
} & {
  readonly [Name in keyof AddedColumns<M, S>]: ColumnSymbol<AddedColumns<M, S>[Name], N>
} & { readonly [Name in keyof ComputedOf<M, S>]: ColumnSymbol<ComputedOf<M, S>[Name], N> }

type ColumnSymbol<C, N, Gives = Condition> = C extends Column
  ? SymbolOf<C['~native'], C['~input'], C['~operators'], 'optional' extends C['~flags'] ? null : N, Gives>
  : never

type MemberSymbol<Field extends AnyField, S extends SchemaShape, N> = Field['~kind'] extends 'scalar'
  ? ColumnSymbol<Field, N>
  : Field['~kind'] extends 'hasMany' | 'manyToMany'
    ? ToManySymbol<Field['~target'], S>
    : RowSymbols<Field['~target'], S, 'optional' extends Field['~flags'] ? null : N> & ToOneSymbol<Field['~target'], S>

/** What a to-one relation can do besides being walked. */
export interface ToOneSymbol<in out Target, in out S extends SchemaShape> {
  /** It leads to the row with this key. */
  is(key: KeyOperand<Target, S>): Condition
  /** It leads to a row, and that one has another key. */
  isNot(key: KeyOperand<Target, S>): Condition
  /** It leads nowhere. */
  isNull(): Condition
}

type KeyOperand<Target, S extends SchemaShape> = Target extends keyof S['models']
  ? IsGroup<S['models'][Target]['~options']> extends true
    ? { readonly [Name in keyof Key<S, Target>]: Key<S, Target>[Name] | ValueOf<Key<S, Target>[Name] | null> }
    : Key<S, Target> | ValueOf<Key<S, Target> | null>
  : never

type Related<Target, S extends SchemaShape, Result> = (row: RowSymbols<Target, S>) => Result

/** A to-many relation. */
export interface ToManySymbol<in out Target, in out S extends SchemaShape> {
  /** At least one related row fulfils the condition; without one: there is a related row. */
  some(where?: Related<Target, S, Condition>): Condition
  /** No related row fulfils the condition. */
  none(where?: Related<Target, S, Condition>): Condition
  /** Every related row fulfils the condition; true when there are none. */
  every(where: Related<Target, S, Condition>): Condition
  /** How many related rows there are (that fulfil the condition). */
  count(where?: Related<Target, S, Condition>): NumberSymbol<number, number, never>
  /**
   * Sums of whole numbers are bigint, sums of decimals keep their scale, sums of floats are floats. Null when there are no rows; see
   * `coalesce`.
   */
  sum<Of extends Calculable>(of: Related<Target, S, Of>, where?: Related<Target, S, Condition>): SumSymbol<Of>
  /** A float. Null when there are no rows. */
  avg(of: Related<Target, S, Calculable>, where?: Related<Target, S, Condition>): FloatSymbol<number, number, null>
  /** The least value. Null when there are no rows. */
  min<Of extends ValueOf<unknown>>(
    of: Related<Target, S, Of>,
    where?: Related<Target, S, Condition>,
  ): SameKind<Of, null>
  /** The greatest value. Null when there are no rows. */
  max<Of extends ValueOf<unknown>>(
    of: Related<Target, S, Of>,
    where?: Related<Target, S, Condition>,
  ): SameKind<Of, null>
}

type SumSymbol<Of> = Of extends { readonly '~float': true }
  ? FloatSymbol<number, number, null>
  : Of extends ValueOf<infer V>
    ? NumberSymbol<SumOf<NonNullable<V>>, SumOf<NonNullable<V>>, null>
    : never

type SumOf<V> = V extends string ? string : bigint

/** The symbol of the caller: whether there is one, and the fields of its row, null for whoever is not signed in. */
export type UserSymbols<S extends SchemaShape> = {
  /** Somebody is signed in. */
  readonly isSignedIn: Condition<'caller'>
} & {
  readonly [Name in keyof Columns<S['caller'], S>]: ColumnSymbol<
    Columns<S['caller'], S>[Name],
    null,
    Condition<'caller'>
  >
}

/** What functions are given that look at the caller alone. */
export interface CallerSymbols<in out S extends SchemaShape> {
  /** Whoever is asking. */
  readonly user: UserSymbols<S>
}

/** What the functions of rules, scopes and computed fields are given. */
export interface SymbolsFor<in out M, in out S extends SchemaShape> {
  /** The row that the rule or expression is about. */
  readonly row: RowSymbols<M, S>
  /** Whoever is asking. */
  readonly user: UserSymbols<S>
}
