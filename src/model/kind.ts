/** What a field kind is: everything that Plinth knows about `text`, `decimal`, `datetime` … stands in one object per kind. */
import type { ErrorDetail } from '../error/index.ts'
import type { FieldType, JsonSchema, Value } from './value.ts'

/** A value, or what is wrong with it. Never thrown: the caller collects all mistakes of a body. */
export type Parsed = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ErrorDetail }

/** Which comparisons a kind has, in the words of filters. */
export type OperatorName =
  | 'eq'
  | 'ne'
  | 'lt'
  | 'lte'
  | 'gt'
  | 'gte'
  | 'in'
  | 'notIn'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'has'
  | 'hasAny'
  | 'hasAll'
  | 'isNull'

/**
 * How stores keep a kind. A kind with a codec of its own names one of these for its encoded form, so a new kind needs no change in any store.
 */
export type StorageClass =
  | 'text'
  | 'uuid'
  | 'integer'
  | 'bigint'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'time'
  | 'datetime'
  | 'json'
  | 'bytes'
  | 'array'

/** All of a kind; see `defineKind` for kinds of your own. */
export interface FieldKind {
  readonly name: string
  /** How stores keep it, or its encoded form where it has a codec. */
  readonly storage: StorageClass
  readonly operators: readonly OperatorName[]
  /** Rows can be ordered by it. */
  readonly sortable: boolean
  /** From a JSON body: the canonical value or a mistake at `pointer`. Null never comes here. */
  parseJson(input: unknown, type: FieldType, pointer: string): Parsed
  /** From a query string or a path segment. */
  parseText(text: string, type: FieldType, pointer: string): Parsed
  /** From code: also accepts the JavaScript form (`Date`, `bigint`, `Uint8Array`). */
  parseNative(input: unknown, type: FieldType, pointer: string): Parsed
  /** The JavaScript form that typed rows have; absent when it is the canonical one. */
  readonly toNative?: (value: Value, type: FieldType) => unknown
  /** The order that every store has to follow: negative, zero or positive. */
  compare(left: Value, right: Value, type: FieldType): number
  jsonSchema(type: FieldType): JsonSchema
  /**
   * A codec in JavaScript: what is stored is `encode(value)`, a canonical value of the storage class. Fields with a codec cannot be
   * built into JSON by a database; plans that read them say so and take the second way.
   */
  readonly codec?: {
    encode(value: Value, type: FieldType): Value
    decode(stored: Value, type: FieldType): Value
  }
}
