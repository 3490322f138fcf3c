/**
 * Changes rows whose keys are known: with hooks, what changes by itself, slugs and change records, and under the update rule for the rows as
 * they were and as they become (semantics 3).
 */
import { refusal } from '../error/index.ts'
import { changeRequest, type Engine, type Key, keysOf, keyText, rowKey, storedValue } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import type { UpdateRequest } from '../plan/index.ts'
import type { ExecutionContext, FilterRequest, ValueForm } from '../query/index.ts'
import { touchedFields } from './defaults.ts'
import { holdKeys } from './lock-rows.ts'
import { lostRace, withSlugs } from './lost-race.ts'
import { missingReference } from './refuse-write.ts'
import { hasHooks, runAfterHooks, runBeforeHooks } from './run-hooks.ts'
import { freeSlugs } from './slugs.ts'
import { changedFields, setStep } from './update-shape.ts'
import { requireWholeReferences } from './whole-references.ts'

type Changes = Readonly<Record<string, Value>>

/** Each row by what is given for its key. `written`: the fields that the caller wrote, in alphabetical order. */
export function* changeRows(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  given: readonly Changes[],
  written: readonly string[],
  context: ExecutionContext,
): Steps<void> {
  if (keys.length === 0) return
  const hooked = hasHooks(engine, model)
  const previous = hooked ? yield* engine.rows.stored(model, keys, context) : []
  if (hooked && previous.length < keys.length) throw closed(model)
  const changed = hooked ? yield* runBeforeHooks(engine, model, 'beforeUpdate', given, previous, context) : given
  const { finals, slugs } = yield* finalChanges(engine, model, keys, changed, context)
  const touched: Key[] = []
  const set = new Set<string>()
  for (const [changes, group] of groupByChanges(finals, keys)) {
    const change = changeHeld(engine, model, group, changes, written, null, context)
    // Who asked knew that they may be changed.
    if ((yield* withSlugs(model, slugs, change)).length < group.length) throw closed(model)
    touched.push(...group)
    for (const field of Object.keys(changes)) set.add(field)
  }
  yield* requireStillAllowed(engine, model, touched, changedFields(model, [...set]), written, context)
  yield* requireWholeReferences(engine, model, touched, [...set], context)
  if (hooked) {
    const after = yield* engine.rows.stored(model, keys, context)
    const before = new Map(previous.map(row => [keyText(rowKey(model, row)), row]))
    // Code of the application may have deleted rows.
    const told = after.map(row => before.get(keyText(rowKey(model, row))) ?? row)
    yield* runAfterHooks(engine, model, 'afterUpdate', after, told, context)
  }
}

const closed = ({ name }: ModelNode) => refusal('rules.row-closed', { operation: 'update', model: name })

/** The changes of each row, with what follows from them by itself, and the names of what of it are unique slugs. */
function* finalChanges(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  changed: readonly Changes[],
  context: ExecutionContext,
): Steps<{ readonly finals: readonly Changes[]; readonly slugs: readonly string[] }> {
  const touched = new Map<Changes, Changes>()
  const finals = changed.map(changes => {
    // The row may be changed, and nothing is: as if it were one row, it stays as it is.
    const following = Object.keys(changes).length === 0 ? {} : touchedFields(model, changes, context)
    const final = { ...changes, ...following }
    touched.set(final, following)
    return final
  })
  const isMade = (row: Changes, field: string): boolean => touched.get(row)?.[field] !== undefined
  return { finals, slugs: yield* freeSlugs(engine, model, finals, isMade, context, keys) }
}

/** Rows with the same changes are written by one statement. */
function groupByChanges(
  changed: readonly Changes[],
  keys: readonly Key[],
): readonly (readonly [Changes, readonly Key[]])[] {
  const groups = new Map<string, [Changes, Key[]]>()
  keys.forEach((key, index) => {
    const changes = changed[index] ?? {}
    if (Object.keys(changes).length === 0) return
    const text = JSON.stringify(changes)
    const group = groups.get(text)
    if (group === undefined) groups.set(text, [changes, [key]])
    else group[1].push(key)
  })
  return [...groups.values()]
}

/** By what rows were found. */
export interface Found {
  readonly where: FilterRequest
  readonly form: ValueForm
  readonly values: readonly unknown[]
}

/** For the rows that are found, or for those whose keys alone are known. */
export function ruledChange(
  model: ModelNode,
  set: readonly string[],
  written: readonly string[],
  found: Found | null,
): UpdateRequest {
  const target = found === null ? ({ kind: 'keys' } as const) : ({ kind: 'found', where: found.where } as const)
  return changeRequest(model, { target, set, written, version: set.length > 0, rule: 'update' })
}

/**
 * Changes rows in one statement, and tells which could be changed: since they were found, others may have changed them, so the statement asks
 * rule and filter again. Without changes the rows stay as they are, and nobody else changes them until the transaction ends.
 */
export function* changeAlike(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  changes: Changes,
  written: readonly string[],
  found: Found | null,
  context: ExecutionContext,
): Steps<readonly Key[]> {
  const held = yield* holdKeys(engine, model, keys, context)
  return held.length === 0 ? [] : yield* changeHeld(engine, model, held, changes, written, found, context)
}

/** The same for rows that nobody else changes. */
function* changeHeld(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  changes: Changes,
  written: readonly string[],
  found: Found | null,
  context: ExecutionContext,
): Steps<readonly Key[]> {
  const set = Object.keys(model.fields).filter(field => changes[field] !== undefined)
  const steps: Record<string, Value> = { ...keysOf(model, keys) }
  for (const field of set) steps[setStep(field)] = storedValue(model, field, changes[field] ?? null)
  const sources = found === null ? { steps } : { steps, form: found.form, values: found.values }
  const { returned } = yield* engine.write.update(ruledChange(model, set, written, found), sources, context)
  const named = new Set(returned.map(keyText))
  const changed = keys.filter(key => named.has(keyText(key)))
  if (set.length > 0) {
    engine.transactions.record(
      context,
      changed.map(key => ({ model: model.name, key, operation: 'update', fields: set })),
    )
  }
  return changed
}

/** Scopes, the rule, the field rules and the references hold for every row as it has become; otherwise nothing has happened. */
export function* requireStillAllowed(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  changed: readonly string[],
  written: readonly string[],
  context: ExecutionContext,
): Steps<void> {
  if (keys.length === 0 || !engine.write.ruleDependsOn(model, changed, context.caller)) return
  const request = { model: model.name, operation: 'update', written, withDeleted: false } as const
  const statuses = yield* engine.rows.status(request, keys, model, context)
  if (statuses.length < keys.length) throw refusal('rules.row-out-of-scope', { model: model.name })
  const astray = statuses.filter(({ references }) => !references).map(({ key }) => key)
  if (astray.length > 0) {
    const rows = yield* engine.rows.stored(model, astray, context)
    throw (yield* missingReference(engine, model, rows, written, context)) ?? lostRace(closed(model))
  }
  if (statuses.some(({ allowed }) => !allowed)) throw closed(model)
}
