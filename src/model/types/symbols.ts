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

export interface NullableSymbol<V> extends ValueOf<V> {
  /** The only test for null; every other comparison with null is false. */
  isNull(): Condition
}

export interface EqualitySymbol<V, I, N> extends NullableSymbol<V | N> {
  is(value: Operand<V, I>): Condition
  isNot(value: Operand<V, I>): Condition
  in(values: readonly I[] | ValueOf<readonly V[] | null>): Condition
  notIn(values: readonly I[] | ValueOf<readonly V[] | null>): Condition
}

export interface OrderSymbol<V, I, N> extends EqualitySymbol<V, I, N> {
  lt(value: Operand<V, I>): Condition
  lte(value: Operand<V, I>): Condition
  gt(value: Operand<V, I>): Condition
  gte(value: Operand<V, I>): Condition
}

type AnyText = string | ValueOf<string | null>

/** Methods that begin with `i` ignore case. */
export interface TextSymbol<V, I, N> extends OrderSymbol<V, I, N> {
  contains(text: AnyText): Condition
  startsWith(text: AnyText): Condition
  endsWith(text: AnyText): Condition
  icontains(text: AnyText): Condition
  istartsWith(text: AnyText): Condition
  iendsWith(text: AnyText): Condition
  iequals(text: AnyText): Condition
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

export interface NumberSymbol<V, I, N> extends OrderSymbol<V, I, N> {
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
export interface FloatSymbol<V, I, N> extends OrderSymbol<V, I, N> {
  /** Tells floats from whole numbers, which both are numbers in code: their sums differ. */
  readonly '~float': true
  plus(other: I | ValueOf<number | null>): FloatSymbol<V, I, N>
  minus(other: I | ValueOf<number | null>): FloatSymbol<V, I, N>
  times(other: I | ValueOf<number | null>): FloatSymbol<V, I, N>
}

type ElementOf<T> = T extends readonly (infer E)[] ? E : never

export interface ArraySymbol<V, I, N> extends NullableSymbol<V | N> {
  has(element: Operand<ElementOf<V>, ElementOf<I>>): Condition
  hasAny(elements: I | ValueOf<V | null>): Condition
  hasAll(elements: I | ValueOf<V | null>): Condition
}

interface SymbolsByOperators<V, I, N> {
  none: NullableSymbol<V | N>
  equality: EqualitySymbol<V, I, N>
  order: OrderSymbol<V, I, N>
  text: TextSymbol<V, I, N>
  number: NumberSymbol<V, I, N>
  float: FloatSymbol<V, I, N>
  array: ArraySymbol<V, I, N>
}

/** The symbol of a field; `N` is null when it may be null. */
export type SymbolOf<V, I, Operators extends OperatorClass, N> = SymbolsByOperators<V, I, N>[Operators]
