/** The builders of relations. They name their target, so files of models may refer to each other in any order. */
import type { DeleteBehaviour } from '../graph.ts'
import type { Flag } from '../types/column.ts'
import type { CreateWord, UpdateWord } from '../types/write-words.ts'
import {
  type BelongsToDeclaration,
  type CallerDefault,
  type HasDeclaration,
  type JoinTable,
  type ManyToManyDeclaration,
  nativeColumns,
  type NativeTypes,
  withWords,
} from './declaration.ts'
import { tellOthersOfRelations } from './methods-of-others.ts'
import { declaredDefault } from './scalar-field.ts'
import { column, nothing, oneText, tellArguments, wordMethods } from './told-arguments.ts'

export interface BelongsToOptions {
  /**
   * What happens to this row when the one it belongs to is deleted: `restrict` (the delete is refused, the default), `cascade` (this row
   * goes too) or `setNull`.
   */
  readonly onDelete?: DeleteBehaviour
}

/** A relation that this model holds the key of. */
export class BelongsToField<Target extends string, Flags extends Flag = never, Field extends string = never> {
  declare readonly '~kind': 'belongsTo'
  declare readonly '~target': Target
  declare readonly '~to': Target
  declare readonly '~readable': false
  declare readonly '~row': unknown
  declare readonly '~seen': unknown
  declare readonly '~write': unknown
  declare readonly '~by': never
  declare readonly '~flags': Flags
  declare readonly '~field': Field
  declare readonly '~create': `${CreateWord<Flags>} relation`
  declare readonly '~update': `${UpdateWord<Flags>} relation`
  readonly declaration: BelongsToDeclaration

  constructor(declaration: BelongsToDeclaration) {
    this.declaration = declaration
  }

  #with<Added extends Flag = never>(
    change: Partial<BelongsToDeclaration>,
  ): BelongsToField<Target, Flags | Added, Field> {
    return new BelongsToField({ ...this.declaration, ...change })
  }

  /** May lead nowhere. */
  optional(): BelongsToField<Target, Flags | 'optional', Field> {
    return this.#with<'optional'>({ nullable: true })
  }

  /**
   * The key that it holds when none is given: a constant or a field of the caller's row.
   *
   * @example
   * author: field.belongsTo('User').default(caller => caller.id)
   */
  default(value: string | number | bigint | CallerDefault): BelongsToField<Target, Flags | 'default', Field> {
    return this.#with<'default'>({ default: declaredDefault(value) })
  }

  /** At most one row belongs to each target. */
  unique(): BelongsToField<Target, Flags | 'unique', Field> {
    return this.#with<'unique'>({ unique: true })
  }

  /** Cannot be changed after the row was created. */
  immutable(): BelongsToField<Target, Flags | 'immutable', Field> {
    return this.#with<'immutable'>({ immutable: true })
  }

  /** Cannot be written by callers. */
  readOnly(): BelongsToField<Target, Flags | 'readOnly', Field> {
    return this.#with<'readOnly'>({ readOnly: true })
  }

  /**
   * Callers may see null in its place, and in the place of its scalar: the read rule of either looks at the row. A relation that is
   * `optional()` needs no word for it.
   */
  maskable(): BelongsToField<Target, Flags | 'maskable', Field> {
    return this.#with<'maskable'>({ maskable: true })
  }

  /** The scalar is neither read nor written by callers. */
  private(): BelongsToField<Target, Flags | 'private', Field> {
    return this.#with<'private'>({ private: true })
  }

  /** What it means, for OpenAPI and the documents made of it. */
  describe(description: string): BelongsToField<Target, Flags, Field> {
    return new BelongsToField(withWords(this.declaration, { description }))
  }

  /** What people call it. */
  label(label: string): BelongsToField<Target, Flags, Field> {
    return new BelongsToField(withWords(this.declaration, { label }))
  }

  /** It will go away; say why, and what to use instead. */
  deprecated(reason?: string): BelongsToField<Target, Flags, Field> {
    return new BelongsToField(withWords(this.declaration, { deprecated: reason ?? true }))
  }

  /**
   * The name of the scalar's column, and the type that it has in a database that had it before, if that is not the type of the key it
   * holds. Not for targets with a key of several fields.
   */
  column(name: string, native?: NativeTypes): BelongsToField<Target, Flags, Field> {
    return this.#with({ column: name, native: nativeColumns(native) })
  }

  /** The scalar's former name: it keeps its column and its data. */
  renamedFrom(name: string): BelongsToField<Target, Flags, Field> {
    return this.#with({ renamedFrom: name })
  }
}

/** At most one row of another model belongs to this one. */
export class HasOneField<Target extends string, By extends string> {
  declare readonly '~kind': 'hasOne'
  /** It may always lead nowhere. */
  declare readonly '~flags': 'optional'
  declare readonly '~target': Target
  declare readonly '~to': never
  declare readonly '~readable': false
  declare readonly '~row': unknown
  declare readonly '~seen': unknown
  declare readonly '~write': unknown
  declare readonly '~by': By
  declare readonly '~field': never
  declare readonly '~create': 'free relation'
  declare readonly '~update': 'free relation'
  readonly declaration: HasDeclaration

  constructor(declaration: HasDeclaration) {
    this.declaration = declaration
  }

  /** What it means, for OpenAPI and the documents made of it. */
  describe(description: string): HasOneField<Target, By> {
    return new HasOneField(withWords(this.declaration, { description }))
  }

  /** What people call it. */
  label(label: string): HasOneField<Target, By> {
    return new HasOneField(withWords(this.declaration, { label }))
  }

  /** It will go away; say why, and what to use instead. */
  deprecated(reason?: string): HasOneField<Target, By> {
    return new HasOneField(withWords(this.declaration, { deprecated: reason ?? true }))
  }
}

/** Any number of rows of another model belong to this one. */
export class HasManyField<Target extends string, By extends string, Flags extends Flag = never> {
  declare readonly '~kind': 'hasMany'
  declare readonly '~flags': Flags
  declare readonly '~target': Target
  declare readonly '~to': never
  declare readonly '~readable': false
  declare readonly '~row': unknown
  declare readonly '~seen': unknown
  declare readonly '~write': unknown
  declare readonly '~by': By
  declare readonly '~field': never
  declare readonly '~create': 'free relation'
  declare readonly '~update': 'free relation'
  readonly declaration: HasDeclaration

  constructor(declaration: HasDeclaration) {
    this.declaration = declaration
  }

  /** Callers may see null in the place of its rows: its read rule looks at the row that they belong to. */
  maskable(): HasManyField<Target, By, 'maskable'> {
    return new HasManyField({ ...this.declaration, maskable: true })
  }

  /** What it means, for OpenAPI and the documents made of it. */
  describe(description: string): HasManyField<Target, By, Flags> {
    return new HasManyField(withWords(this.declaration, { description }))
  }

  /** What people call it. */
  label(label: string): HasManyField<Target, By, Flags> {
    return new HasManyField(withWords(this.declaration, { label }))
  }

  /** It will go away; say why, and what to use instead. */
  deprecated(reason?: string): HasManyField<Target, By, Flags> {
    return new HasManyField(withWords(this.declaration, { deprecated: reason ?? true }))
  }
}

export interface ManyToManyOptions {
  /** A model of one's own that joins the two; without it Plinth makes a hidden one. */
  readonly through?: string
  /** The relation on the other model that is the same link seen from there. Needed only where more than one could be meant. */
  readonly inverse?: string
  /** With `through`: the join model's relation that leads to this model, when more than one could be meant. */
  readonly local?: string
  /** With `through`: the join model's relation that leads to the other model, when more than one could be meant. */
  readonly remote?: string
  /**
   * Without `through`: the table that keeps the links, where a database had it before, and its two columns. Said at one of both ends.
   *
   * @example
   * actors: field.manyToMany('Actor', { table: { name: 'film_actor', local: 'film_id', remote: 'actor_id' } })
   */
  readonly table?: JoinTable
}

/** Any number of rows of another model, each of which may be linked to any number of rows here. */
export class ManyToManyField<Target extends string, Flags extends Flag = never, Through extends string = never> {
  declare readonly '~kind': 'manyToMany'
  declare readonly '~flags': Flags
  declare readonly '~field': never
  /** The model of one's own that joins the two; never for a hidden one. */
  declare readonly '~through': Through
  declare readonly '~target': Target
  declare readonly '~to': never
  declare readonly '~readable': false
  declare readonly '~row': unknown
  declare readonly '~seen': unknown
  declare readonly '~write': unknown
  declare readonly '~by': never
  declare readonly '~create': 'free relation'
  declare readonly '~update': 'free relation'
  readonly declaration: ManyToManyDeclaration

  constructor(declaration: ManyToManyDeclaration) {
    this.declaration = declaration
  }

  /** Callers may see null in the place of its rows: its read rule looks at the row that they belong to. */
  maskable(): ManyToManyField<Target, 'maskable', Through> {
    return new ManyToManyField({ ...this.declaration, maskable: true })
  }

  /** Its former name: it keeps its links. Not with `through`, where links are rows of a model that has a name. */
  renamedFrom(name: string): ManyToManyField<Target, Flags, Through> {
    return new ManyToManyField({ ...this.declaration, renamedFrom: name })
  }

  /** What it means, for OpenAPI and the documents made of it. */
  describe(description: string): ManyToManyField<Target, Flags, Through> {
    return new ManyToManyField(withWords(this.declaration, { description }))
  }

  /** What people call it. */
  label(label: string): ManyToManyField<Target, Flags, Through> {
    return new ManyToManyField(withWords(this.declaration, { label }))
  }

  /** It will go away; say why, and what to use instead. */
  deprecated(reason?: string): ManyToManyField<Target, Flags, Through> {
    return new ManyToManyField(withWords(this.declaration, { deprecated: reason ?? true }))
  }
}

tellArguments(BelongsToField.prototype, {
  optional: nothing,
  unique: nothing,
  immutable: nothing,
  readOnly: nothing,
  maskable: nothing,
  private: nothing,
  column,
  renamedFrom: oneText,
  ...wordMethods,
})
tellArguments(HasOneField.prototype, wordMethods)
tellArguments(HasManyField.prototype, { maskable: nothing, ...wordMethods })
tellArguments(ManyToManyField.prototype, { maskable: nothing, renamedFrom: oneText, ...wordMethods })
tellOthersOfRelations(
  BelongsToField.prototype,
  HasOneField.prototype,
  HasManyField.prototype,
  ManyToManyField.prototype,
)
