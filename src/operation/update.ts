/** update: one row by its key, under the update rule before and after (semantics 3). */
import { type ErrorDetail, refusal } from '../error/index.ts'
import { changeRequest, type Engine, keyOf, keyRow, storedValue } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import type { UpdateRequest } from '../plan/index.ts'
import type { ExecutionContext, Selection, WriteResult } from '../query/index.ts'
import { addressValues, findKey, isKey } from './address.ts'
import { requireStillAllowed } from './change-rows.ts'
import type { UpdateInput, Written } from './contract.ts'
import { touchedFields } from './defaults.ts'
import { raced, withSlugs } from './lost-race.ts'
import { nestsHooks } from './nested/nests-hooks.ts'
import { nestedNames, writeDependents, writeReferences } from './nested/write-nested.ts'
import type { ParsedRow } from './parse/parsed-row.ts'
import { parseRow } from './parse/parse-row.ts'
import { readWritten } from './read-written.ts'
import { changedOrRefused, requireStatus } from './refuse-write.ts'
import { hasHooks, runAfterHooks, runBeforeHooks } from './run-hooks.ts'
import { freeSlugs } from './slugs.ts'
import { changedFields, openingUpdate, setStep, type UpdateShape, updateRequest, updateShape } from './update-shape.ts'
import { tellingConflicts } from './told-conflict.ts'
import { halfReferences, requireWholeReferences, withReference } from './whole-references.ts'

export async function updateRow(engine: Engine, input: UpdateInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  const options = { graph: engine.graph, form: input.form, caller: context.caller.class, mode: 'update' } as const
  const { row, errors: found } = parseRow(options, model, input.changes, '')
  const errors = [...(input.mistakes ?? []), ...found, ...halfReferences(model, row.values, '')]
  const together = !hasHooks(engine, model) && !nestsHooks(engine, row)
  const shape = together && errors.length === 0 && row.nested.length === 0 ? updateShape(model, row.values) : null
  const written = shape?.written ?? writtenNames(row)
  const answered = requireOpenUpdate(engine, model, shape, written, input, context)
  if (input.ifVersion !== null && model.versionField === null) {
    throw refusal('writes.version-missing', { model: model.name })
  }
  const values = addressValues(model, input.address, input.form)
  if (shape !== null && answered && isKey(model, input.address.fields)) {
    const { select, ifVersion } = input
    const change = { key: values, values: row.values, ifVersion, select }
    const changed = await tellingConflicts(
      engine,
      context,
      engine.transactions.run(context, { together, single: true, isolation: 'default' }, inside =>
        updateAlone(engine, model, shape, change, inside),
      ),
    )
    if (changed !== null) return changed
  }
  const change = { row, written, errors, ifVersion: input.ifVersion }
  return tellingConflicts(
    engine,
    context,
    raced(engine, context, { together, isolation: 'default' }, inside =>
      addressedUpdate(engine, model, input, values, change, inside),
    ),
  )
}

/** The fields and relations that the caller wrote. */
export const writtenNames = ({ values, nested }: ParsedRow): readonly string[] =>
  [...new Set([...Object.keys(values), ...nestedNames(nested)])].toSorted()

/**
 * The operation may be closed to the caller whatever the row; that is said before anything about the body (semantics 9). Answers whether the
 * update itself can tell whether the row may be as it becomes, and give it back.
 */
function requireOpenUpdate(
  engine: Engine,
  model: ModelNode,
  shape: UpdateShape | null,
  written: readonly string[],
  { select, ifVersion }: UpdateInput,
  { caller }: ExecutionContext,
): boolean {
  if (shape === null || (ifVersion !== null && model.versionField === null)) {
    engine.write.requireOpenUpdate(openingUpdate(model, written), caller)
    return false
  }
  const answered = engine.write.answersUpdate(requestOf(shape, ifVersion, select), caller)
  return answered && !engine.write.ruleDependsOn(model, shape.changed, caller)
}

const requestOf = (shape: UpdateShape, ifVersion: number | null, select: Selection | null): UpdateRequest =>
  ifVersion === null ? shape.updating(select) : shape.updatingVersion(select)

interface LoneChange {
  readonly key: readonly Value[]
  readonly values: Readonly<Record<string, Value>>
  readonly ifVersion: number | null
  readonly select: Selection | null
}

/** Nothing is looked up before or after: one statement is all there is to do. Null: it has missed a row that may be changed. */
function* updateAlone(
  engine: Engine,
  model: ModelNode,
  shape: UpdateShape,
  { key, values, ifVersion, select }: LoneChange,
  context: ExecutionContext,
): Steps<Written | null> {
  const steps: Record<string, Value> = keyOf(model, key)
  for (const { field, step } of shape.given) steps[step] = storedValue(model, field, values[field] ?? null)
  for (const step of shape.moments) steps[step] = context.now
  if (ifVersion !== null) steps['version'] = ifVersion
  const result = yield* engine.write.update(requestOf(shape, ifVersion, select), { steps }, context)
  if (result.count === 0) {
    yield* requireStatus(engine, model, key, { operation: 'update', written: shape.written, ifVersion }, context)
    return null
  }
  engine.transactions.record(context, [{ model: model.name, key, operation: 'update', fields: shape.set }])
  const { json, version } = result.answer ?? { json: null, version: null }
  return { json, keys: [key], count: 1, version, created: false }
}

function* addressedUpdate(
  engine: Engine,
  model: ModelNode,
  { address, select }: UpdateInput,
  values: readonly Value[],
  change: Change,
  context: ExecutionContext,
): Steps<Written> {
  const key = yield* findKey(engine, model, address.fields, values, context)
  return yield* updateSteps(engine, model, key, change, select, context)
}

export interface Change {
  readonly row: ParsedRow
  /** The fields that the caller wrote. */
  readonly written: readonly string[]
  /** Mistakes in the body; told only to those who may update the row. */
  readonly errors: readonly ErrorDetail[]
  readonly ifVersion: number | null
}

export function* updateSteps(
  engine: Engine,
  model: ModelNode,
  key: readonly Value[],
  change: Change,
  select: Selection | null,
  context: ExecutionContext,
): Steps<Written> {
  const hooked = hasHooks(engine, model)
  const { row, written, errors, ifVersion } = change
  const status = { operation: 'update', written, ifVersion } as const
  // What comes before the row itself is written needs to know that the row may be.
  if (errors.length > 0 || hooked || row.nested.length > 0) {
    yield* requireStatus(engine, model, key, status, context)
  }
  if (errors.length > 0) throw refusal('values.invalid', { model: model.name }, { errors })
  const previous = hooked ? yield* engine.rows.stored(model, [key], context) : []
  if (hooked && previous.length === 0) throw refusal('request.not-found', { model: model.name })
  const [references] = yield* writeReferences(engine, model, [row], context)
  const [changes = {}] = yield* runBeforeHooks(
    engine,
    model,
    'beforeUpdate',
    [withReference(row, references ?? {})],
    previous,
    context,
  )
  const nothing = Object.keys(changes).length === 0
  const touched = nothing ? {} : touchedFields(model, changes, context)
  const final: Record<string, Value> = { ...changes, ...touched }
  const set = Object.keys(model.fields).filter(field => final[field] !== undefined)
  const slugs = yield* freeSlugs(engine, model, [final], (_, field) => touched[field] !== undefined, context, [key])
  // Nested rows and hooks come behind the row, and are seen by who reads it back.
  const answer = hooked || row.nested.length > 0 ? null : select
  // Without a change the row is still touched in place, so that rules and versions are checked by the same statement.
  const request = updateRequest(model, { set, written, version: !nothing, ifVersion: ifVersion !== null }, answer)
  const steps = updateValues(model, key, final, ifVersion)
  const write = function* (): Steps<WriteResult | null> {
    const result = yield* withSlugs(model, slugs, engine.write.update(request, { steps }, context))
    return result.count === 0 ? null : result
  }
  const refuse = () => requireStatus(engine, model, key, status, context)
  const result = yield* changedOrRefused(engine, model, key, write, refuse, context)
  yield* requireStillAllowed(engine, model, [key], nothing ? set : changedFields(model, set), written, context)
  yield* requireWholeReferences(engine, model, [key], set, context)
  const dependents = [{ row: { ...keyRow(model, key), ...final }, nested: row.nested }]
  const related = yield* writeDependents(engine, model, dependents, context)
  if (!nothing) {
    engine.transactions.record(context, [{ model: model.name, key, operation: 'update', fields: set }])
  } else if (related) yield* countChange(engine, model, key, written, context)
  if (hooked) {
    const after = yield* engine.rows.stored(model, [key], context)
    yield* runAfterHooks(engine, model, 'afterUpdate', after, previous, context)
  }
  if (result.answer !== undefined) return { ...result.answer, keys: [key], count: 1, created: false }
  return yield* readWritten(engine, model, select, [key], false, context)
}

/** A change of its relations alone is one of the row, too: whether there is one shows only when they are written. */
function* countChange(
  engine: Engine,
  model: ModelNode,
  key: readonly Value[],
  written: readonly string[],
  context: ExecutionContext,
): Steps<void> {
  const touched = touchedFields(model, {}, context)
  const set = Object.keys(touched)
  const changed = changedFields(model, set)
  if (changed.length > 0) {
    // The rule was asked before anything was written.
    const request = changeRequest(model, { target: { kind: 'key' }, set, written, version: true, rule: null })
    yield* engine.write.update(request, { steps: updateValues(model, key, touched, null) }, context)
    yield* requireStillAllowed(engine, model, [key], changed, written, context)
  }
  engine.transactions.record(context, [{ model: model.name, key, operation: 'update', fields: set }])
}

function updateValues(
  model: ModelNode,
  key: readonly Value[],
  changes: Readonly<Record<string, Value>>,
  ifVersion: number | null,
): Record<string, Value> {
  const values: Record<string, Value> = { ...keyOf(model, key) }
  for (const [field, value] of Object.entries(changes)) values[setStep(field)] = storedValue(model, field, value)
  if (ifVersion !== null) values['version'] = ifVersion
  return values
}
