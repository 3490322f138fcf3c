/** Which model of one state is which of another, and which field: by table and column, which stay when names move. */
import type { FieldNode, ModelGraph, ModelNode } from '../../model/index.ts'

export interface MatchedModel {
  readonly before: ModelNode
  readonly after: ModelNode
  readonly fields: readonly { readonly before: FieldNode; readonly after: FieldNode }[]
  readonly dropped: readonly FieldNode[]
  readonly added: readonly FieldNode[]
}

export interface MatchedModels {
  readonly kept: readonly MatchedModel[]
  readonly dropped: readonly ModelNode[]
  readonly added: readonly ModelNode[]
}

const placeOf = ({ namespace, table }: ModelNode): string => JSON.stringify([namespace, table])

export function matchModels(before: ModelGraph, after: ModelGraph): MatchedModels {
  const [old, fresh] = [Object.values(before.models), Object.values(after.models)]
  // A model that the declaration gives a table of another name is still the same.
  const partner = (model: ModelNode, among: readonly ModelNode[], others: readonly ModelNode[]) =>
    among.find(one => placeOf(one) === placeOf(model)) ??
    among.find(one => one.name === model.name && !others.some(other => placeOf(other) === placeOf(one)))
  const kept = fresh.flatMap(model => {
    const found = partner(model, old, fresh)
    return found === undefined ? [] : [matchFields(found, model)]
  })
  return {
    kept,
    dropped: old.filter(model => !kept.some(one => one.before === model)),
    added: fresh.filter(model => !kept.some(one => one.after === model)),
  }
}

function matchFields(before: ModelNode, after: ModelNode): MatchedModel {
  const [old, fresh] = [Object.values(before.fields), Object.values(after.fields)]
  const fields = fresh.flatMap(field => {
    const found =
      old.find(({ column }) => column === field.column) ??
      old.find(({ name, column }) => name === field.name && !fresh.some(other => other.column === column))
    return found === undefined ? [] : [{ before: found, after: field }]
  })
  return {
    before,
    after,
    fields,
    dropped: old.filter(field => !fields.some(one => one.before === field)),
    added: fresh.filter(field => !fields.some(one => one.after === field)),
  }
}
