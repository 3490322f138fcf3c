/** upsert: updates the row with the same unique values that the caller may read, or creates one; another that is there is in conflict with that. */
import { PlinthError, refusal } from '../error/index.ts'
import type { Engine } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import type { ExecutionContext, Selection } from '../query/index.ts'
import { recognised } from './address.ts'
import type { UpsertInput, Written } from './contract.ts'
import { createSteps } from './create.ts'
import { lostRace, noteLostRace, raced } from './lost-race.ts'
import { nestsHooks } from './nested/nests-hooks.ts'
import type { ParsedRow } from './parse/parsed-row.ts'
import { parseRow } from './parse/parse-row.ts'
import { hasHooks } from './run-hooks.ts'
import { type Change, updateSteps, writtenNames } from './update.ts'
import { tellingConflicts } from './told-conflict.ts'

export async function upsertRow(engine: Engine, input: UpsertInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  if (model.key.length === 0) throw refusal('request.no-key', { model: model.name, what: 'an upsert' })
  const on = recognised(model, input.on, context.caller.class)
  const options = { graph: engine.graph, form: input.form, caller: context.caller.class } as const
  const create = parseRow({ ...options, mode: 'create' }, model, input.create, '')
  const update = parseRow({ ...options, mode: 'update' }, model, input.update, '')
  const found = statusRequest(model, on)
  engine.rows.requireOpenStatus(found, context.caller)
  if (create.errors.length > 0) throw refusal('values.invalid', { model: model.name }, { errors: create.errors })
  const tuple = on.map(field => {
    const value = create.row.values[field]
    if (value !== undefined && value !== null) return value
    throw refusal('values.required', { name: field }, { pointer: `/${field}` })
  })
  const together = !hasHooks(engine, model) && !nestsHooks(engine, create.row) && !nestsHooks(engine, update.row)
  const change = { row: update.row, written: writtenNames(update.row), errors: update.errors, ifVersion: null }
  return tellingConflicts(
    engine,
    context,
    raced(engine, context, { together, isolation: 'default' }, inside =>
      upsertSteps(engine, model, { request: found, values: tuple }, create.row, change, input.select, inside),
    ),
  )
}

const statusRequest = (model: ModelNode, by: readonly string[]) =>
  ({ model: model.name, operation: 'update', written: [], withDeleted: false, by }) as const

function* upsertSteps(
  engine: Engine,
  model: ModelNode,
  { request, values }: { readonly request: ReturnType<typeof statusRequest>; readonly values: readonly Value[] },
  row: ParsedRow,
  change: Change,
  select: Selection | null,
  context: ExecutionContext,
): Steps<Written> {
  const status = yield* engine.rows.statusBy(request, values, model, context)
  try {
    if (status?.readable === true) return yield* updateSteps(engine, model, status.key, change, select, context)
    // A row that the caller may not read is in the way of those alone who could create it: all others are told what they are told without it.
    return yield* createSteps(engine, model, [row], { select, many: false }, context)
  } catch (error) {
    if (status === undefined) noteLostRace(error, model, request.by)
    // It was there, and is not any more.
    else if (status.readable && error instanceof PlinthError && error.code === 'request.not-found') lostRace(error)
    throw error
  }
}
