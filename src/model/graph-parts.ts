/** Finds parts of the graph by names that have been looked at before: one that is not there is a mistake of Plinth's own. */
import type { FieldNode, ModelGraph, ModelNode, RelationNode } from './graph.ts'

export function modelOf(graph: ModelGraph, name: string): ModelNode {
  const model = graph.models[name]
  if (model === undefined) throw new Error(`The graph has no model ${name}`)
  return model
}

export function fieldOf(model: ModelNode, name: string): FieldNode {
  const field = model.fields[name]
  if (field === undefined) throw new Error(`${model.name} has no field ${name}`)
  return field
}

export function relationOf(model: ModelNode, name: string): RelationNode {
  const relation = model.relations[name]
  if (relation === undefined) throw new Error(`${model.name} has no relation ${name}`)
  return relation
}
