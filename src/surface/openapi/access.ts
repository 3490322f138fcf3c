/** What rules mean for a description that is the same for every reader of it. */
import {
  callerOnlyAttributes,
  type ComputedNode,
  type FieldNode,
  isAlways,
  isNever,
  type ModelGraph,
  type ModelNode,
  type Predicate,
  type RelationNode,
} from '../../model/index.ts'
import { writeMistake } from '../../operation/index.ts'
import { isClosed } from '../contract/index.ts'

/** How a field or relation appears in what is read. */
export interface Appearance {
  /** The key is always there when it is asked for. */
  readonly always: boolean
  /** Null can stand in its place because a rule says so. */
  readonly hidden: boolean
}

/** Whether whoever reads a field or relation has to reckon with null: its values, its rules, or its declaration for rules to come. */
export const mayBeNull = (model: ModelNode, node: FieldNode | RelationNode | ComputedNode): boolean =>
  node.nullable || node.maskable || appearance(model, node.name)?.hidden === true

/** Null: it appears to nobody. */
export function appearance(model: ModelNode, name: string): Appearance | null {
  const field = model.fields[name]
  if (field !== undefined && (field.private || field.writeOnly)) return null
  const rule = model.rules?.fields[name]?.read
  const own = rule === undefined || isAlways(rule) ? visible : isNever(rule) ? null : underRule(rule)
  const relation = model.relations[name]
  if (own === null || relation?.kind !== 'belongsTo') return own
  const locals = relation.on.map(({ local }) => appearance(model, local))
  if (locals.includes(null)) return null
  return {
    always: own.always && locals.every(local => local?.always === true),
    hidden: own.hidden || locals.some(local => local?.hidden === true),
  }
}

const visible: Appearance = { always: true, hidden: false }

/** One that the caller alone decides takes the key away, one that depends on the row gives null (semantics 8). */
function underRule(rule: Predicate): Appearance {
  const asksRow = callerOnlyAttributes(rule) === null
  return { always: asksRow, hidden: asksRow }
}

/** Fields that a caller may give a value in a body. */
export function isWritable(model: ModelNode, field: FieldNode, mode: 'create' | 'update'): boolean {
  if (writeMistake({ caller: 'signedIn', mode }, field) !== null) return false
  const rule = model.rules?.fields[field.name]?.write
  return rule === undefined || !isNever(rule)
}

/** Relations that a caller may write through in a body: if it has scalars, those that he may write. */
export function isWritableRelation(
  model: ModelNode,
  relation: RelationNode,
  target: ModelNode,
  mode: 'create' | 'update',
): boolean {
  const isShared = relation.kind === 'manyToMany' && relation.inverse !== null
  const other = isShared ? target.rules?.fields[relation.inverse]?.write : undefined
  const rule = model.rules?.fields[relation.name]?.write ?? other
  if (rule !== undefined && isNever(rule)) return false
  if (relation.kind !== 'belongsTo') return true
  return relation.on.every(({ local }) => {
    const field = model.fields[local]
    return field !== undefined && isWritable(model, field, mode)
  })
}

/** Relations that can be included and filtered by: visible from both ends, and leading to a model that somebody may read. */
export function readableRelations(
  graph: ModelGraph,
  model: ModelNode,
): readonly { readonly relation: RelationNode; readonly target: ModelNode }[] {
  return Object.values(model.relations).flatMap(relation => {
    const target = graph.models[relation.target]
    if (target === undefined || isClosed(target, 'read') || appearance(model, relation.name) === null) return []
    const back = relation.kind === 'belongsTo' ? null : relation.inverse
    if (back !== null && appearance(target, back) === null) return []
    return [{ relation, target }]
  })
}
