/** The types of what is written. */
import type { Flat, Reader } from './rows.ts'
import type {
  Columns,
  FieldsOf,
  ForeignNames,
  InputOf,
  IsToMany,
  Key,
  RelationNames,
  SchemaShape,
  TargetOf,
} from './schema.ts'

type FlagsOf<C> = C extends { readonly '~flags': infer Flags } ? Flags : never
type Has<C, Flag extends string> = Extract<FlagsOf<C>, Flag> extends never ? false : true

/** Callers do not write what the server sets. */
type Writable<C, As extends Reader> = As extends 'system'
  ? true
  : Has<C, 'readOnly' | 'private'> extends true
    ? false
    : true

type RequiredNames<M, S extends SchemaShape, As extends Reader> = {
  [Name in keyof Columns<M, S>]: Writable<Columns<M, S>[Name], As> extends true
    ? Has<Columns<M, S>[Name], 'optional' | 'default'> extends true
      ? never
      : Name
    : never
}[keyof Columns<M, S>]

type OptionalNames<M, S extends SchemaShape, As extends Reader> = {
  [Name in keyof Columns<M, S>]: Writable<Columns<M, S>[Name], As> extends true
    ? Has<Columns<M, S>[Name], 'optional' | 'default'> extends true
      ? Name
      : never
    : never
}[keyof Columns<M, S>]

type BelongsToNames<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends { readonly '~kind': 'belongsTo' } ? Name & string : never
}[keyof Fields]

type Flagged<Field, Flag extends string> = Field extends { readonly '~flags': infer Flags }
  ? Extract<Flags, Flag> extends never
    ? false
    : true
  : false

/** belongsTo relations that a new row cannot do without: their scalars can be left out only when a nested write stands in. */
type NeededRelations<M, S extends SchemaShape> = {
  [Name in BelongsToNames<FieldsOf<M, S>>]: Flagged<
    FieldsOf<M, S>[Name],
    'optional' | 'default' | 'readOnly' | 'private'
  > extends true
    ? never
    : Name
}[BelongsToNames<FieldsOf<M, S>>]

type ScalarsOf<M, S extends SchemaShape, Relations> = Relations extends string ? ForeignNames<S, M, Relations> : never

/** The scalars of a relation, or the relation written along. */
type EitherWay<M, S extends SchemaShape, Name extends string, As extends Reader> =
  | ({ readonly [Scalar in ForeignNames<S, M, Name> & keyof Columns<M, S>]: InputOf<Columns<M, S>[Scalar]> } & {
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

type NeededEitherWay<M, S extends SchemaShape, As extends Reader> = [NeededRelations<M, S>] extends [never]
  ? unknown
  : AllOf<{ [Name in NeededRelations<M, S>]: { readonly box: EitherWay<M, S, Name, As> } }[NeededRelations<M, S>]>

/** A row by its key, by a unique field, or by fields that are unique together. */
export type Address<M, S extends SchemaShape> = M extends keyof S['models']
  ? Key<S, M> | UniqueAddress<M, S> | GroupAddress<M, S, UniqueGroups<S['models'][M]['~options']>>
  : never

type UniqueAddress<M, S extends SchemaShape> = {
  [Name in keyof Columns<M, S>]: Has<Columns<M, S>[Name], 'unique' | 'key'> extends true
    ? { readonly [One in Name]: InputOf<Columns<M, S>[Name]> }
    : never
}[keyof Columns<M, S>]

/** The groups of the option `unique`, each as the union of its names. */
type UniqueGroups<Options> = Options extends { readonly unique: readonly (infer Group)[] } ? Group : never

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
  {
    readonly [Name in Exclude<RequiredNames<M, S, As>, ScalarsOf<M, S, Without>>]: InputOf<Columns<M, S>[Name]>
  } & {
    readonly [Name in Exclude<OptionalNames<M, S, As>, ScalarsOf<M, S, Without>>]?:
      | InputOf<Columns<M, S>[Name]>
      | undefined
  }
>

/** What a new row needs: fields without default, scalars of relations (or the relation itself), nested writes. */
export type CreateInput<M, S extends SchemaShape, As extends Reader = 'caller'> = {
  readonly [Name in Exclude<RequiredNames<M, S, As>, ScalarsOf<M, S, NeededRelations<M, S>>>]: InputOf<
    Columns<M, S>[Name]
  >
} & {
  readonly [Name in OptionalNames<M, S, As>]?: InputOf<Columns<M, S>[Name]> | undefined
} & NeededEitherWay<M, S, As> & {
    readonly [Name in Exclude<RelationNames<FieldsOf<M, S>>, NeededRelations<M, S>>]?: NestedCreate<
      FieldsOf<M, S>[Name],
      S,
      As
    >
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
export type UpdateInput<M, S extends SchemaShape, As extends Reader = 'caller'> = {
  readonly [
    Name in keyof Columns<M, S> as Writable<Columns<M, S>[Name], As> extends true
      ? Has<Columns<M, S>[Name], 'immutable' | 'key'> extends true
        ? never
        : Name
      : never
  ]?: InputOf<Columns<M, S>[Name]> | undefined
} & {
  readonly [
    Name in RelationNames<FieldsOf<M, S>> as Flagged<
      FieldsOf<M, S>[Name],
      'immutable' | 'readOnly' | 'private'
    > extends true
      ? never
      : Name
  ]?: NestedUpdate<FieldsOf<M, S>[Name], S, As>
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
        | (Flagged<Field, 'optional'> extends true ? { readonly disconnect: true } : never)
