/** The model graph: everything an application declared, as one frozen value that prints as versioned JSON. */
import type { Direction, Expression, Predicate } from './expression.ts'
import type { FieldType, Value } from './value.ts'

/** The frozen result of `defineSchema` and `defineRules`; functions (hooks, generators, validators) live beside it, not in it. */
export interface ModelGraph {
  readonly version: 1
  readonly models: Readonly<Record<string, ModelNode>>
  /** The model whose rows are callers; null when nobody signs in. */
  readonly caller: string | null
}

export interface ModelNode {
  readonly name: string
  /** The path segment of its collection: `article-comments`. */
  readonly plural: string
  /** Fixed at birth in the snapshot (semantics 36). */
  readonly table: string
  readonly renamedFrom: string | null
  /** A database schema (PostgreSQL) for the table; null is the default one. */
  readonly namespace: string | null
  /** The names of the key's fields in order; empty: the model has no key (semantics 17). */
  readonly key: readonly string[]
  /** Stored fields in declaration order: the key, own fields, then what options add (timestamps, version, deletedAt). */
  readonly fields: Readonly<Record<string, FieldNode>>
  readonly relations: Readonly<Record<string, RelationNode>>
  readonly computed: Readonly<Record<string, ComputedNode>>
  /** Beyond the key. Single-field ones too. */
  readonly uniques: readonly UniqueNode[]
  readonly indexes: readonly IndexNode[]
  readonly checks: readonly CheckNode[]
  /** The field that counts a row's versions, if the model has one. */
  readonly versionField: string | null
  /** The nullable datetime that marks soft-deleted rows, if the model deletes softly. */
  readonly softDeleteField: string | null
  /** Conjuncts that every plan of the model carries (semantics 11). Soft delete is one of them. */
  readonly scopes: readonly ScopeNode[]
  /** Absent rules close the model to every caller. */
  readonly rules: RuleSet | null
  /** Which operations have hooks written in code. They decide how plans of the model may run. */
  readonly hooks: readonly HookMoment[]
  /** True for the join table that a manyToMany without a `through` makes; it has no routes. */
  readonly hidden: boolean
  /** The table was there before its model: it gets no index and no check that is not declared, and keeps what nobody declared. */
  readonly adopted: boolean
  /** Rows come from a view: they are read, never written. */
  readonly view: boolean
  readonly store: 'default'
  readonly words: Words
}

export interface Words {
  readonly description: string | null
  readonly label: string | null
  /** True, or why and what instead. */
  readonly deprecated: boolean | string
}

export interface FieldNode {
  readonly name: string
  /** Fixed at birth in the snapshot (semantics 36). */
  readonly column: string
  readonly type: FieldType
  readonly nullable: boolean
  readonly default: FieldDefault | null
  readonly unique: boolean
  /** Cannot be changed after create. */
  readonly immutable: boolean
  /** Cannot be written by callers. */
  readonly readOnly: boolean
  /** Never read by callers; written by them. */
  readonly writeOnly: boolean
  /** Neither read nor written by callers. */
  readonly private: boolean
  /** Callers may see null in its place: its read rule may look at the row. */
  readonly maskable: boolean
  /** The belongsTo relation whose scalar this is (`author` for `authorId`), if it is one. */
  readonly relation: string | null
  /** For a slug: the text field it is made from. */
  readonly from: string | null
  readonly renamedFrom: string | null
  /** Which types the column has where a database had it before the field; null where Plinth chooses. */
  readonly native: NativeColumns | null
  readonly words: Words
}

/** By the name of the store. */
export type NativeColumns = Readonly<Record<string, NativeColumn>>

export interface NativeColumn {
  /** As the database prints it, collation included. */
  readonly type: string
  /** How values are written where the type does not tell (SQLite): `unix seconds`. */
  readonly form: string | null
}

export type FieldDefault =
  | { readonly from: 'literal'; readonly value: Value }
  /** A field of the caller's row. */
  | { readonly from: 'caller'; readonly attribute: string }
  /** The request's moment. On update too when `onUpdate` (updatedAt). */
  | { readonly from: 'now'; readonly onUpdate: boolean }
  /** Made by the application before the insert. */
  | { readonly from: 'uuidv7' }
  /** Made by the database (integer keys). */
  | { readonly from: 'sequence' }
  /** 1 at create, one more at each update. */
  | { readonly from: 'version' }
  /** Made by the database when none is given, or always (a generated column). */
  | { readonly from: 'database'; readonly always: boolean }

export type RelationKind = 'belongsTo' | 'hasOne' | 'hasMany' | 'manyToMany'
export type DeleteBehaviour = 'restrict' | 'cascade' | 'setNull'

export interface RelationNode {
  readonly name: string
  readonly kind: RelationKind
  readonly target: string
  /** Own fields and the target's fields that have to be equal; for manyToMany empty, see `through`. */
  readonly on: readonly { readonly local: string; readonly remote: string }[]
  readonly through: ThroughNode | null
  /** The relation on the target that is the same link seen from there, if one is declared. */
  readonly inverse: string | null
  /** For to-one: whether it can lead nowhere. */
  readonly nullable: boolean
  /** Callers may see null in its place: its read rule may look at the row. */
  readonly maskable: boolean
  /** For belongsTo: what happens here when the target row is deleted. */
  readonly onDelete: DeleteBehaviour
  /** For a manyToMany without a model of one's own: the name that its links had. */
  readonly renamedFrom: string | null
  readonly words: Words
}

export interface ThroughNode {
  readonly model: string
  /** Own key fields to fields of the join model. */
  readonly local: readonly { readonly local: string; readonly through: string }[]
  /** Fields of the join model to the target's key fields. */
  readonly remote: readonly { readonly through: string; readonly remote: string }[]
}

export interface ComputedNode {
  readonly name: string
  readonly type: FieldType
  readonly nullable: boolean
  /** Callers may see null in its place: its read rule may look at the row. */
  readonly maskable: boolean
  readonly expression: Expression
  /** It may be sorted by. */
  readonly sortable: boolean
  /** Its value depends on who asks. */
  readonly callerRelative: boolean
  readonly words: Words
}

export interface UniqueNode {
  readonly name: string
  readonly fields: readonly string[]
  /** Only among rows that are not soft-deleted. */
  readonly liveOnly: boolean
  /** Those of the fields whose letter case does not count. Absent: it counts in all of them, as in graphs from before. */
  readonly ignoreCase?: readonly string[]
}

export interface IndexNode {
  readonly name: string
  readonly fields: readonly { readonly field: string; readonly direction: Direction }[]
  /** Those of the fields whose letter case does not count. Absent: it counts in all of them, as in graphs from before. */
  readonly ignoreCase?: readonly string[]
}

export interface CheckNode {
  /** Made of the table, the column of `field` and `word`. */
  readonly name: string
  /** The field whose unnamed check it is. */
  readonly field: string | null
  /** What was declared as its name, or the number of a field's further checks. */
  readonly word: string
  readonly predicate: Predicate
}

export interface ScopeNode {
  readonly name: string
  readonly predicate: Predicate
}

/** Compiled rules: the only form in which a rule exists. An absent operation is closed. */
export interface RuleSet {
  readonly read: Predicate
  readonly create: Predicate
  readonly update: Predicate
  readonly delete: Predicate
  /** May see soft-deleted rows and restore them. */
  readonly withDeleted: Predicate
  /** Field rules; a field that is absent here follows its row. */
  readonly fields: Readonly<Record<string, { readonly read?: Predicate; readonly write?: Predicate }>>
}

export type HookMoment =
  | 'beforeCreate'
  | 'afterCreate'
  | 'beforeUpdate'
  | 'afterUpdate'
  | 'beforeDelete'
  | 'afterDelete'
