/** What declarations write besides `row` and `user`: functions over values, with their types. */
import { coalesceSymbols, concatSymbols, nowSymbol, textFunction } from './symbol/functions.ts'
import { maskableValue } from './symbol/maskable-value.ts'
import type { Condition } from './symbol/condition.ts'
import type { MaskableValue } from './symbol/maskable-value.ts'
import type { NullIn, NumberSymbol, OrderSymbol, SameKind, TextSymbol, ValueOf } from './types/symbols.ts'

type Text = string | ValueOf<string | null>
/** A value that is never null: a constant, or a symbol of such a value. */
type Sure<T> = T extends ValueOf<infer V> ? (null extends V ? never : T) : T

/**
 * The request's one moment: in conditions, and as a default.
 *
 * @example
 * read: row.publishedAt.lte(now)
 */
export const now: OrderSymbol<Date, Date | string, never> = nowSymbol

/**
 * Texts one after the other; null when one of them is null.
 *
 * @example
 * fullName: concat(row.firstName, ' ', row.lastName)
 */
export function concat<const Parts extends readonly Text[]>(
  ...parts: Parts
): TextSymbol<string, string, NullIn<Parts[number]>> {
  return concatSymbols(parts, concat)
}

/**
 * The first of the values that is not null.
 *
 * @example
 * total: coalesce(row.lines.sum(line => line.amount), '0')
 */
export function coalesce<First extends ValueOf<unknown>, Other extends Alternative<First>>(
  first: First,
  ...others: readonly Other[]
): SameKind<First, [Sure<First | Other>] extends [never] ? null : never>
export function coalesce(...parts: readonly unknown[]): unknown {
  return coalesceSymbols(parts, coalesce)
}

type Alternative<First> = First extends ValueOf<infer V> ? NonNullable<V> | ValueOf<V | null> : never

/**
 * A computed value in whose place callers may see null, because the read rule of its field looks at the row; see `maskable()` of fields.
 *
 * @example
 * computed: { Offer: ({ row }) => ({ bidCount: maskable(row.bids.count()) }) }
 */
export function maskable<const T extends Condition | ValueOf<unknown>>(value: T): MaskableValue<T> {
  return maskableValue(value, maskable)
}

/** A text in Unicode lower case. */
export function lower<const T extends Text>(text: T): TextSymbol<string, string, NullIn<T>> {
  return textFunction('lower', text, lower)
}

/** A text in Unicode upper case. */
export function upper<const T extends Text>(text: T): TextSymbol<string, string, NullIn<T>> {
  return textFunction('upper', text, upper)
}

/** How many code points a text has. */
export function length<const T extends Text>(text: T): NumberSymbol<number, number, NullIn<T>>
export function length(text: unknown): unknown {
  return textFunction('length', text, length)
}
