/**
 * The types of a schema: which fields and relations each model has once models are tied together by name.
 *
 * Compilers pay for every step here, once per model or per name that a query mentions (test/types/budget measures it). So
 * questions are answered for all fields of a model at once where that is possible, by properties that the builders carry, and types of
 * single fields are made only when somebody names them.
 */
import type { ScalarField } from '../field/scalar-field.ts'
import type { Model } from '../model.ts'
import type { Column, Flag } from './column.ts'
import type { AnyField, AnyFields } from './declared.ts'

export type AnyModel = Model<AnyFields, unknown>
export type Models = Readonly<Record<string, AnyModel>>

/** What types remember of a schema. */
export interface SchemaShape {
  readonly models: Models
  /** The name of the caller model, or never. */
  readonly caller: string
  /** The columns of computed fields, by model. */
  readonly computed: object
}

export type ModelName<S extends SchemaShape> = keyof S['models'] & string

/** What a model declares: fields and relations. */
export type FieldsOf<M, S extends SchemaShape> = M extends keyof S['models'] ? S['models'][M]['~fields'] : never

/** The columns of a model's computed fields. */
export type ComputedOf<M, S extends SchemaShape> = M extends keyof S['computed'] ? S['computed'][M] : unknown

/** The modifiers of all fields together. */
export type AllFlags<Fields extends AnyFields> = Fields[keyof Fields]['~flags']

/** The names of a model's key fields. A model that declares none has `id`. */
export type KeyNames<Declared extends AnyModel> = Declared['~options'] extends {
  readonly key: readonly (infer Name extends string)[]
}
  ? Name
  : 'key' extends AllFlags<Declared['~fields']>
    ? MarkedKey<Declared['~fields']>
    : 'id'

type MarkedKey<Fields extends AnyFields> = {
  [Name in keyof Fields]: 'key' extends Fields[Name]['~flags'] ? Name & string : never
}[keyof Fields]

type DefaultKey = { readonly id: ScalarField<string, string, 'order', 'default' | 'readOnly'> }
type Moment<Flags extends Flag> = ScalarField<Date, Date | string, 'order', Flags>
type Timestamps = {
  readonly createdAt: Moment<'default' | 'readOnly' | 'immutable'>
  readonly updatedAt: Moment<'default' | 'readOnly'>
}
type Version = { readonly version: ScalarField<number, number, 'number', 'default' | 'readOnly'> }
type SoftDelete = { readonly deletedAt: Moment<'optional' | 'default' | 'readOnly'> }

type OptionColumns<Options> = (Options extends { readonly timestamps: true } ? Timestamps : unknown) &
  (Options extends { readonly version: true } ? Version : unknown) &
  (Options extends { readonly softDelete: true } ? SoftDelete : unknown)

/**
 * The columns that a model has without declaring them as such: scalars of relations, the default key, what options add. (No key of these
 * types is made by an `as` clause: the compiler would make it again for every question about the type's keys.)
 */
export type AddedColumns<M, S extends SchemaShape> = M extends keyof S['models']
  ? ForeignColumns<ForeignColumnOf<S, S['models'][M]['~fields']>> &
      DefaultKeyOf<S['models'][M]['~fields'], S['models'][M]['~options']> &
      OptionColumns<S['models'][M]['~options']>
  : never

type DefaultKeyOf<Fields extends AnyFields, Options> =
  'key' extends AllFlags<Fields>
    ? unknown
    : Options extends { readonly key: readonly string[] } | { readonly view: true }
      ? unknown
      : DefaultKey

/** One scalar of a relation: its name, and its column once somebody asks for it. */
interface ForeignColumn<Name, S extends SchemaShape, To extends keyof S['models'], Key, Flags extends Flag> {
  readonly name: Name
  readonly column: ForeignOf<KeyColumn<S, To, S['models'][To], Key>, Flags>
}

type ForeignColumns<All extends { readonly name: PropertyKey; readonly column: unknown }> = {
  readonly [Name in All['name']]: Extract<All, { readonly name: Name }>['column']
}

/** Every scalar of a model's relations. */
type ForeignColumnOf<S extends SchemaShape, Fields extends AnyFields> = {
  [Name in keyof Fields]: Fields[Name]['~to'] extends never
    ? never
    : ForeignColumnsOfField<S, Name, Fields[Name], Fields[Name]['~to']>
}[keyof Fields]

type ForeignColumnsOfField<S extends SchemaShape, Name, Field extends AnyField, To extends keyof S['models']> = [
  Field['~field'],
] extends [never]
  ? PerKey<S, Name & string, To, Field['~flags'], KeyNames<S['models'][To]>>
  : Field['~field'] extends ''
    ? never
    : ForeignColumn<Field['~field'], S, To, KeyNames<S['models'][To]>, Field['~flags']>

type PerKey<
  S extends SchemaShape,
  Relation extends string,
  To extends keyof S['models'],
  Flags extends Flag,
  Key extends string,
> = Key extends string ? ForeignColumn<`${Relation}${Capitalize<Key>}`, S, To, Key, Flags> : never

type ForeignOf<Target extends Column, Flags extends Flag> = ScalarField<
  Target['~native'],
  Target['~input'],
  Target['~operators'],
  Flags | (Target['~flags'] & 'coded')
>

/** The column of a key field: its own declaration, the default key, or the scalar of a relation that is part of the key. */
type KeyColumn<
  S extends SchemaShape,
  M extends keyof S['models'],
  Target extends AnyModel,
  Key,
> = Key extends keyof Target['~fields']
  ? Extract<Target['~fields'][Key], Column>
  : 'id' extends KeyNames<Target>
    ? DefaultKey['id']
    : Key extends keyof AddedColumns<M, S>
      ? Extract<AddedColumns<M, S>[Key], Column>
      : never

/** Every stored field of a model: own ones and added ones. */
export type Columns<M, S extends SchemaShape> = Pick<FieldsOf<M, S>, ScalarNames<FieldsOf<M, S>>> & AddedColumns<M, S>

export type ScalarNames<Fields extends AnyFields> = {
  [Name in keyof Fields]: Fields[Name]['~kind'] extends 'scalar' ? Name : never
}[keyof Fields]

/** The names of the scalars of one relation. */
export type ForeignNames<S extends SchemaShape, M, Relation> = Relation extends keyof FieldsOf<M, S>
  ? ForeignColumnsOfField<S, Relation, FieldsOf<M, S>[Relation], FieldsOf<M, S>[Relation]['~to']>['name'] & string
  : never

/** The names of a model's relations. */
export type RelationNames<Fields extends AnyFields> = {
  [Name in keyof Fields]: Fields[Name]['~kind'] extends 'scalar' ? never : Name & string
}[keyof Fields]

export type TargetOf<Field> = Field extends { readonly '~target': infer Target } ? Target : never

export type IsToMany<Field> = Field extends { readonly '~kind': 'hasMany' | 'manyToMany' } ? true : false

/** The native value of a column, null included when it may be null. */
export type NativeOf<C> = C extends { readonly '~row': infer Value } ? Value : never

/** What code may write to a column. */
export type InputOf<C> = C extends { readonly '~write': infer Value } ? Value : never

/** A key: the value of its one field, or an object of all of them. */
export type Key<S extends SchemaShape, M extends keyof S['models']> = KeyOf<S, M, S['models'][M]>

/** The key of a row as code is given it. */
export type NativeKey<S extends SchemaShape, M extends keyof S['models']> =
  IsGroup<S['models'][M]['~options']> extends true
    ? { readonly [Name in KeyNames<S['models'][M]>]: NativeOf<KeyColumn<S, M, S['models'][M], Name>> }
    : NativeOf<KeyColumn<S, M, S['models'][M], KeyNames<S['models'][M]>>>

/** The key is of several fields. */
export type IsGroup<Options> = Options extends { readonly key: readonly [string, string, ...string[]] } ? true : false

type KeyOf<S extends SchemaShape, M extends keyof S['models'], Target extends AnyModel> =
  IsGroup<Target['~options']> extends true
    ? { readonly [Name in KeyNames<Target>]: InputOf<KeyColumn<S, M, Target, Name>> }
    : InputOf<KeyColumn<S, M, Target, KeyNames<Target>>>
