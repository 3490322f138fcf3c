/** Rows in canonical form, and the values by which they are named. */
import type { ModelNode, Value } from '../model/index.ts'

/** A row by the names of its fields. */
export type Row = Readonly<Record<string, Value>>

/** The values of a key's fields, in their order. */
export type Key = readonly Value[]

/** The values of these fields, null for those of which the row says nothing. */
export const valuesOf = (row: Row, fields: readonly string[]): readonly Value[] =>
  fields.map(field => row[field] ?? null)

/** The key of a row. */
export const rowKey = (model: ModelNode, row: Row): Key => valuesOf(row, model.key)

/** Of a row nothing but its key. */
export const keyRow = (model: ModelNode, key: Key): Record<string, Value> =>
  Object.fromEntries(model.key.map((field, index) => [field, key[index] ?? null]))
