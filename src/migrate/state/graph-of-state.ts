/** A state as a graph again: enough of one for the tables that it needs. */
import { deepFreeze } from '../../lib/index.ts'
import type { FieldNode, ModelGraph, ModelNode, RelationNode, Words } from '../../model/index.ts'
import type { State, StateField, StateModel } from './state.ts'

const noWords: Words = { description: null, label: null, deprecated: false }

export function graphOfState(state: State): ModelGraph {
  const models = Object.entries(state.models).map(([name, model]) => [name, modelOf(name, model)] as const)
  return deepFreeze({ version: 1, models: Object.fromEntries(models), caller: null })
}

function modelOf(name: string, model: StateModel): ModelNode {
  const { order, fields } = model
  const place = (field: string): number => (order.includes(field) ? order.indexOf(field) : order.length)
  const inOrder = Object.entries(fields).toSorted(([left], [right]) => place(left) - place(right))
  const relations = Object.entries(model.relations).map(([relation, { target, on, onDelete }]): RelationNode => ({
    name: relation,
    kind: 'belongsTo',
    target,
    on,
    through: null,
    inverse: null,
    nullable: on.some(({ local }) => fields[local]?.nullable === true),
    maskable: false,
    onDelete,
    renamedFrom: null,
    words: noWords,
  }))
  return {
    name,
    plural: name,
    table: model.table,
    renamedFrom: null,
    namespace: model.namespace ?? null,
    key: model.key,
    fields: Object.fromEntries(inOrder.map(([field, entry]) => [field, fieldOf(field, entry)])),
    relations: Object.fromEntries(relations.map(relation => [relation.name, relation])),
    computed: {},
    uniques: model.uniques,
    indexes: model.indexes,
    checks: model.checks,
    versionField: null,
    softDeleteField: model.softDelete ?? null,
    scopes: [],
    rules: null,
    hooks: [],
    hidden: model.hidden === true,
    adopted: model.adopted === true,
    view: model.view === true,
    store: 'default',
    words: noWords,
  }
}

const fieldOf = (name: string, entry: StateField): FieldNode => ({
  name,
  column: entry.column,
  type: entry.type,
  nullable: entry.nullable === true,
  default: entry.default ?? null,
  unique: false,
  immutable: false,
  readOnly: false,
  writeOnly: false,
  private: false,
  maskable: false,
  relation: null,
  from: null,
  renamedFrom: null,
  native: entry.native ?? null,
  words: noWords,
})
