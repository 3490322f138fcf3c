/** The types of named fields that are not stored: inputs and outputs of actions, parameters of routes. */
import type { PartialFields } from '../partial.ts'
import type { Column } from './column.ts'
import type { Key, NativeOf, SchemaShape } from './schema.ts'
import type { SymbolOf } from './symbols.ts'

/** Builders of fields by name; an object of such is a nested object. */
export interface NamedFields {
  readonly [name: string]: NamedField | NamedFields | PartialFields<NamedFields>
}

interface NamedField {
  readonly '~kind': 'scalar' | 'reference'
  readonly declaration: object
}

/** What code gets of fields that were read. `optional()` is null when it is left out; fields of `partial()` are undefined then. */
export type FieldValues<Fields, S extends SchemaShape> =
  Fields extends PartialFields<infer Inner>
    ? { readonly [Name in keyof Inner]?: ValueOfField<Inner[Name], S> | undefined }
    : { readonly [Name in keyof Fields]: ValueOfField<Fields[Name], S> }

type ValueOfField<Field, S extends SchemaShape> = Field extends { readonly '~kind': 'scalar' }
  ? NativeOf<Field>
  : Field extends { readonly '~kind': 'reference'; readonly '~target': infer Target; readonly '~flags': infer Flags }
    ? Target extends keyof S['models']
      ? Key<S, Target> | ('optional' extends Flags ? null : never)
      : never
    : FieldValues<Field, S>

/** What code gives for fields that are written: more than is declared may be there, and is left out. */
export type FieldsToWrite<Fields, S extends SchemaShape> =
  Fields extends PartialFields<infer Inner>
    ? { readonly [Name in keyof Inner]?: WrittenField<Inner[Name], S> | undefined }
    : AllToWrite<Fields, S>

type AllToWrite<Fields, S extends SchemaShape> = {
  readonly [
    Name in keyof Fields as Fields[Name] extends { readonly '~flags': infer Flags }
      ? 'optional' extends Flags
        ? never
        : Name
      : Name
  ]: WrittenField<Fields[Name], S>
} & {
  readonly [
    Name in keyof Fields as Fields[Name] extends { readonly '~flags': infer Flags }
      ? 'optional' extends Flags
        ? Name
        : never
      : never
  ]?: WrittenField<Fields[Name], S> | undefined
}

type WrittenField<Field, S extends SchemaShape> = Field extends {
  readonly '~kind': 'scalar'
  readonly '~input': infer Input
  readonly '~flags': infer Flags
}
  ? Input | ('optional' extends Flags ? null : never)
  : Field extends { readonly '~kind': 'reference' }
    ? ValueOfField<Field, S>
    : FieldsToWrite<Field, S>

/** The symbol of a value that a request brings. */
export type SymbolOfField<Field> = Field extends Column
  ? SymbolOf<Field['~native'], Field['~input'], Field['~operators'], never>
  : never
