/** The types of what is written. */
import type { AnyFields } from './declared.ts'
import type { Mistake } from './mistake.ts'
import type { Flat, Reader } from './rows.ts'
import type {
  AddedColumns,
  AllFlags,
  Columns,
  FieldsOf,
  ForeignNames,
  InputOf,
  IsToMany,
  Key,
  SchemaShape,
  TargetOf,
} from './schema.ts'

/** The fields whose word (of `write-words.ts`) is one of `Words`. */
type CreateNames<Fields, Words> = {
  [Name in keyof Fields]: Fields[Name] extends { readonly '~create': Words } ? Name & string : never
}[keyof Fields]

type UpdateNames<Fields, Words> = {
  [Name in keyof Fields]: Fields[Name] extends { readonly '~update': Words } ? Name & string : never
}[keyof Fields]

/** What `word` is for whoever writes: callers do not write what the server sets. */
type For<As extends Reader, Word extends string> = As extends 'system' ? Word | `server ${Word}` : Word

/** belongsTo relations that a new row cannot do without: their scalars can be left out only when a nested write stands in. */
type NeededRelations<M, S extends SchemaShape, As extends Reader> = CreateNames<
  FieldsOf<M, S>,
  For<As, 'needed relation'>
>

type ScalarsOf<M, S extends SchemaShape, Relations> = Relations extends string ? ForeignNames<S, M, Relations> : never

/** The scalars of a relation, or the relation written along. */
type EitherWay<M, S extends SchemaShape, Name extends string, As extends Reader> =
  | ({
      readonly [Scalar in ForeignNames<S, M, Name> & keyof AddedColumns<M, S>]: InputOf<AddedColumns<M, S>[Scalar]>
    } & {
      readonly [Relation in Name]?: never
    })
  | ({ readonly [Scalar in ForeignNames<S, M, Name>]?: never } & {
      readonly [Relation in Name]: Name extends keyof FieldsOf<M, S>
        ? NestedToOne<TargetOf<FieldsOf<M, S>[Name]>, S, As>
        : never
    })

type AllOf<Boxes> = (Boxes extends { readonly box: infer Box } ? (box: Box) => void : never) extends (
  box: infer All,
) => void
  ? All
  : never

type NeededEitherWay<M, S extends SchemaShape, As extends Reader, Names extends string> = [Names] extends [never]
  ? unknown
  : AllOf<{ [Name in Names]: { readonly box: EitherWay<M, S, Name, As> } }[Names]>

/** A row by its key, by a unique field, or by fields that are unique together. */
export type Address<M, S extends SchemaShape> = M extends keyof S['models']
  ? | Key<S, M>
    | (AllFlags<FieldsOf<M, S>> & ('unique' | 'key') extends never ? never : UniqueAddress<M, S>)
    | GroupAddress<M, S, UniqueGroups<S['models'][M]['~options']>>
  : never

type UniqueAddress<M, S extends SchemaShape> = {
  [Name in keyof Columns<M, S>]: Columns<M, S>[Name] extends { readonly '~flags': infer Flags }
    ? [Flags & ('unique' | 'key')] extends [never]
      ? never
      : { readonly [One in Name]: InputOf<Columns<M, S>[Name]> }
    : never
}[keyof Columns<M, S>]

/** The groups of the option `unique`, each as the union of its names. */
type UniqueGroups<Options> = Options extends { readonly unique: readonly (infer Group)[] }
  ? Group extends { readonly fields: infer Fields }
    ? Fields
    : Group
  : never

type GroupAddress<M, S extends SchemaShape, Group> = Group extends readonly (infer Name extends string)[]
  ? { readonly [One in Name & keyof Columns<M, S>]: InputOf<Columns<M, S>[One]> }
  : never

type OneOrMore<T> = T | readonly T[]

/** Exactly one of these. */
type NestedToOne<M, S extends SchemaShape, As extends Reader> =
  | { readonly connect: Address<M, S>; readonly create?: never }
  | { readonly create: FlatInput<M, S, never, As>; readonly connect?: never }

/** Writes to related rows, one level deep. */
interface NestedToMany<Field, S extends SchemaShape, As extends Reader> {
  readonly create?: OneOrMore<FlatInput<TargetOf<Field>, S, ByOf<Field>, As>>
  readonly connect?: OneOrMore<Address<TargetOf<Field>, S>>
  /** Connects the row with the same key or unique values, or creates it. */
  readonly connectOrCreate?: OneOrMore<FlatInput<TargetOf<Field>, S, ByOf<Field>, As>>
}

interface NestedToManyChange<Field, S extends SchemaShape, As extends Reader> extends NestedToMany<Field, S, As> {
  readonly disconnect?: OneOrMore<Address<TargetOf<Field>, S>>
  /** Exactly these rows and no others. */
  readonly set?: OneOrMore<Address<TargetOf<Field>, S>>
  readonly setOrCreate?: OneOrMore<FlatInput<TargetOf<Field>, S, ByOf<Field>, As>>
}

type ByOf<Field> = Field extends { readonly '~by': infer By } ? By : never

/** A row without nested writes; `Without` is the relation that leads back to the row that is written. */
type FlatInput<M, S extends SchemaShape, Without, As extends Reader> = Flat<
  OwnInput<FieldsOf<M, S>, As> & {
    readonly [Name in Exclude<CreateNames<AddedColumns<M, S>, For<As, 'needed'>>, ScalarsOf<M, S, Without>>]: InputOf<
      Columns<M, S>[Name]
    >
  } & {
    readonly [Name in Exclude<CreateNames<AddedColumns<M, S>, For<As, 'free'>>, ScalarsOf<M, S, Without>>]?:
      | InputOf<Columns<M, S>[Name]>
      | undefined
  }
>

/** The row's own fields. */
type OwnInput<Fields extends AnyFields, As extends Reader> = {
  readonly [Name in CreateNames<Fields, For<As, 'needed'>>]: InputOf<Fields[Name]>
} & {
  readonly [Name in CreateNames<Fields, For<As, 'free'>>]?: InputOf<Fields[Name]> | undefined
}

/** What a new row needs: fields without default, scalars of relations (or the relation itself), nested writes. */
export type CreateInput<M, S extends SchemaShape, As extends Reader = 'caller'> =
  IsView<M, S> extends true ? ViewMistake : TableCreate<M, S, As>

type ViewMistake = Mistake<'The rows of a view are read, never written'>

type IsView<M, S extends SchemaShape> = M extends keyof S['models']
  ? S['models'][M]['~options'] extends { readonly view: true }
    ? true
    : false
  : false

type TableCreate<M, S extends SchemaShape, As extends Reader> = OwnInput<FieldsOf<M, S>, As> & {
  readonly [Name in CreateNames<AddedColumns<M, S>, For<As, 'free'>>]?: InputOf<AddedColumns<M, S>[Name]> | undefined
} & NeededEitherWay<M, S, As, NeededRelations<M, S, As>> & {
    readonly [Name in CreateNames<FieldsOf<M, S>, For<As, 'free relation'>>]?: NestedCreate<FieldsOf<M, S>[Name], S, As>
  }

type NestedCreate<Field, S extends SchemaShape, As extends Reader> =
  IsToMany<Field> extends true
    ? NestedToMany<Field, S, As>
    : Field extends { readonly '~kind': 'hasOne' }
      ? {
          readonly create?: FlatInput<TargetOf<Field>, S, ByOf<Field>, As>
          readonly connect?: Address<TargetOf<Field>, S>
        }
      : NestedToOne<TargetOf<Field>, S, As>

/** Any part of a row, but for what cannot be changed. */
export type UpdateInput<M, S extends SchemaShape, As extends Reader = 'caller'> =
  IsView<M, S> extends true ? ViewMistake : TableUpdate<M, S, As>

type TableUpdate<M, S extends SchemaShape, As extends Reader> = TableChanges<M, S, As> & {
  readonly [Name in UpdateNames<FieldsOf<M, S>, For<As, 'free relation'>>]?: NestedUpdate<FieldsOf<M, S>[Name], S, As>
}

/** The same change for many rows: no nested writes, which are about one row. */
export type ChangesInput<M, S extends SchemaShape, As extends Reader = 'caller'> =
  IsView<M, S> extends true ? ViewMistake : TableChanges<M, S, As>

type TableChanges<M, S extends SchemaShape, As extends Reader> = {
  readonly [Name in UpdateNames<FieldsOf<M, S>, For<As, 'free'>>]?: InputOf<FieldsOf<M, S>[Name]> | undefined
} & {
  readonly [Name in UpdateNames<AddedColumns<M, S>, For<As, 'free'>>]?: InputOf<AddedColumns<M, S>[Name]> | undefined
}

type NestedUpdate<Field, S extends SchemaShape, As extends Reader> =
  IsToMany<Field> extends true
    ? NestedToManyChange<Field, S, As>
    : Field extends { readonly '~kind': 'hasOne' }
      ? {
          readonly create?: FlatInput<TargetOf<Field>, S, ByOf<Field>, As>
          readonly connect?: Address<TargetOf<Field>, S>
          readonly disconnect?: true
        }
      : | NestedToOne<TargetOf<Field>, S, As>
        | (Field extends { readonly '~flags': infer Flags }
            ? 'optional' extends Flags
              ? { readonly disconnect: true }
              : never
            : never)
