/** Finds models, columns and relations of the graph by name; a plan that names something else is a mistake of the planner. */
import {
  type FieldNode,
  fieldsIndexedFolded,
  type ModelGraph,
  type ModelNode,
  type RelationNode,
} from '../../model/index.ts'

export function modelOf(graph: ModelGraph, name: string): ModelNode {
  const model = graph.models[name]
  if (model === undefined) throw new Error(`The plan names the model ${name}, which the graph does not have.`)
  return model
}

export function fieldOf(model: ModelNode, name: string): FieldNode {
  const field = model.fields[name]
  if (field === undefined)
    throw new Error(`The plan names the field ${model.name}.${name}, which the graph does not have.`)
  return field
}

export function relationOf(model: ModelNode, name: string): RelationNode {
  const relation = model.relations[name]
  if (relation === undefined)
    throw new Error(`The plan names the relation ${model.name}.${name}, which the graph does not have.`)
  return relation
}

/** The lists of fields by which rows can be found without looking at all of them: key, uniques, indexes, belongsTo. */
export function accessPaths(model: ModelNode): readonly (readonly string[])[] {
  return [
    model.key,
    ...model.uniques.map(({ fields }) => fields),
    ...model.indexes.map(({ fields }) => fields.map(({ field }) => field)),
    ...Object.values(model.relations)
      .filter(({ kind }) => kind === 'belongsTo')
      .map(({ on }) => on.map(({ local }) => local)),
  ]
}

/** Those in whose order an index has the rows: one that ignores case has them in another. */
export function orderedPaths(model: ModelNode): readonly (readonly string[])[] {
  const exact = ({ ignoreCase }: { readonly ignoreCase?: readonly string[] }): boolean => ignoreCase === undefined
  return accessPaths({ ...model, uniques: model.uniques.filter(exact), indexes: model.indexes.filter(exact) })
}

/** Whether an index has the field without its letter case, and whether none has it as it is. */
export function foldedIndex(model: ModelNode, field: string): { readonly alone: boolean } | null {
  if (model.view || !fieldsIndexedFolded(model).has(field)) return null
  const exact = [
    model.key[0],
    ...model.uniques.filter(({ ignoreCase }) => ignoreCase === undefined).map(({ fields }) => fields[0]),
    ...model.indexes.filter(({ ignoreCase }) => ignoreCase === undefined).map(({ fields }) => fields[0]?.field),
  ]
  return { alone: !exact.includes(field) }
}
