/** The types of rows. */
import type { Columns, ComputedOf, FieldsOf, ModelName, NativeOf, SchemaShape } from './schema.ts'

/** Whose rights: callers do not see private and write-only fields, code that acts for the system does. */
export type Reader = 'caller' | 'system'

type IsReadable<C, As extends Reader> = As extends 'system'
  ? true
  : C extends { readonly '~flags': infer Flags }
    ? 'private' extends Flags
      ? false
      : 'writeOnly' extends Flags
        ? false
        : true
    : false

/** Every field of a row that may be read, computed ones included. */
export type RowOf<S extends SchemaShape, M, As extends Reader = 'caller'> = {
  [Name in keyof Columns<S, M> as IsReadable<Columns<S, M>[Name], As> extends true ? Name : never]: NativeOf<Columns<S, M>[Name]>
} & { [Name in keyof ComputedOf<S, M>]: ComputedOf<S, M>[Name] } extends infer Both
  ? { [Name in keyof Both]: Both[Name] }
  : never

/** Every stored field of a row, as hooks see it. */
export type StoredRow<S extends SchemaShape, M> = {
  [Name in keyof Columns<S, M>]: NativeOf<Columns<S, M>[Name]>
}

export type { FieldsOf, ModelName }
