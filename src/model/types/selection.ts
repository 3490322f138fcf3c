/** The types of selections, and of what comes back for them. */
import type { Flag } from './column.ts'
import type { AnyField, AnyFields } from './declared.ts'
import type { Where } from './filter.ts'
import type { Mistake } from './mistake.ts'
import type { Flat, Names, ReadableColumns, Reader, ReaderOf, RowOf, SeenOf } from './rows.ts'
import type { AddedColumns, ComputedOf, FieldsOf, IsToMany, RelationNames, NativeOf, SchemaShape } from './schema.ts'

/** Fields and relations that come back, and nothing else: `{ title: true, author: { select: { name: true } } }`. */
export type Select<M, S extends SchemaShape, As extends Reader = 'caller'> = {
  readonly [Name in keyof FieldsOf<M, S>]?: SelectMember<S, FieldsOf<M, S>[Name], As>
} & {
  readonly [Name in keyof AddedColumns<M, S>]?: SelectColumn<AddedColumns<M, S>[Name], As>
} & { readonly [Name in keyof ComputedOf<M, S>]?: true }

type SelectMember<S extends SchemaShape, Field extends AnyField, As extends Reader> = Field['~kind'] extends 'scalar'
  ? SelectColumn<Field, As>
  : As extends ReaderOf<Field>
    ? true | Nested<Field, S, As>
    : Mistake<'This relation is not readable by callers'>

type SelectColumn<C, As extends Reader> = As extends 'system'
  ? true
  : C extends { readonly '~readable': true }
    ? true
    : Mistake<'This field is not readable by callers'>

/** Relations that come back besides the row's own fields. */
export type Include<M, S extends SchemaShape, As extends Reader = 'caller'> = IncludeOf<FieldsOf<M, S>, S, As>

type IncludeOf<Fields extends AnyFields, S extends SchemaShape, As extends Reader> = {
  readonly [Name in keyof Fields]?: Fields[Name]['~kind'] extends 'scalar'
    ? Mistake<'Fields are selected, only relations are included'>
    : As extends ReaderOf<Fields[Name]>
      ? true | Nested<Fields[Name], S, As>
      : Mistake<'This relation is not readable by callers'>
}

/** What is wanted of a relation. A to-one relation has no filter, order or limit. */
type Nested<Field extends AnyField, S extends SchemaShape, As extends Reader> =
  IsToMany<Field> extends true ? NestedMany<Field['~target'], S, As> : NestedOne<Field['~target'], S, As>

interface NestedOne<M, S extends SchemaShape, As extends Reader> {
  readonly select?: Select<M, S, As>
  readonly include?: Include<M, S, As>
}

interface NestedMany<M, S extends SchemaShape, As extends Reader> extends NestedOne<M, S, As> {
  readonly where?: Where<M, S, As>
  readonly sort?: Sort<M, S, As>
  /** At most so many related rows for each row; 20 when left out. */
  readonly limit?: number
}

/** Names of fields to sort by, through to-one relations with a dot; `-` in front means descending. */
export type Sort<M, S extends SchemaShape, As extends Reader = 'caller'> = OneOrMore<
  Signed<SortNames<M, S, As> | ToOnePaths<M, S, As>>
>

/** Words in a condition have no name: what is printed of them are the words. */
export type Signed<Name extends string> = Name extends unknown ? Name | `-${Name}` : never
export type OneOrMore<Word> = [Word] extends [never] ? never : Word | readonly Word[]

export type SortNames<M, S extends SchemaShape, As extends Reader> =
  | SortableIn<ReadableColumns<M, S, As>>
  | SortableIn<ComputedOf<M, S>>

/** JSON, lists and bytes have no order. */
type SortableIn<Columns> = {
  [Name in keyof Columns]: Columns[Name] extends
    | { readonly '~operators': 'none' | 'array' }
    | { readonly '~operators': 'equality'; readonly '~native': Uint8Array }
    ? never
    : Name & string
}[keyof Columns]

export type ToOnePaths<M, S extends SchemaShape, As extends Reader> = {
  [Name in keyof FieldsOf<M, S>]: FieldsOf<M, S>[Name]['~kind'] extends 'belongsTo' | 'hasOne'
    ? As extends ReaderOf<FieldsOf<M, S>[Name]>
      ? `${Name & string}.${SortNames<FieldsOf<M, S>[Name]['~target'], S, As>}`
      : never
    : never
}[keyof FieldsOf<M, S>]

/** The rows of a query. */
export type Result<M, S extends SchemaShape, Sel, Inc, As extends Reader> = Inc extends object
  ? Flat<OwnPart<FieldsOf<M, S>, M, S, Sel, As> & IncludedPart<FieldsOf<M, S>, S, Inc, As>>
  : OwnPart<FieldsOf<M, S>, M, S, Sel, As>

/** What was selected stands in a condition, so that it has no name: editors show its properties. */
type OwnPart<Fields extends AnyFields, M, S extends SchemaShape, Sel, As extends Reader> = Sel extends object
  ? {
      -readonly [Name in keyof Sel]: Name extends keyof Fields
        ? Fields[Name]['~kind'] extends 'scalar'
          ? As extends 'system'
            ? NativeOf<Fields[Name]>
            : Fields[Name]['~seen']
          : RelationResult<Fields[Name], S, Sel[Name], As>
        : OtherResult<M, S, Name, As>
    }
  : RowOf<M, S, As>

type OtherResult<M, S extends SchemaShape, Name, As extends Reader> = Name extends keyof AddedColumns<M, S>
  ? SeenOf<AddedColumns<M, S>[Name], As>
  : Name extends keyof ComputedOf<M, S>
    ? SeenOf<ComputedOf<M, S>[Name], As>
    : never

type IncludedPart<Fields extends AnyFields, S extends SchemaShape, Inc, As extends Reader> = {
  -readonly [Name in keyof Inc]: Name extends keyof Fields ? RelationResult<Fields[Name], S, Inc[Name], As> : never
}

type RelationResult<Field extends AnyField, S extends SchemaShape, Given, As extends Reader> = Field['~kind'] extends
  | 'hasMany'
  | 'manyToMany'
  ? NestedResult<Field['~target'], S, Given, As>[] | Masked<Field['~flags'], As>
  : NestedResult<Field['~target'], S, Given, As> | (As extends 'caller' ? null : NowhereOf<Field, S>)

/**
 * Null where a to-one relation may lead nowhere. The row may be one that its caller may not read, since types do not know the rules; for the
 * system, one that was softly deleted or is outside of the scopes that its model declares.
 */
export type Nowhere<Field extends AnyField, S extends SchemaShape, As extends Reader> = As extends 'caller'
  ? null
  : NowhereOf<Field, S>

type NowhereOf<Field extends AnyField, S extends SchemaShape> = 'optional' extends Field['~flags']
  ? null
  : S['models'][Field['~target']]['~options'] extends { readonly softDelete: true } | { readonly scopes: object }
    ? null
    : never

/** Null where a rule may hide a relation from callers. */
type Masked<Flags extends Flag, As extends Reader> = As extends 'caller'
  ? 'maskable' extends Flags
    ? null
    : never
  : never

type NestedResult<M, S extends SchemaShape, Given, As extends Reader> = Given extends true
  ? RowOf<M, S, As>
  : 'include' extends keyof Given
    ? Result<M, S, Property<Given, 'select'>, Property<Given, 'include'>, As>
    : 'select' extends keyof Given
      ? OwnPart<FieldsOf<M, S>, M, S, Given[keyof Given & 'select'], As>
      : RowOf<M, S, As>

type Property<Given, Name> = Name extends keyof Given ? Given[Name] : undefined

/**
 * The mistakes of a selection that its constraint does not find: names that the model does not have beside names that it has. Without
 * mistakes it is `unknown`, or `unknown` for each name.
 */
export type CheckedSelection<M, S extends SchemaShape, Sel> = [keyof Sel] extends [Names<M, S>]
  ? Sel[keyof Sel] extends true
    ? unknown
    : {
        readonly [Name in keyof Sel]: Sel[Name] extends true
          ? unknown
          : CheckedMember<FieldsOf<M, S>, S, Name, Sel[Name]>
      }
  : {
      readonly [Name in keyof Sel]: Name extends Names<M, S>
        ? unknown
        : Mistake<`${M & string} has no field or relation '${Name & string}'`>
    }

type CheckedMember<Fields extends AnyFields, S extends SchemaShape, Name, Given> = Name extends keyof Fields
  ? CheckedNested<Fields[Name], S, Given>
  : unknown

/** Most nested selections have nothing but `select`. */
type CheckedNested<Field extends AnyField, S extends SchemaShape, Given> = keyof Given extends 'select'
  ? { readonly select?: CheckedSelection<Field['~target'], S, Given[keyof Given]> }
  : Given extends boolean
    ? Mistake<'A relation is asked for by true or an object'>
    : { readonly [Word in keyof Given]: CheckedWord<Field['~target'], S, Word, Given[Word], Field> }

type CheckedWord<M, S extends SchemaShape, Word, Given, Field> = Word extends 'select'
  ? CheckedSelection<M, S, Given>
  : Word extends 'include'
    ? CheckedInclude<M, S, Given>
    : Word extends 'where'
      ? [keyof Given] extends [Names<M, S> | 'and' | 'or' | 'not']
        ? unknown
        : Mistake<`${M & string} has no field or relation '${Exclude<keyof Given, Names<M, S> | 'and' | 'or' | 'not'> & string}'`>
      : Word extends 'sort' | 'limit'
        ? IsToMany<Field> extends true
          ? unknown
          : Mistake<`A relation to one row has no ${Word}`>
        : Mistake<`A relation has no option '${Word & string}'`>

export type CheckedInclude<M, S extends SchemaShape, Inc> = {
  readonly [Name in keyof Inc]: Name extends RelationNames<FieldsOf<M, S>>
    ? Inc[Name] extends true
      ? unknown
      : CheckedMember<FieldsOf<M, S>, S, Name, Inc[Name]>
    : Mistake<`${M & string} has no relation '${Name & string}'`>
}
