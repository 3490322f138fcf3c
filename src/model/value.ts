/** Values as they travel inside Plinth: every field kind has one canonical form, which is its JSON form. */

/**
 * A JSON value. It is the canonical form of every field kind: 64-bit integers and decimals are strings of digits, datetimes are
 * RFC 3339 UTC with milliseconds (`2026-11-22T17:29:21.000Z`), bytes are base64. Surfaces send it as it is, stores translate
 * it to what their driver binds.
 */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

/** What a field holds: the name of its kind, the kind's options, and for arrays what an element is. */
export interface FieldType {
  readonly kind: string
  readonly options: Readonly<Record<string, Value>>
  readonly element?: FieldType
}

/** A JSON Schema (2020-12) as plain data. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown }
