/** The rules, put into plans: which rows and fields exist for a caller, and what is closed to them altogether. */
import { refusal } from '../error/index.ts'
import {
  always,
  type Authority,
  callerOnlyAttributes,
  type ModelNode,
  never,
  type Predicate,
  type RelationNode,
  softDeleteScope,
} from '../model/index.ts'
import type { Slot, SlotType } from '../query/index.ts'
import type { Planning } from './environment.ts'
import { allOf, isAlways, isNever } from './fold.ts'
import { type Place, rewritePredicate } from './rewrite.ts'

/** The place of a declaration whose own row is the last of `rows`. */
export function placeAt(
  planning: Planning,
  rows: readonly string[],
  slots: Readonly<Record<Slot, SlotType>> = {},
): Place {
  return {
    planning,
    rows,
    shift: rows.length - 1,
    slots,
    related: (inner, relation, authority) => relatedCondition(planning, inner, relation, authority),
    links: (around, relation, authority) => linkCondition(planning, around, relation, authority),
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

/** What the rule of an operation asks of the last row of `rows`; a rule that is not there closes (semantics 1). */
export function ruleCondition(planning: Planning, rows: readonly string[], operation: RuledOperation): Predicate {
  if (planning.environment.caller === 'system') return always
  const model = planning.model(rows.at(-1) ?? '')
  if (model.rules === null) return never
  return rewritePredicate(placeAt(planning, rows), model.rules[operation])
}

/** The same, refused before any connection is used when it is closed to this caller whatever the row (semantics 9). */
export function openRuleCondition(planning: Planning, rows: readonly string[], operation: RuledOperation): Predicate {
  const condition = ruleCondition(planning, rows, operation)
  if (isNever(condition)) throw closed(planning, rows.at(-1) ?? '', operation)
  return condition
}

function closed(planning: Planning, model: string, operation: RuledOperation): Error {
  const parameters = { operation: verbs[operation], model }
  return planning.environment.caller === 'anonymous'
    ? refusal('rules.sign-in-required', parameters)
    : refusal('rules.operation-closed', parameters)
}

/** The scopes of a model: conjuncts of every plan (semantics 11). */
export function scopeCondition(planning: Planning, rows: readonly string[], withDeleted: boolean): Predicate {
  const model = planning.model(rows.at(-1) ?? '')
  planning.noteModel(model.name)
  const scopes = model.scopes.filter(scope => !(withDeleted && scope.name === softDeleteScope))
  return allOf(...scopes.map(scope => rewritePredicate(placeAt(planning, rows), scope.predicate)))
}

/** Which rows the caller may read; naming a model that is closed to the caller is refused (semantics 5). */
export function readableCondition(planning: Planning, rows: readonly string[], withDeleted = false): Predicate {
  const rule = openRuleCondition(planning, rows, 'read')
  const deleted = withDeleted ? openRuleCondition(planning, rows, 'withDeleted') : always
  return allOf(scopeCondition(planning, rows, withDeleted), rule, deleted)
}

/**
 * Which rows at the other end of a relation exist, under the rights that the condition has (semantics 4). Where the same link has a name there,
 * only those of which the caller may see it: a reference that is closed does not show through its inverse.
 */
export function relatedCondition(
  planning: Planning,
  rows: readonly string[],
  relation: RelationNode,
  authority: Authority,
): Predicate {
  if (authority === 'schema') return scopeCondition(planning, rows, false)
  const readable = readableCondition(planning, rows)
  const back = namedBack(planning, relation)
  return back === null ? readable : allOf(readable, visibleCondition(planning, rows, back.target, back.name))
}

/** The relation over there that holds the same link, or shares it; a belongsTo holds its link itself. */
function namedBack(
  planning: Planning,
  { kind, target, inverse }: RelationNode,
): { readonly target: ModelNode; readonly name: string } | null {
  return kind === 'belongsTo' || inverse === null ? null : { target: planning.model(target), name: inverse }
}

/**
 * Which rows of the join model tie rows together for whoever asks: those that he may read, ends included. `around` are the rows without
 * the related one, whose number the join row has here. Links that Plinth keeps by itself have no rules.
 */
export function linkCondition(
  planning: Planning,
  around: readonly string[],
  { through }: RelationNode,
  authority: Authority,
): Predicate {
  if (through === null) return always
  const rows = [...around, through.model]
  const join = planning.model(through.model)
  if (authority === 'schema' || join.hidden || planning.environment.caller === 'system')
    return scopeCondition(planning, rows, false)
  const ends = [...through.local, ...through.remote].flatMap(pair => [
    pair.through,
    join.fields[pair.through]?.relation ?? pair.through,
  ])
  const rules = [...new Set(ends)].map(name => join.rules?.fields[name]?.read ?? always)
  return allOf(readableCondition(planning, rows), ...rules.map(rule => rewritePredicate(placeAt(planning, rows), rule)))
}

/** When a field or relation of the last row of `rows` can be seen: always, never, or under a condition on the row (semantics 8). */
export function visibleCondition(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  name: string,
): Predicate {
  if (planning.environment.caller === 'system') return always
  const field = model.fields[name]
  if (field !== undefined && (field.private || field.writeOnly)) return never
  const rule = model.rules?.fields[name]?.read
  const own = rule === undefined ? always : rewritePredicate(placeAt(planning, rows), rule)
  const relation = model.relations[name]
  if (relation?.kind !== 'belongsTo') return own
  return allOf(own, ...relation.on.map(({ local }) => visibleCondition(planning, rows, model, local)))
}

/**
 * Whether a field or relation is closed to this caller: nobody reads it, or a rule that asks about the caller alone says no. Such a field is
 * left out of answers; one whose rule looks at the row is null instead, also for callers for whom the rule is false on every row.
 */
export function isClosedField(planning: Planning, rows: readonly string[], model: ModelNode, name: string): boolean {
  if (planning.environment.caller === 'system') return false
  if (isClosedHere(planning, rows, model, name)) return true
  const relation = model.relations[name]
  const back = relation === undefined ? null : namedBack(planning, relation)
  return back !== null && isClosedHere(planning, [...rows, back.target.name], back.target, back.name)
}

function isClosedHere(planning: Planning, rows: readonly string[], model: ModelNode, name: string): boolean {
  const field = model.fields[name]
  if (field !== undefined && (field.private || field.writeOnly)) return true
  const rule = model.rules?.fields[name]?.read
  const asksCaller = rule !== undefined && callerOnlyAttributes(rule) !== null
  if (asksCaller && isNever(rewritePredicate(placeAt(planning, rows), rule))) return true
  const relation = model.relations[name]
  return relation?.kind === 'belongsTo' && relation.on.some(({ local }) => isClosedHere(planning, rows, model, local))
}

/** Naming a field that is closed to the caller is refused. */
export function requireVisible(planning: Planning, rows: readonly string[], model: ModelNode, name: string): Predicate {
  if (isClosedField(planning, rows, model, name)) throw fieldClosed(model.name, name, 'read')
  return visibleCondition(planning, rows, model, name)
}

/** Filters, sorts and aggregates may use a field only where its rule is true for every row: they would tell its values otherwise. */
export function requireAlwaysVisible(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  name: string,
  operation: string,
): void {
  const isOpen = isAlways(visibleCondition(planning, rows, model, name))
  if (!isOpen || isClosedField(planning, rows, model, name)) throw fieldClosed(model.name, name, operation)
}

export function fieldClosed(model: string, name: string, operation: string): Error {
  return refusal('rules.field-closed', { operation, name, model })
}

/** After a write nothing is refused any more: what the caller may not read is simply not given back. */
export function readableOrNever(planning: Planning, rows: readonly string[], withDeleted: boolean): Predicate {
  if (planning.environment.caller === 'system') return scopeCondition(planning, rows, withDeleted)
  const rule = ruleCondition(planning, rows, 'read')
  if (rule.kind === 'constant' && !rule.value) return never
  return readableCondition(planning, rows, withDeleted)
}
