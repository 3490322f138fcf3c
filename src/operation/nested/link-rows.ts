/** The rows of join models: links are made once however often they are asked for, and go as rows of their model go. */
import { refusal } from '../../error/index.ts'
import { type Engine, type Key, keysOf, keyText, type Row, rowKey, valuesOf } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import type { ModelNode, RelationNode, Value } from '../../model/index.ts'
import { asSystem, type ExecutionContext } from '../../query/index.ts'
import { findByValues, sameFields } from '../address.ts'
import { deleteKeys } from '../delete/cascade.ts'
import { insertAnswering } from '../insert-rows.ts'
import { readableTuples, refuseStatus } from '../refuse-write.ts'
import { requireOpen } from '../require-open.ts'

/**
 * Makes links that are not there yet. One that is there is left alone: nothing is created, so there is no hook and no change record.
 * `fields`: the scalars of both ends. Answers whether any was made.
 */
export function* insertLinks(
  engine: Engine,
  join: ModelNode,
  wanted: readonly Row[],
  fields: readonly string[],
  context: ExecutionContext,
): Steps<boolean> {
  if (wanted.length === 0) return false
  const insert = function* (links: readonly Row[]): Steps<boolean> {
    const { rows } = yield* insertAnswering(
      engine,
      join,
      links.map(values => ({ values, nested: [], pointer: '' })),
      context,
      { answer: null, links: { ignoreConflictOn: keepsApart(join, fields) ? fields : null } },
    )
    return rows.length > 0
  }
  if (join.hidden && wanted.length === 1) return yield* insert(wanted)
  if (!join.hidden) requireOpen(engine, 'create', join.name, context)
  // Links are there or not, whether or not the caller may see them.
  const system = asSystem(context, 'links of a relation')
  const tupleOf = (row: Row): readonly Value[] => valuesOf(row, fields)
  const found = yield* findByValues(engine, join, fields, wanted.map(tupleOf), [...fields, ...join.key], system)
  yield* requireMayMake(engine, join, found, fields, context)
  const present = new Set(found.map(row => keyText(tupleOf(row))))
  const absent = wanted.filter(row => !present.has(keyText(tupleOf(row))))
  if (absent.length === 0) return false
  yield* clearTheWay(engine, join, absent, fields, system)
  return yield* insert(absent)
}

/** The database itself makes each link once. It cannot be asked to where a model of links declares no key or unique of just its ends. */
const keepsApart = (join: ModelNode, fields: readonly string[]): boolean =>
  [join.key, ...join.uniques.map(unique => unique.fields)].some(own => sameFields(own, fields))

/**
 * A link that is there and hidden from the caller is left alone only for whoever could make it: others are refused as for one that is not
 * there, which is how they do not learn of it (semantics 9). The rule is asked of the link that is there.
 */
function* requireMayMake(
  engine: Engine,
  join: ModelNode,
  found: readonly Row[],
  fields: readonly string[],
  context: ExecutionContext,
): Steps<void> {
  if (join.hidden || join.key.length === 0 || found.length === 0 || context.caller.class === 'system') return
  const tupleOf = (row: Row): readonly Value[] => valuesOf(row, fields)
  const readable = yield* readableTuples(engine, join, fields, found.map(tupleOf), context)
  const keys = found.filter(row => !readable.has(keyText(tupleOf(row)))).map(row => rowKey(join, row))
  if (keys.length === 0) return
  const request = { model: join.name, operation: 'create', written: fields.toSorted(), withDeleted: false } as const
  const statuses = yield* engine.rows.status(request, keys, join, context)
  if (statuses.every(({ allowed }) => allowed)) return
  throw refusal('rules.row-closed', { operation: 'create', model: join.name })
}

/** A link that was deleted softly and whose key is its ends would stand in the way of its successor for ever. */
function* clearTheWay(
  engine: Engine,
  join: ModelNode,
  rows: readonly Row[],
  fields: readonly string[],
  system: ExecutionContext,
): Steps<void> {
  if (join.softDeleteField === null || !join.key.every(field => fields.includes(field))) return
  const keys = rows.map(row => rowKey(join, row))
  const dead = yield* engine.rows.stored(join, keys, system)
  if (dead.length === 0) return
  const steps = keysOf(
    join,
    dead.map(row => rowKey(join, row)),
  )
  const request = { model: join.name, target: { kind: 'keys' }, ifVersion: false, rule: null } as const
  yield* engine.write.delete(request, { steps }, system)
}

/**
 * Removes links of one row: those to the given rows, or all others that lead to rows which exist for the caller (semantics 4). Answers whether
 * there were any.
 */
export function* removeLinks(
  engine: Engine,
  { target, through }: RelationNode,
  own: Row,
  remotes: readonly Row[],
  which: 'these' | 'others',
  context: ExecutionContext,
): Steps<boolean> {
  if (through === null) return false
  const join = engine.model(through.model)
  const fields = Object.keys(own)
  const wanted = join.key.length > 0 ? join.key : Object.keys(join.fields)
  const ends = through.remote.map(pair => pair.through)
  const endOf = (row: Row): readonly Value[] => valuesOf(row, ends)
  const reader = join.hidden ? asSystem(context, 'links of a relation') : context
  const present = yield* findByValues(engine, join, fields, [valuesOf(own, fields)], [...wanted, ...ends], reader)
  const named = new Set(remotes.map(remote => keyText(endOf(remote))))
  let going = present.filter(row => named.has(keyText(endOf(row))) === (which === 'these'))
  if (which === 'others' && going.length > 0) {
    const remote = through.remote.map(pair => pair.remote)
    const known = yield* readableTuples(engine, engine.model(target), remote, going.map(endOf), context)
    going = going.filter(row => known.has(keyText(endOf(row))))
  }
  if (going.length === 0) return false
  let keys: readonly Key[] = going.map(row => rowKey(join, row))
  if (!join.hidden) {
    const request = { model: join.name, operation: 'delete', written: [], withDeleted: false } as const
    const states = yield* engine.rows.status(request, keys, join, context)
    if (states.some(state => refuseStatus(join, 'delete', state, null) !== null))
      throw refusal('rules.row-closed', { operation: 'delete', model: join.name })
    // Others have gone by themselves.
    keys = states.map(({ key }) => key)
  }
  yield* deleteKeys(engine, join, keys, context)
  return keys.length > 0
}
