/** The types of what a model declares itself, before a schema ties models together. */
import type { FieldDeclaration } from '../field/declaration.ts'
import type { Column, Flag } from './column.ts'
import type { SymbolOf } from './symbols.ts'

/** What types look at of every builder. */
export interface AnyField {
  readonly '~kind': 'scalar' | 'belongsTo' | 'hasOne' | 'hasMany' | 'manyToMany'
  readonly '~flags': Flag
  /** The value of a stored field in a row, as callers see it; unknown for relations. */
  readonly '~seen': unknown
  /** A field that callers may read; relations are none. */
  readonly '~readable': boolean
  /** The model that a relation leads to; never for scalars. */
  readonly '~target': string
  /** For belongsTo: the target again; never for the others. */
  readonly '~to': string
  /** For hasOne and hasMany: the relation over there; never for the others. */
  readonly '~by': string
  /** The name that a belongsTo relation gives its scalar. */
  readonly '~field': string
  readonly declaration: FieldDeclaration
}

export type AnyFields = Readonly<Record<string, AnyField>>

/** The names that options can name: own fields, scalars of relations, and what options add. */
export type DeclaredFieldName<Fields> = string extends keyof Fields
  ? string
  : | { [Name in keyof Fields]: Fields[Name] extends { '~kind': 'scalar' } ? Name & string : never }[keyof Fields]
    | { [Name in keyof Fields]: BelongsToFieldName<Fields[Name], Name & string> }[keyof Fields]
    | 'id'
    | 'createdAt'
    | 'updatedAt'
    | 'version'
    | 'deletedAt'

/** The names of own fields that are texts, whose letter case an index can leave out. */
type DeclaredTextName<Fields> = string extends keyof Fields
  ? string
  : {
      [Name in keyof Fields]: Fields[Name] extends { '~kind': 'scalar'; '~operators': 'text' } ? Name & string : never
    }[keyof Fields]

/** Fields that belong together in an index; those of them whose letter case does not count are said beside. */
export type FieldGroup<Fields, Name extends string> =
  | readonly Name[]
  | { readonly fields: readonly Name[]; readonly ignoreCase: readonly DeclaredTextName<Fields>[] }

type BelongsToFieldName<Field, Name extends string> = Field extends { '~kind': 'belongsTo'; '~field': infer Own }
  ? [Own] extends [never]
    ? `${Name}${string}`
    : Exclude<Own & string, ''>
  : never

/** Symbols of a model's own fields: for its checks, which see nothing else. */
export type OwnSymbols<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends Column ? Name : never]: Fields[Name] extends Column
    ? SymbolOf<
        Fields[Name]['~native'],
        Fields[Name]['~input'],
        Fields[Name]['~operators'],
        'optional' extends Fields[Name]['~flags'] ? null : never
      >
    : never
}
