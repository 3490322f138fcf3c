/** The rules, put into plans: which rows and fields exist for a caller, and what is closed to them altogether. */
import { refusal } from '../error/index.ts'
import {
  always,
  callerOnlyAttributes,
  isAlways,
  isNever,
  never,
  type Predicate,
  type RelationNode,
  softDeleteScope,
} from '../model/index.ts'
import type { Slot, SlotType } from '../query/index.ts'
import { allOf } from './fold.ts'
import { type Place, rewritePredicate } from './rewrite.ts'
import type { Standpoint } from './standpoint.ts'

/** The place of a declaration about the row. */
export function placeAt(at: Standpoint, slots: Readonly<Record<Slot, SlotType>> = {}): Place {
  return {
    at,
    shift: at.row,
    slots,
    rights,
  }
}

export type RuledOperation = 'read' | 'create' | 'update' | 'delete' | 'withDeleted'

const verbs: Readonly<Record<RuledOperation, string>> = {
  read: 'read',
  create: 'create',
  update: 'update',
  delete: 'delete',
  withDeleted: 'see deleted rows of',
}

/** What the rule of an operation asks of the row; a rule that is not there closes (semantics 1). */
export function ruleCondition(at: Standpoint, operation: RuledOperation): Predicate {
  if (at.planning.isSystem) return always
  const { rules } = at.model
  return rules === null ? never : rewritePredicate(placeAt(at), rules[operation])
}

/** The same, refused before any connection is used when it is closed to this caller whatever the row (semantics 9). */
export function openRuleCondition(at: Standpoint, operation: RuledOperation): Predicate {
  const condition = ruleCondition(at, operation)
  if (isNever(condition)) throw closed(at, operation)
  return condition
}

function closed({ planning, model }: Standpoint, operation: RuledOperation): Error {
  const parameters = { operation: verbs[operation], model: model.name }
  return planning.environment.caller === 'anonymous'
    ? refusal('rules.sign-in-required', parameters)
    : refusal('rules.operation-closed', parameters)
}

/** The scopes of a model: conjuncts of every plan (semantics 11). */
export function scopeCondition(at: Standpoint, withDeleted: boolean): Predicate {
  const { name, scopes: all } = at.model
  at.planning.noteModel(name)
  const scopes = all.filter(scope => !(withDeleted && scope.name === softDeleteScope))
  return allOf(...scopes.map(scope => rewritePredicate(placeAt(at), scope.predicate)))
}

/** Which rows the caller may read; naming a model that is closed to the caller is refused (semantics 5). */
export function readableCondition(at: Standpoint, withDeleted = false): Predicate {
  const rule = openRuleCondition(at, 'read')
  const deleted = withDeleted ? openRuleCondition(at, 'withDeleted') : always
  return allOf(scopeCondition(at, withDeleted), rule, deleted)
}

/**
 * Which rows at the other end of a relation exist for whoever asks. Where the same link has a name there, only those of which the caller may see
 * it: a reference that is closed does not show through its inverse.
 */
export function relatedCondition(at: Standpoint, relation: RelationNode): Predicate {
  const readable = readableCondition(at)
  const back = nameOverThere(relation)
  return back === null ? readable : allOf(readable, visibleCondition(at, back))
}

/** The relation over there that holds the same link, or shares it; a belongsTo holds its link itself. */
const nameOverThere = ({ kind, inverse }: RelationNode): string | null => (kind === 'belongsTo' ? null : inverse)

/**
 * Which rows of the join model tie rows together for whoever asks: those that they may read, ends included. `around` is the row without the
 * related one, whose number the join row has here. Links that Plinth keeps by itself have no rules.
 */
export function linkCondition(around: Standpoint, { through }: RelationNode): Predicate {
  if (through === null) return always
  const at = around.inside(through.model)
  const join = at.model
  if (join.hidden || at.planning.isSystem) return scopeCondition(at, false)
  const ends = [...through.local, ...through.remote].flatMap(pair => [
    pair.through,
    join.fields[pair.through]?.relation ?? pair.through,
  ])
  const rules = [...new Set(ends)].map(name => join.rules?.fields[name]?.read ?? always)
  return allOf(readableCondition(at), ...rules.map(rule => rewritePredicate(placeAt(at), rule)))
}

/** A condition looks over relations with the rights of whoever has written it (semantics 4). */
const rights: Place['rights'] = {
  schema: {
    related: at => scopeCondition(at, false),
    links: (around, { through }) => (through === null ? always : scopeCondition(around.inside(through.model), false)),
  },
  caller: { related: relatedCondition, links: linkCondition },
}

/** When a field or relation of the row can be seen: always, never, or under a condition on the row (semantics 8). */
export function visibleCondition(at: Standpoint, name: string): Predicate {
  const { model, planning } = at
  if (planning.isSystem) return always
  const field = model.fields[name]
  if (field !== undefined && (field.private || field.writeOnly)) return never
  const rule = model.rules?.fields[name]?.read
  const own = rule === undefined ? always : rewritePredicate(placeAt(at), rule)
  const relation = model.relations[name]
  if (relation?.kind !== 'belongsTo') return own
  return allOf(own, ...relation.on.map(({ local }) => visibleCondition(at, local)))
}

/**
 * Whether a field or relation is closed to this caller: nobody reads it, or a rule that asks about the caller alone says no. Such a field is
 * left out of answers; one whose rule looks at the row is null instead, also for callers for whom the rule is false on every row.
 */
export function isClosedField(at: Standpoint, name: string): boolean {
  if (at.planning.isSystem) return false
  if (isClosedHere(at, name)) return true
  const relation = at.model.relations[name]
  const back = relation === undefined ? null : nameOverThere(relation)
  return relation !== undefined && back !== null && isClosedHere(at.inside(relation.target), back)
}

function isClosedHere(at: Standpoint, name: string): boolean {
  const { model } = at
  const field = model.fields[name]
  if (field !== undefined && (field.private || field.writeOnly)) return true
  const rule = model.rules?.fields[name]?.read
  const asksCaller = rule !== undefined && callerOnlyAttributes(rule) !== null
  if (asksCaller && isNever(rewritePredicate(placeAt(at), rule))) return true
  const relation = model.relations[name]
  return relation?.kind === 'belongsTo' && relation.on.some(({ local }) => isClosedHere(at, local))
}

/** Naming a field that is closed to the caller is refused. */
export function requireVisible(at: Standpoint, name: string): Predicate {
  if (isClosedField(at, name)) throw fieldClosed(at, name, 'read')
  return visibleCondition(at, name)
}

/** Filters, sorts and aggregates may use a field only where its rule is true for every row: they would tell its values otherwise. */
export function requireAlwaysVisible(at: Standpoint, name: string, operation: string): void {
  const isOpen = isAlways(visibleCondition(at, name))
  if (!isOpen || isClosedField(at, name)) throw fieldClosed(at, name, operation)
}

export function fieldClosed({ model }: Standpoint, name: string, operation: string): Error {
  return refusal('rules.field-closed', { operation, name, model: model.name })
}

/** After a write nothing is refused any more: what the caller may not read is simply not given back. */
export function readableOrNever(at: Standpoint, withDeleted = false): Predicate {
  if (at.planning.isSystem) return scopeCondition(at, withDeleted)
  return isNever(ruleCondition(at, 'read')) ? never : readableCondition(at, withDeleted)
}
