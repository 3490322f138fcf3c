/** The state of a graph: what a database has to keep for it, without rules, hooks and words. It is written beside each migration. */
import { canonicalJson, deepFreeze, isObject, jsonObject } from '../../lib/index.ts'
import type {
  CheckNode,
  DeleteBehaviour,
  FieldDefault,
  FieldNode,
  FieldType,
  IndexNode,
  ModelGraph,
  ModelNode,
  NativeColumns,
  RelationNode,
  UniqueNode,
} from '../../model/index.ts'

export const stateFormat = 1

export interface State {
  readonly format: typeof stateFormat
  readonly models: Readonly<Record<string, StateModel>>
}

export interface StateModel {
  readonly table: string
  readonly namespace?: string
  readonly key: readonly string[]
  /** In the order of the declaration. */
  readonly order: readonly string[]
  readonly fields: Readonly<Record<string, StateField>>
  readonly relations: Readonly<Record<string, StateRelation>>
  readonly uniques: readonly UniqueNode[]
  readonly indexes: readonly IndexNode[]
  readonly checks: readonly CheckNode[]
  readonly softDelete?: string
  /** A join table that no model was written for. */
  readonly hidden?: true
  /** A table that was there before the model. */
  readonly adopted?: true
  readonly view?: true
}

export interface StateField {
  readonly column: string
  readonly type: FieldType
  readonly nullable?: true
  /** Where it comes from the caller or from application code the database knows nothing of it. */
  readonly default?: FieldDefault
  /** The column's own types, where it was there before the field. */
  readonly native?: NativeColumns
}

export interface StateRelation {
  readonly target: string
  readonly on: RelationNode['on']
  readonly onDelete: DeleteBehaviour
}

export const emptyState: State = Object.freeze({ format: stateFormat, models: Object.freeze({}) })

export function stateOf(graph: ModelGraph): State {
  const models = Object.values(graph.models).map(model => [model.name, stateOfModel(model)] as const)
  return deepFreeze({ format: stateFormat, models: Object.fromEntries(models) })
}

function stateOfModel(model: ModelNode): StateModel {
  const { table, namespace, key, fields, relations, uniques, indexes, checks, softDeleteField } = model
  const references = Object.values(relations).filter(({ kind }) => kind === 'belongsTo')
  return {
    table,
    ...(namespace === null ? {} : { namespace }),
    key,
    order: Object.keys(fields),
    fields: Object.fromEntries(Object.values(fields).map(field => [field.name, stateOfField(field)])),
    relations: Object.fromEntries(references.map(({ name, target, on, onDelete }) => [name, { target, on, onDelete }])),
    uniques,
    indexes,
    checks,
    ...(softDeleteField === null ? {} : { softDelete: softDeleteField }),
    ...(model.hidden ? { hidden: true } : {}),
    ...(model.adopted ? { adopted: true } : {}),
    ...(model.view ? { view: true } : {}),
  }
}

const known = new Set(['literal', 'now', 'version', 'sequence', 'database'])

const stateOfField = ({ column, type, nullable, native, default: value }: FieldNode): StateField => ({
  column,
  type,
  ...(nullable ? { nullable } : {}),
  ...(value !== null && known.has(value.from) ? { default: value } : {}),
  ...(native === null ? {} : { native }),
})

/** Keys are in order and each has a line of its own, so that a merge of two branches is a merge of lines. */
export const printState = (state: State): string => `${canonicalJson(state, 2)}\n`

/** What `printState` wrote; null when it is something else or of a later format. */
export function readState(text: string): State | null {
  const value = jsonObject(text)
  if (value === null || value['format'] !== stateFormat || !isObject(value['models'])) return null
  if (!Object.values(value['models']).every(isStateModel)) return null
  return deepFreeze(value as unknown as State)
}

const isStateModel = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['table'] === 'string' &&
  ['key', 'order', 'uniques', 'indexes', 'checks'].every(name => Array.isArray(value[name])) &&
  ['fields', 'relations'].every(name => isObject(value[name]))
