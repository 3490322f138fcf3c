/** A state as a graph again: enough of one for the tables that it needs. */
import { deepFreeze } from '../../lib/index.ts'
import {
  type FieldNode,
  fieldNode,
  type ModelGraph,
  type ModelNode,
  modelNode,
  noWords,
  type RelationNode,
} from '../../model/index.ts'
import type { State, StateField, StateModel } from './state.ts'

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
  return modelNode(name, model.table, {
    namespace: model.namespace ?? null,
    key: model.key,
    fields: Object.fromEntries(inOrder.map(([field, entry]) => [field, fieldOf(field, entry)])),
    relations: Object.fromEntries(relations.map(relation => [relation.name, relation])),
    uniques: model.uniques,
    indexes: model.indexes,
    checks: model.checks,
    softDeleteField: model.softDelete ?? null,
    hidden: model.hidden === true,
    adopted: model.adopted === true,
    view: model.view === true,
  })
}

const fieldOf = (name: string, { column, type, nullable, default: value, native }: StateField): FieldNode =>
  fieldNode(name, type, { column, nullable: nullable === true, default: value ?? null, native: native ?? null })
