/** Declared fields and relations as data, before a schema ties them together. */
import type { DeleteBehaviour, NativeColumn, NativeColumns, Words } from '../graph.ts'
import type { FieldType } from '../value.ts'

/** A default as it was declared; its value is checked when the schema is built. */
export type DeclaredDefault =
  | { readonly from: 'literal'; readonly input: unknown }
  | { readonly from: 'caller'; readonly read: CallerDefault }
  | { readonly from: 'now' }
  | { readonly from: 'uuidv7' }
  | { readonly from: 'sequence' }
  | { readonly from: 'database'; readonly always: boolean }

/** `caller => caller.id`. It runs once, with a stand-in that notes which attribute is taken. */
export type CallerDefault = (caller: Readonly<Record<string, CallerAttribute>>) => CallerAttribute | undefined

/** What a caller default gives back: the mark of one attribute. */
export class CallerAttribute {
  readonly attribute: string

  constructor(attribute: string) {
    this.attribute = attribute
  }
}

export interface DeclaredCheck {
  readonly name: string | null
  /** Gets the field's symbol, gives a condition. */
  readonly build: (value: unknown) => unknown
}

interface StoredDeclaration {
  readonly nullable: boolean
  readonly default: DeclaredDefault | null
  readonly unique: boolean
  readonly index: boolean
  readonly key: boolean
  readonly immutable: boolean
  readonly readOnly: boolean
  readonly writeOnly: boolean
  readonly private: boolean
  /** A read rule that depends on the row may make null of it. */
  readonly maskable: boolean
  readonly column: string | null
  readonly native: NativeColumns | null
  readonly renamedFrom: string | null
  readonly words: Words
}

/**
 * The type that a column has in a database that had it before the field, by the name of the store, as that database prints it. `form`
 * says how values are written where the type does not tell.
 *
 * @example
 * name: field.text({ max: 80 }).column('name', { postgres: 'character varying(80)' })
 * born: field.datetime().column('born', { sqlite: { type: 'DATETIME', form: 'unix seconds' } })
 */
export type NativeTypes = Readonly<
  Record<string, string | { readonly type: string; readonly form: string } | undefined>
>

/** The types as data. */
export function nativeColumns(given: NativeTypes | undefined): NativeColumns | null {
  if (given === undefined) return null
  const columns = Object.entries(given).flatMap(([store, native]): [string, NativeColumn][] =>
    native === undefined ? [] : [[store, typeof native === 'string' ? { type: native, form: null } : { ...native }]],
  )
  return Object.fromEntries(columns)
}

export interface ScalarDeclaration extends StoredDeclaration {
  readonly kind: 'scalar'
  readonly type: FieldType
  /** For `field.id('Article')`: the model whose key type this is; `type` then is a placeholder. */
  readonly idOf: string | null
  readonly from: string | null
  readonly checks: readonly DeclaredCheck[]
  /** What does not tell letter case apart: that it is unique, and its index. */
  readonly ignoreCase: { readonly unique: boolean; readonly index: boolean }
  /** What is wrong with the options, in words; told when the schema is built. */
  readonly problems: readonly string[]
}

export interface BelongsToDeclaration extends StoredDeclaration {
  readonly kind: 'belongsTo'
  readonly target: string
  readonly onDelete: DeleteBehaviour | null
  /** The name of the scalar, instead of `authorId`. */
  readonly field: string | null
  /** Fields of the target, and the declared fields here that hold their values; null: the relation has scalars of its own. */
  readonly on: Readonly<Record<string, string>> | null
  /** What is wrong with the options, in words; told when the schema is built. */
  readonly problems: readonly string[]
}

export interface HasDeclaration {
  readonly kind: 'hasOne' | 'hasMany'
  readonly target: string
  /** The belongsTo relation on the target. */
  readonly by: string
  readonly maskable: boolean
  readonly words: Words
  readonly problems: readonly string[]
}

export interface ManyToManyDeclaration {
  readonly kind: 'manyToMany'
  readonly target: string
  readonly through: string | null
  readonly inverse: string | null
  /** The belongsTo relations of the join model that lead here and there. */
  readonly local: string | null
  readonly remote: string | null
  /** The table of the links and its columns, where a database had it before. */
  readonly table: JoinTable | null
  readonly maskable: boolean
  readonly renamedFrom: string | null
  readonly words: Words
  readonly problems: readonly string[]
}

export interface JoinTable {
  readonly name: string
  /** The column that refers to rows of this model. */
  readonly local: string
  /** The column that refers to rows of the other model. */
  readonly remote: string
}

export type FieldDeclaration = ScalarDeclaration | BelongsToDeclaration | HasDeclaration | ManyToManyDeclaration

export const noWords: Words = Object.freeze({ description: null, label: null, deprecated: false })

/** A declaration with other words about it. */
export const withWords = <Declaration extends { readonly words: Words }>(
  declaration: Declaration,
  words: Partial<Words>,
): Declaration => ({ ...declaration, words: { ...declaration.words, ...words } })

export const plainStored: StoredDeclaration = Object.freeze({
  nullable: false,
  default: null,
  unique: false,
  index: false,
  key: false,
  immutable: false,
  readOnly: false,
  writeOnly: false,
  private: false,
  maskable: false,
  column: null,
  native: null,
  renamedFrom: null,
  words: noWords,
})
