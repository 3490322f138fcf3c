/** The types of symbols: what `row.state` and `user.role` are in rules, checks and computed fields. */
import type { Condition } from '../symbol/condition.ts'
import type { OperatorClass } from './column.ts'

/** Anything that stands for a value of type `V` that is only known when a request runs. */
export interface ValueOf<out V> {
  readonly '~expression': unknown
  readonly '~value'?: V
}

/** A constant or another symbol of the same type. */
type Operand<V, I> = I | ValueOf<V | null>

export interface NullableSymbol<V, C = Condition> extends ValueOf<V> {
  /** The only test for null; every other comparison with null is false. */
  isNull(): C
}

export interface EqualitySymbol<V, I, N, C = Condition> extends NullableSymbol<V | N, C> {
  is(value: Operand<V, I>): C
  isNot(value: Operand<V, I>): C
  in(values: readonly I[] | ValueOf<readonly V[] | null>): C
  notIn(values: readonly I[] | ValueOf<readonly V[] | null>): C
}

export interface OrderSymbol<V, I, N, C = Condition> extends EqualitySymbol<V, I, N, C> {
  lt(value: Operand<V, I>): C
  lte(value: Operand<V, I>): C
  gt(value: Operand<V, I>): C
  gte(value: Operand<V, I>): C
}

type AnyText = string | ValueOf<string | null>

/** Methods that begin with `i` ignore case. */
export interface TextSymbol<V, I, N, C = Condition> extends OrderSymbol<V, I, N, C> {
  contains(text: AnyText): C
  startsWith(text: AnyText): C
  endsWith(text: AnyText): C
  icontains(text: AnyText): C
  istartsWith(text: AnyText): C
  iendsWith(text: AnyText): C
  iequals(text: AnyText): C
}

/** Decimals are strings in code, 64-bit integers bigints. */
type NumberForm = number | bigint | string
type Wider<A, B> = string extends A
  ? string
  : string extends B
    ? string
    : bigint extends A
      ? bigint
      : bigint extends B
        ? bigint
        : number

export interface NumberSymbol<V, I, N, C = Condition> extends OrderSymbol<V, I, N, C> {
  plus<W extends NumberForm = V & NumberForm, M extends null = never>(
    other: I | ValueOf<W | M>,
  ): NumberSymbol<Wider<V, W>, Wider<V, W>, N | M>
  minus<W extends NumberForm = V & NumberForm, M extends null = never>(
    other: I | ValueOf<W | M>,
  ): NumberSymbol<Wider<V, W>, Wider<V, W>, N | M>
  times<W extends NumberForm = V & NumberForm, M extends null = never>(
    other: I | ValueOf<W | M>,
  ): NumberSymbol<Wider<V, W>, Wider<V, W>, N | M>
}

/** Floats mix with floats and integers; what comes out is a float. */
export interface FloatSymbol<V, I, N, C = Condition> extends OrderSymbol<V, I, N, C> {
  /** Tells floats from whole numbers, which both are numbers in code: their sums differ. */
  readonly '~float': true
  plus(other: I | ValueOf<number | null>): FloatSymbol<V, I, N>
  minus(other: I | ValueOf<number | null>): FloatSymbol<V, I, N>
  times(other: I | ValueOf<number | null>): FloatSymbol<V, I, N>
}

type ElementOf<T> = T extends readonly (infer E)[] ? E : never

export interface ArraySymbol<V, I, N, C = Condition> extends NullableSymbol<V | N, C> {
  has(element: Operand<ElementOf<V>, ElementOf<I>>): C
  hasAny(elements: I | ValueOf<V | null>): C
  hasAll(elements: I | ValueOf<V | null>): C
}

interface SymbolsByOperators<V, I, N, C> {
  none: NullableSymbol<V | N, C>
  equality: EqualitySymbol<V, I, N, C>
  order: OrderSymbol<V, I, N, C>
  text: TextSymbol<V, I, N, C>
  number: NumberSymbol<V, I, N, C>
  float: FloatSymbol<V, I, N, C>
  array: ArraySymbol<V, I, N, C>
}

/** The symbol of a field; `N` is null when it may be null, `C` what its comparisons give. */
export type SymbolOf<V, I, Operators extends OperatorClass, N, C = Condition> = SymbolsByOperators<
  V,
  I,
  N,
  C
>[Operators]
