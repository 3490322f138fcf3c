/** Looks names of a request up in a model, and refuses unknown ones with the nearest right word (semantics 33). */
import { refusal } from '../error/index.ts'
import { nearest, own } from '../lib/index.ts'
import { type ComputedNode, type FieldNode, type ModelNode, type RelationNode, toldRelations } from '../model/index.ts'

export type Attribute =
  | { readonly kind: 'field'; readonly node: FieldNode }
  | { readonly kind: 'computed'; readonly node: ComputedNode }

export function findAttribute(model: ModelNode, name: string): Attribute | null {
  const field = own(model.fields, name)
  if (field !== undefined) return { kind: 'field', node: field }
  const computed = own(model.computed, name)
  return computed === undefined ? null : { kind: 'computed', node: computed }
}

export function attribute(model: ModelNode, name: string): Attribute {
  const found = findAttribute(model, name)
  if (found !== null) return found
  const words = [...readableNames(model), ...Object.keys(model.computed)]
  throw refusal('request.unknown-field', { model: model.name, name, nearest: nearest(name, words) })
}

export function findRelation(model: ModelNode, name: string): RelationNode | null {
  return own(model.relations, name) ?? null
}

export function relation(model: ModelNode, name: string): RelationNode {
  const found = findRelation(model, name)
  if (found !== null) return found
  throw refusal('request.unknown-relation', {
    model: model.name,
    name,
    nearest: nearest(name, toldRelations(model)),
  })
}

/** Hints do not spell out what nobody may read. */
function readableNames(model: ModelNode): string[] {
  return Object.values(model.fields)
    .filter(field => !field.private && !field.writeOnly)
    .map(field => field.name)
}
