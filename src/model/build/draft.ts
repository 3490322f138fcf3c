/** A model while its schema is being built. */
import type { BelongsToDeclaration, HasDeclaration, ManyToManyDeclaration, ScalarDeclaration } from '../field/index.ts'
import type { FieldNode, IndexNode, NativeColumns, RelationNode, UniqueNode } from '../graph.ts'
import type { Model, ModelOptions } from '../model.ts'
import type { AnyFields } from '../types/declared.ts'
import type { FieldType } from '../value.ts'
import type { Mistakes } from './mistakes.ts'

export type AnyModel = Model<AnyFields, unknown>

/** One column of a relation's key: the scalar here and the key's field there. */
export interface ForeignColumn {
  readonly name: string
  readonly remote: string
  readonly type: FieldType
  /** A reference has the type of what it refers to. */
  readonly native: NativeColumns | null
}

export interface ModelDraft {
  readonly name: string
  readonly options: ModelOptions
  readonly scalars: ReadonlyMap<string, ScalarDeclaration>
  readonly belongsTo: ReadonlyMap<string, BelongsToDeclaration>
  readonly has: ReadonlyMap<string, HasDeclaration>
  readonly manyToMany: ReadonlyMap<string, ManyToManyDeclaration>
  /** The names of everything declared, in order. */
  readonly declared: readonly string[]
  readonly table: string
  readonly plural: string
  readonly hidden: boolean
  /** Names of the key's fields; filled by `keys.ts`. */
  key: readonly string[]
  readonly fields: Map<string, FieldNode>
  readonly relations: Map<string, RelationNode>
  readonly uniques: UniqueNode[]
  readonly indexes: IndexNode[]
}

/** A model of which the declaration is known, and nothing else yet. */
export const newDraft = (
  declared: Omit<ModelDraft, 'key' | 'fields' | 'relations' | 'uniques' | 'indexes'>,
  key: readonly string[] = [],
): ModelDraft => ({ ...declared, key, fields: new Map(), relations: new Map(), uniques: [], indexes: [] })

/** Everything that the steps of building share. */
export interface Building {
  readonly models: Map<string, ModelDraft>
  readonly caller: string | null
  readonly mistakes: Mistakes
}
