/** The types of rows. */
import type { AnyField, AnyFields } from './declared.ts'
import type { AddedColumns, AllFlags, Columns, ComputedOf, FieldsOf, NativeOf, SchemaShape } from './schema.ts'

/** Whose rights: callers do not see private and write-only fields, code that acts for the system does. */
export type Reader = 'caller' | 'system'

export type Hidden = 'private' | 'writeOnly'

/** Who may read along a relation. */
export type ReaderOf<Field extends AnyField> = 'private' extends Field['~flags'] ? 'system' : Reader

/** In the place of which callers may see null. */
export type Nullable = 'optional' | 'maskable'

/** The stored fields that may be read. */
export type ReadableColumns<M, S extends SchemaShape, As extends Reader> = As extends 'system'
  ? Columns<M, S>
  : Pick<FieldsOf<M, S>, ReadableNames<FieldsOf<M, S>>> & ReadableAdded<FieldsOf<M, S>, AddedColumns<M, S>>

type ReadableNames<Fields extends AnyFields> = {
  [Name in keyof Fields]: Fields[Name]['~readable'] extends true ? Name : never
}[keyof Fields]

/** Of the added columns only scalars of private relations are hidden. */
type ReadableAdded<Fields extends AnyFields, Added> =
  'private' extends AllFlags<Fields>
    ? Pick<
        Added,
        { [Name in keyof Added]: Added[Name] extends { readonly '~readable': true } ? Name : never }[keyof Added]
      >
    : Added

/** Every name that a selection or filter of a model may have. */
export type Names<M, S extends SchemaShape> = keyof FieldsOf<M, S> | keyof AddedColumns<M, S> | keyof ComputedOf<M, S>

/** Every field of a row that may be read, computed ones included. */
export type RowOf<M, S extends SchemaShape, As extends Reader = 'caller'> = Flat<
  As extends 'system'
    ? StoredRow<M, S> & NativeColumns<ComputedOf<M, S>>
    : SeenPart<FieldsOf<M, S>, ReadableNames<FieldsOf<M, S>>> &
        SeenColumns<ReadableAdded<FieldsOf<M, S>, AddedColumns<M, S>>> &
        SeenColumns<ComputedOf<M, S>>
>

type SeenPart<Fields extends AnyFields, Name extends keyof Fields> = { [One in Name]: Fields[One]['~seen'] }
type SeenColumns<Added> = { [Name in keyof Added]: SeenOf<Added[Name], 'caller'> }
type NativeColumns<Some> = { -readonly [Name in keyof Some]: NativeOf<Some[Name]> }

/** What a reader sees of a column. */
export type SeenOf<C, As extends Reader> = As extends 'system'
  ? NativeOf<C>
  : C extends { readonly '~seen': infer Value }
    ? Value
    : never

/** Every stored field of a row, as hooks see it. */
export type StoredRow<M, S extends SchemaShape> = NativeColumns<Columns<M, S>>

/** A row before it is created: what callers cannot give and what the database makes may not be there yet. */
export type DraftRow<M, S extends SchemaShape> = {
  -readonly [Name in keyof Columns<M, S>]: NativeOf<Columns<M, S>[Name]> | Unset<Columns<M, S>[Name]>
}

type Unset<C> = C extends { readonly '~create': 'server needed' }
  ? undefined
  : C extends { readonly '~flags': infer Flags }
    ? 'late' extends Flags
      ? undefined
      : never
    : never

/** One object type instead of an intersection. (What a condition gives has no name, so editors show its properties instead of this alias.) */
export type Flat<T> = T extends unknown ? { -readonly [Name in keyof T]: T[Name] } : never
