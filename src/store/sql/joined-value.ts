/**
 * A value at the end of a to-one relation, taken from a join. Where many rows are sorted or grouped by it, a subselect would look it up for each
 * row by itself; of a join the database can begin at the other end, where an index has the values in order, or put both tables together at once.
 */
import {
  always,
  type Expression,
  isAlways,
  type ModelGraph,
  type ModelNode,
  modelOf,
  type Predicate,
  type RelationNode,
  relationOf,
} from '../../model/index.ts'
import type { SqlValue } from './dialect.ts'
import { columnSql, related, type Row, rowAt, type Scope, within } from './row.ts'

/** A field of the one row to which a reference of row 0 leads, if that row fulfils a condition. */
export interface Reached {
  readonly relation: RelationNode
  readonly field: string
  readonly where: Predicate
}

/** Brings a value. `optional`: rows without it stay, and have null. */
export interface ValueJoin {
  readonly of: Expression
  readonly reached: Reached
  readonly optional: boolean
}

/** What of a row's own columns tells is not looked up; what several rows may lead to could come more than once. */
export function reached(of: Expression, model: ModelNode): Reached | null {
  const found = endOf(of)
  if (found === null) return null
  const relation = relationOf(model, found.relation)
  const isOwn = isAlways(found.where) && relation.on.some(({ remote }) => remote === found.field)
  return relation.kind === 'belongsTo' && !isOwn ? { relation, field: found.field, where: found.where } : null
}

function endOf(
  of: Expression,
): { readonly relation: string; readonly field: string; readonly where: Predicate } | null {
  if (of.kind === 'field') {
    const [relation, ...more] = of.path
    if (of.row !== 0 || relation === undefined || more.length > 0) return null
    return { relation, field: of.field, where: always }
  }
  if (of.kind !== 'aggregate' || of.function !== 'min' || of.row !== 0 || of.path.length > 0) return null
  const inner = of.of
  if (inner?.kind !== 'field' || inner.row !== 1 || inner.path.length > 0) return null
  return { relation: of.relation, field: inner.field, where: of.where }
}

/** Whether the value is there, as a condition that looks for the row of the other end. */
export function isThere({ relation, field, where }: Reached, graph: ModelGraph): Predicate {
  const isNull: Predicate = { kind: 'isNull', of: { kind: 'field', row: 1, path: [], field } }
  const nullable = modelOf(graph, relation.target).fields[field]?.nullable === true
  const fulfils: Predicate = nullable ? { kind: 'and', of: [where, { kind: 'not', of: isNull }] } : where
  return { kind: 'some', row: 0, path: [], relation: relation.name, where: fulfils, authority: 'schema' }
}

/** The row with the value from a join, and the join. */
export function joinValue(
  { of, reached: { relation, field, where }, optional }: ValueJoin,
  scope: Scope,
): { readonly row: Row; readonly join: string } {
  const { dialect } = scope.statement
  const base = rowAt(scope, 0)
  const far = related(scope, { relation, local: base.column, depth: 1, once: true })
  const fulfils = isAlways(where) ? '' : `(${scope.condition(where, within(scope, far.row)).sql})`
  const on = [far.condition, ...(fulfils === '' ? [] : [optional ? dialect.joinCondition(fulfils) : fulfils])]
  const value = far.row.column(field)
  const joined = new Map<string, SqlValue>(base.joined)
  joined.set(nameOf(of), { ...value, nullable: optional || value.nullable })
  const present = !optional && value.nullable ? ` and ${columnSql(value)} is not null` : ''
  return {
    row: { ...base, joined },
    join: `${optional ? 'left join' : 'join'} ${far.from} on ${on.join(' and ')}${present}`,
  }
}

/** What a join has of an expression already. */
export const joinedValue = (of: Expression, joined: Row['joined']): SqlValue | undefined => joined?.get(nameOf(of))

const nameOf = (of: Expression): string => JSON.stringify(of)
