/** Which columns hold nothing but values of their kind. Tables that others made, and views, hold what they please. */
import { type FieldNode, fieldOf, type ModelGraph, type ModelNode, modelOf } from '../../model/index.ts'

export const isOwnTable = ({ adopted, view }: ModelNode): boolean => !adopted && !view

/**
 * Our own table checks it, or nobody but us has written it. A column of a type of the database's own has no check, and one that refers to a row of
 * others, or begins as a field of whoever was calling, has that row's value as it was found.
 */
export function isChecked(
  graph: ModelGraph,
  model: ModelNode,
  field: FieldNode,
  seen: ReadonlySet<FieldNode> = new Set(),
): boolean {
  if (!isOwnTable(model) || field.native !== null) return false
  // What refers to itself in a circle has no value from elsewhere.
  if (seen.has(field)) return true
  const inside = new Set(seen).add(field)
  if (field.default?.from === 'caller') {
    const caller = graph.models[graph.caller ?? '']
    const attribute = caller?.fields[field.default.attribute]
    if (caller === undefined || attribute === undefined || !isChecked(graph, caller, attribute, inside)) return false
  }
  return Object.values(model.relations).every(({ kind, on, target }) => {
    const pair = kind === 'belongsTo' ? on.find(({ local }) => local === field.name) : undefined
    if (pair === undefined) return true
    const far = modelOf(graph, target)
    return isChecked(graph, far, fieldOf(far, pair.remote), inside)
  })
}
