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

/** `O` is what it can be compared with. */
export interface EqualitySymbol<V, I, N, C = Condition, O = Operand<V, I>> extends NullableSymbol<V | N, C> {
  readonly '~input'?: I
  /** Both are the same value. */
  is(value: O): C
  /** Both are values, and not the same; null is none. */
  isNot(value: O): C
  /** It is one of the values. */
  in(values: readonly I[] | ValueOf<readonly V[] | null>): C
  /** It is a value, and none of these; null is none. */
  notIn(values: readonly I[] | ValueOf<readonly V[] | null>): C
}

export interface OrderSymbol<V, I, N, C = Condition, O = Operand<V, I>> extends EqualitySymbol<V, I, N, C, O> {
  /** It comes before the value. */
  lt(value: O): C
  /** It comes before the value, or is the same. */
  lte(value: O): C
  /** It comes after the value. */
  gt(value: O): C
  /** It comes after the value, or is the same. */
  gte(value: O): C
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
  /** They are the same text but for letter case. */
  iequals(text: AnyText): C
}

/** Decimals are strings in code, 64-bit integers bigints. */
type NumberForm = number | bigint | string
type Wider<A, B> = string extends A | B ? string : bigint extends A | B ? bigint : number

/** The symbol of a number, as opposed to one of a text, which has the same form in code as a decimal. */
export interface Calculable extends ValueOf<NumberForm | null> {
  plus(other: never): unknown
}

/** What comes out of a calculation with a constant or another number. */
type Calculated<V, I, N, Other> = Other extends { readonly '~float': true }
  ? FloatSymbol<number, number, N | NullIn<Other>>
  : Other extends ValueOf<infer W>
    ? NumberSymbol<Wider<V, NonNullable<W>>, Wider<V, NonNullable<W>>, N | Extract<W, null>>
    : NumberSymbol<V, I, N>

/** Null in, null out. */
export type NullIn<T> = T extends ValueOf<infer V> ? Extract<V, null> : never

export interface NumberSymbol<V, I, N, C = Condition> extends OrderSymbol<V, I, N, C, I | Calculable> {
  plus<Other extends I | Calculable>(other: Other): Calculated<V, I, N, Other>
  minus<Other extends I | Calculable>(other: Other): Calculated<V, I, N, Other>
  times<Other extends I | Calculable>(other: Other): Calculated<V, I, N, Other>
}

type FloatOperand = number | ValueOf<number | null>

/** Floats mix with floats and integers; what comes out is a float. */
export interface FloatSymbol<V, I, N, C = Condition> extends OrderSymbol<V, I, N, C, I | Calculable> {
  /** Tells floats from whole numbers, which both are numbers in code: their sums differ. */
  readonly '~float': true
  plus<Other extends FloatOperand>(other: Other): FloatSymbol<V, I, N | NullIn<Other>>
  minus<Other extends FloatOperand>(other: Other): FloatSymbol<V, I, N | NullIn<Other>>
  times<Other extends FloatOperand>(other: Other): FloatSymbol<V, I, N | NullIn<Other>>
}

type ElementOf<T> = T extends readonly (infer E)[] ? E : never

export interface ArraySymbol<V, I, N, C = Condition> extends NullableSymbol<V | N, C> {
  readonly '~input'?: I
  /** The list has the element. */
  has(element: Operand<ElementOf<V>, ElementOf<I>>): C
  /** The list has at least one of the elements. */
  hasAny(elements: I | ValueOf<V | null>): C
  /** The list has each of the elements; it has each of none. */
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

/** The value that a symbol stands for; conditions are booleans. */
export type ValueOfSymbol<T> = T extends Condition ? boolean : T extends ValueOf<infer V> ? V : never

/** What code may write where the symbol's value is compared. */
export type InputOfSymbol<T> = T extends Condition
  ? boolean
  : T extends { readonly '~input'?: infer I }
    ? Exclude<I, undefined>
    : never

/** The class of a symbol's operators, by its methods. */
export type OperatorsOfSymbol<T> = T extends { readonly '~float': true }
  ? 'float'
  : T extends Calculable
    ? 'number'
    : T extends { contains(text: never): unknown }
      ? 'text'
      : T extends { lt(value: never): unknown }
        ? 'order'
        : T extends Condition | { is(value: never): unknown }
          ? 'equality'
          : T extends { has(element: never): unknown }
            ? 'array'
            : 'none'

/** A symbol of the same kind; `N` is null when its value may be null. */
export type SameKind<T, N> = SymbolOf<NonNullable<ValueOfSymbol<T>>, InputOfSymbol<T>, OperatorsOfSymbol<T>, N>
