/** Says why a write touched nothing, in the fixed order of refusals (semantics 9). */
import { PlinthError, refusal } from '../error/index.ts'
import { type Engine, type Key, keyText, type RowStatus, valuesOf } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import type { InsertRequest } from '../plan/index.ts'
import type { ExecutionContext } from '../query/index.ts'
import { findByValues } from './address.ts'
import { holdKeys } from './lock-rows.ts'
import { lostRace } from './lost-race.ts'

/** A candidate row did not pass: either something it refers to does not exist for the caller, or the create rule said no. */
export function* refuseInsert(
  engine: Engine,
  model: ModelNode,
  rows: readonly Readonly<Record<string, Value>>[],
  request: InsertRequest,
  context: ExecutionContext,
  pointers: readonly string[] = [],
): Steps<Error> {
  const missing = yield* missingReference(engine, model, rows, request.written, context, pointers)
  if (missing !== null) return missing
  // No rule binds the system, but scopes do.
  const refused =
    context.caller.class === 'system'
      ? refusal('rules.row-out-of-scope', { model: model.name })
      : refusal('rules.row-closed', { operation: 'create', model: model.name })
  if (!engine.store.capabilities.rowLocks) return refused
  // What the row refers to may have been missing for a moment, or a link been there; what its own values decide stays as it is.
  const mayBeOver = request.ignoreConflictOn !== null || engine.write.insertLooksElsewhere(request, context.caller)
  return mayBeOver ? lostRace(refused) : refused
}

/** The first reference that the caller wrote and that leads to no row that the caller may read. `pointers` name the rows. */
export function* missingReference(
  engine: Engine,
  model: ModelNode,
  rows: readonly Readonly<Record<string, Value>>[],
  written: readonly string[],
  context: ExecutionContext,
  pointers: readonly string[] = [],
): Steps<Error | null> {
  for (const relation of Object.values(model.relations)) {
    if (relation.kind !== 'belongsTo' || !relation.on.some(({ local }) => written.includes(local))) continue
    const target = engine.model(relation.target)
    const remote = relation.on.map(pair => pair.remote)
    const tuples = rows.map(row => relation.on.map(({ local }) => row[local] ?? null))
    const wanted = tuples.filter(tuple => !tuple.includes(null))
    const found = yield* readableTuples(engine, target, remote, wanted, context)
    const missing = tuples.findIndex(tuple => !tuple.includes(null) && !found.has(JSON.stringify(tuple)))
    if (missing === -1) continue
    // One of several fields alone leads nowhere, and may be one that other references share.
    const [only, ...others] = relation.on
    const name = only === undefined || others.length > 0 ? relation.name : only.local
    const pointer = `${pointers[missing] ?? ''}/${name}`
    return refusal('writes.reference-missing', { name, model: target.name }, { pointer })
  }
  return null
}

/**
 * Which values of the fields the caller may know to be those of a row, as `keyText` spells them. A model that is closed to the caller has no
 * rows for the caller.
 */
export function* readableTuples(
  engine: Engine,
  target: ModelNode,
  fields: readonly string[],
  tuples: readonly (readonly Value[])[],
  context: ExecutionContext,
): Steps<ReadonlySet<string>> {
  try {
    const rows = yield* findByValues(engine, target, fields, tuples, fields, context)
    return new Set(rows.map(row => keyText(valuesOf(row, fields))))
  } catch (error) {
    if (error instanceof PlinthError && (error.status === 401 || error.status === 403)) return new Set()
    throw error
  }
}

/** Unreadable = absent (404) → not allowed (403) → version (412). Null when none of them explains it. */
export function refuseStatus(
  model: ModelNode,
  operation: 'update' | 'delete',
  status: RowStatus | undefined,
  ifVersion: number | null,
): Error | null {
  if (status?.readable !== true) return refusal('request.not-found', { model: model.name })
  if (!status.allowed) return refusal('rules.row-closed', { operation, model: model.name })
  if (ifVersion !== null && status.version !== ifVersion) {
    return refusal('writes.version-changed', { model: model.name })
  }
  return null
}

/** Throws why the row cannot be written as it stands; returns when it can. */
export function* requireStatus(
  engine: Engine,
  model: ModelNode,
  key: Key,
  { operation, written, ifVersion, withDeleted = false }: WantedStatus,
  context: ExecutionContext,
): Steps<void> {
  const request = { model: model.name, operation, written, withDeleted }
  const [status] = yield* engine.rows.status(request, [key], model, context)
  const refused = refuseStatus(model, operation, status, ifVersion)
  if (refused !== null) throw refused
}

interface WantedStatus {
  readonly operation: 'update' | 'delete'
  /** The fields and relations that the caller writes. */
  readonly written: readonly string[]
  readonly ifVersion: number | null
  readonly withDeleted?: boolean
}

/** How often a row that may be changed is looked for. */
const mostAttempts = 3

/**
 * Changes one row under its rule (null: it was not found), or throws by `refuse` why not. Where that finds nothing to say, somebody else was
 * in the way of the change: it is tried again while nobody else changes the row.
 */
export function* changedOrRefused<T>(
  engine: Engine,
  model: ModelNode,
  key: readonly Value[],
  change: () => Steps<T | null>,
  refuse: () => Steps<void>,
  context: ExecutionContext,
): Steps<T> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const changed = yield* change()
    if (changed !== null) return changed
    yield* refuse()
    yield* holdKeys(engine, model, [key], context)
  }
  // What its rule asks of other rows changes to and fro.
  throw refusal('store.busy', {})
}
