/** The order of a page: what was asked for, then the key, so that it is total and a cursor can stand on it (semantics 18). */
import { refusal } from '../error/index.ts'
import { type FieldType, kindOf, type ModelNode } from '../model/index.ts'
import type { OrderTerm, SortTerm } from '../query/index.ts'
import type { Planning } from './environment.ts'
import { isAlways } from './fold.ts'
import { attribute, relation as namedRelation } from './name.ts'
import { attributeExpression } from './plan-filter.ts'
import { relatedCondition, requireAlwaysVisible, visibleCondition } from './readable.ts'
import { noteLink } from './rewrite.ts'

/** What the values are for, which refusals name: groups follow the rules of sorting. */
type OrderUse = 'sort' | 'group'

const verbs = { sort: 'sort by', group: 'group by' } as const

const unordered = (use: OrderUse, name: string, reason: string): Error =>
  refusal(use === 'sort' ? 'request.not-sortable' : 'request.not-groupable', { name, reason })

export interface PlannedOrder {
  readonly terms: readonly OrderTerm[]
  /** Rows have positions that a cursor can name. */
  readonly keyset: boolean
}

export function planOrder(
  planning: Planning,
  rows: readonly string[],
  sort: readonly SortTerm[],
  use: OrderUse = 'sort',
): PlannedOrder {
  const model = planning.model(rows.at(-1) ?? '')
  const named = new Set<string>()
  let callerRelative = false
  const terms: OrderTerm[] = []
  for (const term of sort) {
    const name = term.path.join('.')
    if (named.has(name)) throw unordered(use, name, `it stands in the ${use} twice`)
    named.add(name)
    const planned = planTerm(planning, rows, model, term, use)
    callerRelative ||= planned.callerRelative
    terms.push(planned.term)
  }
  const last = terms.at(-1)?.direction ?? 'ascending'
  for (const field of model.key) {
    if (named.has(field)) continue
    const node = attribute(model, field).node
    const of = attributeExpression(planning, rows, model, field)
    terms.push({ of, type: node.type, direction: last, nullable: false })
  }
  // A cursor holds the key, so whoever may not see the key gets none.
  const keyIsOpen = model.key.every(field => isAlways(visibleCondition(planning, rows, model, field)))
  return { terms, keyset: model.key.length > 0 && !callerRelative && keyIsOpen }
}

function planTerm(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  { path, direction }: SortTerm,
  use: OrderUse,
): { readonly term: OrderTerm; readonly callerRelative: boolean } {
  const [name, ...rest] = path
  if (name === undefined) throw new Error('A sort term needs a path')
  if (rest.length > 0) return { term: relatedTerm(planning, rows, model, path, direction, use), callerRelative: false }
  const found = attribute(model, name)
  requireAlwaysVisible(planning, rows, model, name, verbs[use])
  if (found.kind === 'computed' && !found.node.sortable) {
    throw unordered(use, name, 'this computed field is not declared sortable')
  }
  requireSortableKind(name, found.node.type, use)
  const of = attributeExpression(planning, rows, model, name)
  return {
    term: { of, type: found.node.type, direction, nullable: found.node.nullable },
    callerRelative: found.kind === 'computed' && found.node.callerRelative,
  }
}

/** A field at the end of to-one relations: null where a row on the way is absent or closed to the caller. */
function relatedTerm(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  path: readonly string[],
  direction: OrderTerm['direction'],
  use: OrderUse,
): OrderTerm {
  const name = path.join('.')
  const [first, second, ...more] = path
  if (first === undefined || second === undefined) throw new Error('A related sort term names a relation and a field')
  if (more.length > 0) throw unordered(use, name, 'one relation may be followed')
  const relation = namedRelation(model, first)
  if (relation.kind !== 'belongsTo' && relation.kind !== 'hasOne') {
    throw unordered(use, name, `${first} leads to many rows`)
  }
  requireAlwaysVisible(planning, rows, model, first, verbs[use])
  noteLink(planning, model, relation)
  const inner = [...rows, relation.target]
  const target = planning.model(relation.target)
  const found = attribute(target, second)
  requireAlwaysVisible(planning, inner, target, second, verbs[use])
  if (found.kind === 'computed') throw unordered(use, name, 'it is computed')
  requireSortableKind(name, found.node.type, use)
  planning.noteRead(target.name, second)
  const readable = relatedCondition(planning, inner, relation, 'caller')
  const row = rows.length - 1
  const nullable = relation.nullable || found.node.nullable
  if (isAlways(readable)) {
    return { of: { kind: 'field', row, path: [first], field: second }, type: found.node.type, direction, nullable }
  }
  return {
    of: {
      kind: 'aggregate',
      function: 'min',
      row,
      path: [],
      relation: first,
      where: readable,
      of: { kind: 'field', row: row + 1, path: [], field: second },
      authority: 'caller',
    },
    type: found.node.type,
    direction,
    nullable: true,
  }
}

function requireSortableKind(name: string, type: FieldType, use: OrderUse): void {
  if (!kindOf(type).sortable) {
    throw unordered(use, name, `${type.kind} values have no order`)
  }
}
