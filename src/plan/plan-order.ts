/** The order of a page: what was asked for, then the key, so that it is total and a cursor can stand on it (semantics 18). */
import { refusal } from '../error/index.ts'
import { type FieldType, isAlways, isToMany, kindOf } from '../model/index.ts'
import type { OrderTerm, SortTerm } from '../query/index.ts'
import { attribute, relation as namedRelation } from './name.ts'
import { attributeExpression } from './plan-filter.ts'
import { relatedCondition, requireAlwaysVisible, visibleCondition } from './readable.ts'
import type { Standpoint } from './standpoint.ts'

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

export function planOrder(at: Standpoint, sort: readonly SortTerm[], use: OrderUse = 'sort'): PlannedOrder {
  const { model } = at
  const named = new Set<string>()
  let callerRelative = false
  const terms: OrderTerm[] = []
  for (const term of sort) {
    const name = term.path.join('.')
    if (named.has(name)) throw unordered(use, name, `it stands in the ${use} twice`)
    named.add(name)
    const planned = planTerm(at, term, use)
    callerRelative ||= planned.callerRelative
    terms.push(planned.term)
  }
  const last = terms.at(-1)?.direction ?? 'ascending'
  for (const field of model.key) {
    if (named.has(field)) continue
    const node = attribute(model, field).node
    const of = attributeExpression(at, field)
    terms.push({ of, type: node.type, direction: last, nullable: false })
  }
  // A cursor holds the key, so whoever may not see the key gets none.
  const keyIsOpen = model.key.every(field => isAlways(visibleCondition(at, field)))
  return { terms, keyset: model.key.length > 0 && !callerRelative && keyIsOpen }
}

function planTerm(
  at: Standpoint,
  { path, direction }: SortTerm,
  use: OrderUse,
): { readonly term: OrderTerm; readonly callerRelative: boolean } {
  const [name, ...rest] = path
  if (name === undefined) throw new Error('A sort term needs a path')
  if (rest.length > 0) return { term: relatedTerm(at, path, direction, use), callerRelative: false }
  const found = attribute(at.model, name)
  requireAlwaysVisible(at, name, verbs[use])
  if (found.kind === 'computed' && !found.node.sortable) {
    throw unordered(use, name, 'this computed field is not declared sortable')
  }
  requireSortableKind(name, found.node.type, use)
  const of = attributeExpression(at, name)
  return {
    term: { of, type: found.node.type, direction, nullable: found.node.nullable },
    callerRelative: found.kind === 'computed' && found.node.callerRelative,
  }
}

/** A field at the end of to-one relations: null where a row on the way is absent or closed to the caller. */
function relatedTerm(
  at: Standpoint,
  path: readonly string[],
  direction: OrderTerm['direction'],
  use: OrderUse,
): OrderTerm {
  const name = path.join('.')
  const [first, second, ...more] = path
  if (first === undefined || second === undefined) throw new Error('A related sort term names a relation and a field')
  if (more.length > 0) throw unordered(use, name, 'one relation may be followed')
  const { model, planning, row } = at
  const relation = namedRelation(model, first)
  if (isToMany(relation)) {
    throw unordered(use, name, `${first} leads to many rows`)
  }
  requireAlwaysVisible(at, first, verbs[use])
  planning.noteLink(model, relation)
  const inner = at.inside(relation.target)
  const found = attribute(inner.model, second)
  requireAlwaysVisible(inner, second, verbs[use])
  if (found.kind === 'computed') throw unordered(use, name, 'it is computed')
  requireSortableKind(name, found.node.type, use)
  planning.noteRead(relation.target, second)
  const readable = relatedCondition(inner, relation)
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
      of: inner.field(second),
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
