/** The types of a schema: which columns and relations each model has once models are tied together by name. */
import type { Model } from '../model.ts'
import type { ScalarField } from '../field/scalar-field.ts'
import type { Column, Flag, OperatorClass } from './column.ts'
import type { AnyFields } from './declared.ts'

export type AnyModel = Model<AnyFields, unknown>
export type Models = Readonly<Record<string, AnyModel>>

/** What types remember of a schema. */
export interface SchemaShape {
  readonly models: Models
  /** The name of the caller model, or never. */
  readonly caller: string
  /** The values of computed fields, by model. */
  readonly computed: object
}

export type ModelName<S extends SchemaShape> = keyof S['models'] & string

export type FieldsOf<S extends SchemaShape, M> = M extends keyof S['models'] ? S['models'][M]['~fields'] : never

export interface BelongsToShape {
  readonly '~kind': 'belongsTo'
  readonly '~target': string
  readonly '~flags': Flag
  readonly '~field': string
}

export interface RelationShape {
  readonly '~kind': 'belongsTo' | 'hasOne' | 'hasMany' | 'manyToMany'
  readonly '~target': string
}

/** The names of a model's key fields. A model that declares none has `id`. */
export type KeyNames<Declared extends AnyModel> = Declared['~options'] extends { readonly key: readonly (infer Name extends string)[] }
  ? Name
  : [MarkedKey<Declared['~fields']>] extends [never]
    ? 'id'
    : MarkedKey<Declared['~fields']>

type MarkedKey<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends { readonly '~flags': infer Flags } ? ('key' extends Flags ? Name & string : never) : never
}[keyof Fields]

type HasDefaultKey<Declared extends AnyModel> = Declared['~options'] extends { readonly key: readonly string[] }
  ? false
  : [MarkedKey<Declared['~fields']>] extends [never]
    ? true
    : false

type DefaultKey = { readonly id: ScalarField<string, string, 'order', 'default' | 'readOnly'> }
type Moment<Flags extends Flag> = ScalarField<Date, Date | string, 'order', Flags>
type Timestamps = { readonly createdAt: Moment<'default' | 'readOnly'>; readonly updatedAt: Moment<'default' | 'readOnly'> }
type Version = { readonly version: ScalarField<number, number, 'number', 'default' | 'readOnly'> }
type SoftDelete = { readonly deletedAt: Moment<'optional' | 'default' | 'readOnly'> }

type OptionColumns<Options> = (Options extends { readonly timestamps: true } ? Timestamps : unknown) &
  (Options extends { readonly version: true } ? Version : unknown) &
  (Options extends { readonly softDelete: true } ? SoftDelete : unknown)

/** One scalar of a belongsTo relation: its name, the key column that it holds, and the relation's modifiers. */
interface ForeignColumn<Name extends string, Relation extends string, Target extends Column, Flags extends Flag> {
  readonly name: Name
  readonly relation: Relation
  readonly column: ScalarField<Target['~native'], Target['~input'], Target['~operators'], Flags>
}

type ForeignColumns<S extends SchemaShape, Fields> = {
  [Name in keyof Fields]: Fields[Name] extends BelongsToShape
    ? ForeignColumnsOf<S, Name & string, Fields[Name]['~target'], Fields[Name]['~flags'], Fields[Name]['~field']>
    : never
}[keyof Fields]

type ForeignColumnsOf<S extends SchemaShape, Name extends string, Target, Flags extends Flag, Own extends string> = Target extends keyof S['models']
  ? [Own] extends [never]
    ? PerKey<S, Name, Target, Flags, KeyNames<S['models'][Target]>>
    : ForeignColumn<Own, Name, KeyColumn<S, Target, KeyNames<S['models'][Target]>>, Flags>
  : never

type PerKey<S extends SchemaShape, Name extends string, Target extends keyof S['models'], Flags extends Flag, Key extends string> = Key extends string
  ? ForeignColumn<`${Name}${Capitalize<Key>}`, Name, KeyColumn<S, Target, Key>, Flags>
  : never

/** The column of a key field; the default key has no declaration. */
type KeyColumn<S extends SchemaShape, Target extends keyof S['models'], Key> = Key extends keyof S['models'][Target]['~fields']
  ? S['models'][Target]['~fields'][Key] extends Column
    ? S['models'][Target]['~fields'][Key]
    : Referenced<S, S['models'][Target]['~fields'][Key]>
  : Key extends keyof Columns<S, Target>
    ? Columns<S, Target>[Key] & Column
    : DefaultKey['id']

/** `field.id('Article')` as a column. */
type Referenced<S extends SchemaShape, Field> = Field extends { readonly '~kind': 'reference'; readonly '~target': infer Target; readonly '~flags': infer Flags extends Flag }
  ? Target extends keyof S['models']
    ? KeyColumn<S, Target, KeyNames<S['models'][Target]>> extends infer Key extends Column
      ? ScalarField<Key['~native'], Key['~input'], Key['~operators'], Flags>
      : never
    : never
  : never

type OwnColumns<S extends SchemaShape, Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends { readonly '~kind': 'scalar' | 'reference' } ? Name : never]: Fields[Name] extends Column
    ? Fields[Name]
    : Referenced<S, Fields[Name]>
}

/** Every stored field of a model: own ones, scalars of relations, and what options add. */
export type Columns<S extends SchemaShape, M> = M extends keyof S['models']
  ? (HasDefaultKey<S['models'][M]> extends true ? DefaultKey : unknown) &
      OwnColumns<S, S['models'][M]['~fields']> & {
        readonly [Foreign in ForeignColumns<S, S['models'][M]['~fields']> as Foreign['name']]: Foreign['column']
      } & OptionColumns<S['models'][M]['~options']>
  : never

/** The names of the scalars of one relation. */
export type ForeignNames<S extends SchemaShape, M, Relation> = Extract<
  ForeignColumns<S, FieldsOf<S, M>>,
  { readonly relation: Relation }
>['name']

/** The names of a model's relations. */
export type RelationNames<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends RelationShape ? Name & string : never
}[keyof Fields]

export type TargetOf<Field> = Field extends { readonly '~target': infer Target } ? Target : never

export type IsToMany<Field> = Field extends { readonly '~kind': 'hasMany' | 'manyToMany' } ? true : false

/** A to-one relation can lead nowhere when it is optional, and hasOne always can. */
export type IsNullable<Field> = Field extends { readonly '~kind': 'hasOne' }
  ? true
  : Field extends { readonly '~flags': infer Flags }
    ? 'optional' extends Flags
      ? true
      : false
    : false

export type ComputedOf<S extends SchemaShape, M> = M extends keyof S['computed'] ? S['computed'][M] : unknown

/** The native value of a column, null included when it may be null. */
export type NativeOf<C> = C extends { readonly '~native': infer Native; readonly '~flags': infer Flags }
  ? 'optional' extends Flags
    ? Native | null
    : Native
  : never

/** What code may write to a column. */
export type InputOf<C> = C extends { readonly '~input': infer Input; readonly '~flags': infer Flags }
  ? 'optional' extends Flags
    ? Input | null
    : Input
  : never

/** A key: the value of its one field, or an object of all of them. */
export type Key<S extends SchemaShape, M extends keyof S['models']> = KeyOf<S, M, KeyNames<S['models'][M]>>

type KeyOf<S extends SchemaShape, M extends keyof S['models'], Names extends string> = [Names] extends [never]
  ? never
  : IsUnion<Names> extends true
    ? { readonly [Name in Names]: Name extends keyof Columns<S, M> ? InputOf<Columns<S, M>[Name]> : never }
    : Names extends keyof Columns<S, M>
      ? InputOf<Columns<S, M>[Names]>
      : never

type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never

export type { OperatorClass }
