/** The types of what is written. */
import type { AnyFields } from './declared.ts'
import type { Mistake } from './mistake.ts'
import type { Flat, ReadableColumns, Reader } from './rows.ts'
import type {
  AddedColumns,
  AllFlags,
  Columns,
  FieldsOf,
  ForeignNames,
  InputOf,
  IsToMany,
  Key,
  KeyNames,
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

/** A row by its key, by a unique field, or by fields that are unique together. Callers name none by what they may not read. */
export type Address<M, S extends SchemaShape, As extends Reader> = M extends keyof S['models']
  ? | Key<S, M>
    | (AllFlags<FieldsOf<M, S>> & ('unique' | 'key') extends never ? never : UniqueAddress<ReadableColumns<M, S, As>>)
    | GroupAddress<M, S, UniqueGroups<S['models'][M]['~options']>>
  : never

type UniqueAddress<All> = {
  [Name in UniqueIn<All>]: { readonly [One in Name]: InputOf<All[Name]> }
}[UniqueIn<All>]

type UniqueIn<All> = {
  [Name in keyof All]: All[Name] extends { readonly '~flags': infer Flags }
    ? [Flags & ('unique' | 'key')] extends [never]
      ? never
      : Name
    : never
}[keyof All]

/** The names of fields that alone or together tell rows apart. */
export type UniqueName<M, S extends SchemaShape, As extends Reader> = M extends keyof S['models']
  ? string &
      (
        | KeyNames<S['models'][M]>
        | UniqueIn<ReadableColumns<M, S, As>>
        | NamesIn<UniqueGroups<S['models'][M]['~options']>>
      )
  : never

type NamesIn<Group> = Group extends readonly (infer Name)[] ? Name : never

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
  | { readonly connect: Address<M, S, As>; readonly create?: never }
  | { readonly create: FlatInput<M, S, never, As>; readonly connect?: never }

/** Writes to related rows, one level deep. `M` is the model that the relation is of. */
interface NestedToMany<Field, M, S extends SchemaShape, As extends Reader> {
  readonly create?: Creating<Field, M, S, As, OneOrMore<ChildInput<Field, S, As>>>
  readonly connect?: Changing<Field, M, S, As, OneOrMore<Address<TargetOf<Field>, S, As>>>
  /** Connects the row with the same key or unique values, or creates it. */
  readonly connectOrCreate?: Creating<Field, M, S, As, OneOrMore<ChildInput<Field, S, As>>>
}

interface NestedToManyChange<Field, M, S extends SchemaShape, As extends Reader> extends NestedToMany<Field, M, S, As> {
  readonly disconnect?: Leaving<Field, S, As, OneOrMore<Address<TargetOf<Field>, S, As>>>
  /** Exactly these rows and no others. */
  readonly set?: Field extends { readonly '~kind': 'manyToMany' }
    ? OneOrMore<Address<TargetOf<Field>, S, As>>
    : Changing<Field, M, S, As, OneOrMore<Address<TargetOf<Field>, S, As>>>
  readonly setOrCreate?: Creating<Field, M, S, As, OneOrMore<ChildInput<Field, S, As>>>
}

type ChildInput<Field, S extends SchemaShape, As extends Reader> = FlatInput<TargetOf<Field>, S, ByOf<Field>, As>

type ByOf<Field> = Field extends { readonly '~by': infer By } ? By : never

/** The belongsTo relation by which the rows of a hasMany or hasOne refer to theirs. */
type Back<Field, S extends SchemaShape> =
  ByOf<Field> extends keyof FieldsOf<TargetOf<Field>, S> ? FieldsOf<TargetOf<Field>, S>[ByOf<Field>] : never

type BackName<Field> = `${TargetOf<Field> & string}.${ByOf<Field> & string}`

/** `Input` where a related row may be created with its reference, or with a row of the join model. */
type Creating<Field, M, S extends SchemaShape, As extends Reader, Input> = Field extends {
  readonly '~kind': 'manyToMany'
}
  ? Linking<Field, M, S, Input>
  : Back<Field, S> extends { readonly '~create': For<As, 'needed relation' | 'free relation'> }
    ? Input
    : Mistake<`${BackName<Field>} is set by the server`>

/** `Input` where a related row may be given another reference. */
type Changing<Field, M, S extends SchemaShape, As extends Reader, Input> = Field extends {
  readonly '~kind': 'manyToMany'
}
  ? Linking<Field, M, S, Input>
  : Back<Field, S> extends { readonly '~update': For<As, 'free relation'> }
    ? ByOf<Field> extends KeyRelations<TargetOf<Field>, S>
      ? Mistake<`${BackName<Field>} is part of the key, which cannot be changed`>
      : Input
    : Mistake<`${BackName<Field>} cannot be changed after the row was created`>

/** `Input` where a related row may do without its reference. */
type Leaving<Field, S extends SchemaShape, As extends Reader, Input> = Field extends { readonly '~kind': 'manyToMany' }
  ? Input
  : Back<Field, S> extends { readonly '~flags': infer Flags }
    ? 'optional' extends Flags
      ? Changing<Field, never, S, As, Input>
      : Mistake<`${BackName<Field>} is not optional: no row can be disconnected`>
    : never

/** `Input` where a row of the join model needs nothing but its two ends. */
type Linking<Field, M, S extends SchemaShape, Input> = Field extends { readonly '~through': infer Join }
  ? [Join] extends [never]
    ? Input
    : [MoreNeeded<FieldsOf<Join, S>, M | TargetOf<Field>>] extends [never]
      ? Input
      : Mistake<`${Join & string} needs more than its two ends: create its rows instead`>
  : never

/** What a row of a join model needs besides its ends. (Where relations go over fields declared by themselves, those are not told apart.) */
type MoreNeeded<Fields extends AnyFields, Ends> = '' extends Fields[keyof Fields]['~field']
  ? never
  : {
      [Name in keyof Fields]: Fields[Name] extends { readonly '~create': 'needed' | 'server needed' }
        ? Name
        : Fields[Name] extends { readonly '~create': 'needed relation' | 'server needed relation' }
          ? Fields[Name]['~target'] extends Ends
            ? never
            : Name
          : never
    }[keyof Fields]

/** The relations whose scalars are in the key that a model's options name. */
type KeyRelations<M, S extends SchemaShape> = M extends keyof S['models']
  ? S['models'][M]['~options'] extends { readonly key: readonly (infer Key)[] }
    ? {
        [Name in keyof FieldsOf<M, S>]: [ForeignNames<S, M, Name> & Key] extends [never] ? never : Name
      }[keyof FieldsOf<M, S>]
    : never
  : never

/** The names of the key that a model's options name. (A key marked in a field is told by its word.) */
type KeyOption<M, S extends SchemaShape> = M extends keyof S['models']
  ? S['models'][M]['~options'] extends { readonly key: readonly (infer Key)[] }
    ? Key
    : never
  : never

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
    readonly [Name in CreateNames<FieldsOf<M, S>, For<As, 'free relation'>>]?: NestedCreate<
      FieldsOf<M, S>[Name],
      M,
      S,
      As
    >
  }

type NestedCreate<Field, M, S extends SchemaShape, As extends Reader> =
  IsToMany<Field> extends true
    ? NestedToMany<Field, M, S, As>
    : Field extends { readonly '~kind': 'hasOne' }
      ? {
          readonly create?: Creating<Field, M, S, As, ChildInput<Field, S, As>>
          readonly connect?: Changing<Field, M, S, As, Address<TargetOf<Field>, S, As>>
        }
      : NestedToOne<TargetOf<Field>, S, As>

/** Any part of a row, but for what cannot be changed. */
export type UpdateInput<M, S extends SchemaShape, As extends Reader = 'caller'> =
  IsView<M, S> extends true ? ViewMistake : TableUpdate<M, S, As>

type TableUpdate<M, S extends SchemaShape, As extends Reader> = TableChanges<M, S, As> & {
  readonly [Name in Exclude<UpdateNames<FieldsOf<M, S>, For<As, 'free relation'>>, KeyRelations<M, S>>]?: NestedUpdate<
    FieldsOf<M, S>[Name],
    M,
    S,
    As
  >
}

/** The same change for many rows: no nested writes, which are about one row. */
export type ChangesInput<M, S extends SchemaShape, As extends Reader = 'caller'> =
  IsView<M, S> extends true ? ViewMistake : TableChanges<M, S, As>

type TableChanges<M, S extends SchemaShape, As extends Reader> = {
  readonly [Name in Exclude<UpdateNames<FieldsOf<M, S>, For<As, 'free'>>, KeyOption<M, S>>]?:
    | InputOf<FieldsOf<M, S>[Name]>
    | undefined
} & {
  readonly [Name in Exclude<UpdateNames<AddedColumns<M, S>, For<As, 'free'>>, KeyOption<M, S>>]?:
    | InputOf<AddedColumns<M, S>[Name]>
    | undefined
}

type NestedUpdate<Field, M, S extends SchemaShape, As extends Reader> =
  IsToMany<Field> extends true
    ? NestedToManyChange<Field, M, S, As>
    : Field extends { readonly '~kind': 'hasOne' }
      ? {
          readonly create?: Creating<Field, M, S, As, ChildInput<Field, S, As>>
          readonly connect?: Changing<Field, M, S, As, Address<TargetOf<Field>, S, As>>
          readonly disconnect?: Leaving<Field, S, As, true>
        }
      : | NestedToOne<TargetOf<Field>, S, As>
        | (Field extends { readonly '~flags': infer Flags }
            ? 'optional' extends Flags
              ? { readonly disconnect: true }
              : never
            : never)
