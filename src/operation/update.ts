/** update: one row by its key, under the update rule before and after (semantics 3). */
import { type ErrorDetail, refusal } from '../error/index.ts'
import { type Engine, keyOf, storedValue } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import type { ExecutionContext, Selection } from '../query/index.ts'
import { addressValues, findKey } from './address.ts'
import type { UpdateInput, Written } from './contract.ts'
import { nestsHooks, readWritten } from './create.ts'
import { touchedFields } from './defaults.ts'
import { nestedNames, writeDependents, writeReferences } from './nested.ts'
import { type ParsedRow, parseRow } from './parse-row.ts'
import { missingReference, refuseStatus } from './refuse-write.ts'
import { hasHooks, runAfterHooks, runBeforeHooks } from './run-hooks.ts'
import { freeSlugs } from './slugs.ts'
import { openingUpdate, updateRequest } from './update-request.ts'

export async function updateRow(engine: Engine, input: UpdateInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  const options = { graph: engine.graph, form: input.form, caller: context.caller.class, mode: 'update' } as const
  const parsed = parseRow(options, model, input.changes, '')
  const { row } = parsed
  const errors = [...(input.mistakes ?? []), ...parsed.errors]
  const written = [...new Set([...Object.keys(row.values), ...nestedNames(row.nested)])].toSorted()
  engine.write.requireOpenUpdate(openingUpdate(model, written), context.caller)
  if (input.ifVersion !== null && model.versionField === null) {
    throw refusal('writes.version-missing', { model: model.name })
  }
  const values = addressValues(model, input.address, input.form)
  const together = !hasHooks(engine, model) && !nestsHooks(engine, row)
  const single = together && errors.length === 0 && isOneStatement(engine, model, parsed.row, written, input, context)
  const choice = { together, single, isolation: 'default' } as const
  const change = { row, written, errors, ifVersion: input.ifVersion }
  return engine.transactions.run(context, choice, inside =>
    addressedUpdate(engine, model, input, values, change, inside),
  )
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

/** The row is addressed by its key, nothing is looked up before or after, and the update itself gives it back. */
function isOneStatement(
  engine: Engine,
  model: ModelNode,
  row: ParsedRow,
  written: readonly string[],
  input: UpdateInput,
  context: ExecutionContext,
): boolean {
  if (row.nested.length > 0) return false
  if (input.address.fields.join() !== model.key.join()) return false
  if (Object.values(model.fields).some(({ from }) => from !== null && row.values[from] !== undefined)) return false
  const { set } = finalChanges(model, row.values, false, context)
  if (context.caller.class !== 'system' && engine.write.ruleDependsOn(model, set)) return false
  const words = { set: setOrKey(model, set), written, version: true, ifVersion: input.ifVersion !== null }
  const request = updateRequest(model, words, input.select)
  return engine.write.answersUpdate(request, context.caller)
}

/** What is set in the end, and the names of it in the order of the model. */
function finalChanges(
  model: ModelNode,
  changes: Readonly<Record<string, Value>>,
  nothing: boolean,
  context: ExecutionContext,
) {
  const touched = nothing ? {} : touchedFields(model, changes, context)
  const final: Record<string, Value> = { ...changes, ...touched }
  return { touched, final, set: Object.keys(model.fields).filter(field => final[field] !== undefined) }
}

/** Without a change the row is still touched in place, so that rules and versions are checked by the same statement. */
const setOrKey = (model: ModelNode, set: readonly string[]): readonly string[] =>
  set.length === 0 ? model.key.slice(0, 1) : set

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
  // What comes before the row itself is written needs to know that the row may be.
  if (errors.length > 0 || hooked || row.nested.length > 0) {
    yield* requireStatus(engine, model, key, written, ifVersion, context)
  }
  if (errors.length > 0) throw refusal('values.invalid', { model: model.name }, { errors })
  const previous = hooked ? yield* engine.write.stored(model, [key], context) : []
  const [references] = yield* writeReferences(engine, [row], context)
  const [changes = {}] = yield* runBeforeHooks(
    engine,
    model,
    'beforeUpdate',
    [{ ...row.values, ...references }],
    previous,
    context,
  )
  const nothing = Object.keys(changes).length === 0 && row.nested.length === 0
  const { touched, final, set } = finalChanges(model, changes, nothing, context)
  yield* freeSlugs(engine, model, [final], (_, field) => touched[field] !== undefined, context)
  // Nested rows and hooks come behind the row, and are seen by who reads it back.
  const answer = hooked || row.nested.length > 0 ? null : select
  const result = yield* engine.write.update(
    updateRequest(
      model,
      { set: setOrKey(model, set), written, version: !nothing, ifVersion: ifVersion !== null },
      answer,
    ),
    { steps: updateValues(model, key, final, ifVersion) },
    context,
  )
  if (result.count === 0) {
    yield* requireStatus(engine, model, key, written, ifVersion, context)
    throw refusal('request.not-found', { model: model.name })
  }
  yield* requireAfter(engine, model, key, set, written, context)
  yield* writeDependents(
    engine,
    model,
    [{ row: { ...previousKey(model, key), ...final }, nested: row.nested }],
    context,
  )
  if (!nothing) {
    engine.transactions.record(context, [{ model: model.name, key, operation: 'update', fields: set }])
  }
  if (hooked) {
    const after = yield* engine.write.stored(model, [key], context)
    yield* runAfterHooks(engine, model, 'afterUpdate', after, previous, context)
  }
  if (result.answer !== undefined) return { ...result.answer, keys: [key], count: 1, created: false }
  return yield* readWritten(engine, model, select, [key], false, context)
}

function previousKey(model: ModelNode, key: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(model.key.map((field, index) => [field, key[index] ?? null]))
}

function updateValues(
  model: ModelNode,
  key: readonly Value[],
  changes: Readonly<Record<string, Value>>,
  ifVersion: number | null,
): Record<string, Value> {
  const values: Record<string, Value> = { ...keyOf(model, key) }
  for (const [field, value] of Object.entries(changes)) values[`set.${field}`] = storedValue(model, field, value)
  const [first] = model.key
  if (first !== undefined) values[`set.${first}`] ??= storedValue(model, first, key[0] ?? null)
  if (ifVersion !== null) values['version'] = ifVersion
  return values
}

/** Throws why the row cannot be updated as it stands; returns when it can. */
function* requireStatus(
  engine: Engine,
  model: ModelNode,
  key: readonly Value[],
  written: readonly string[],
  ifVersion: number | null,
  context: ExecutionContext,
): Steps<void> {
  const request = { model: model.name, operation: 'update', written, withDeleted: false } as const
  const [status] = yield* engine.write.status(request, [key], model, context)
  const refused = refuseStatus(model, 'update', status, ifVersion)
  if (refused !== null) throw refused
}

/** The update rule, the field rules and the references hold for the row as it has become; otherwise nothing has happened. */
function* requireAfter(
  engine: Engine,
  model: ModelNode,
  key: readonly Value[],
  set: readonly string[],
  written: readonly string[],
  context: ExecutionContext,
): Steps<void> {
  if (context.caller.class === 'system' || !engine.write.ruleDependsOn(model, set)) return
  const request = { model: model.name, operation: 'update', written, withDeleted: false } as const
  const [status] = yield* engine.write.status(request, [key], model, context)
  if (status?.references === false) {
    const rows = yield* engine.write.stored(model, [key], context)
    throw (
      (yield* missingReference(engine, model, rows, written, context)) ??
      refusal('rules.row-closed', { operation: 'update', model: model.name })
    )
  }
  if (status?.allowed !== true) throw refusal('rules.row-closed', { operation: 'update', model: model.name })
}
