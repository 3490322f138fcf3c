/** upsert: updates the row with the same unique values, or creates it. A row that the caller may not read answers like a conflict. */
import { refusal } from '../error/index.ts'
import { type Engine, rowKey } from '../engine/index.ts'
import { nearest, type Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import { type ExecutionContext, type Selection, systemCaller } from '../query/index.ts'
import { findByAddress } from './address.ts'
import type { UpsertInput, Written } from './contract.ts'
import { createSteps, nestsHooks } from './create.ts'
import { type ParsedRow, parseRow } from './parse-row.ts'
import { hasHooks } from './run-hooks.ts'
import { type Change, updateSteps, writtenNames } from './update.ts'
import { tellingConflicts } from './told-conflict.ts'

export async function upsertRow(engine: Engine, input: UpsertInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  const on = uniqueFields(model, input.on)
  const options = { graph: engine.graph, form: input.form, caller: context.caller.class } as const
  const create = parseRow({ ...options, mode: 'create' }, model, input.create, '')
  const update = parseRow({ ...options, mode: 'update' }, model, input.update, '')
  if (create.errors.length > 0) throw refusal('values.invalid', { model: model.name }, { errors: create.errors })
  const tuple = on.map(field => {
    const value = create.row.values[field]
    if (value !== undefined && value !== null) return value
    throw refusal('values.required', { name: field }, { pointer: `/${field}` })
  })
  const together = !hasHooks(engine, model) && !nestsHooks(engine, create.row) && !nestsHooks(engine, update.row)
  const change = { row: update.row, written: writtenNames(update.row), errors: update.errors, ifVersion: null }
  const address = { fields: on, values: tuple }
  return tellingConflicts(
    engine,
    context,
    engine.transactions.run(context, { together, isolation: 'default' }, inside =>
      upsertSteps(engine, model, address, create.row, change, input.select, inside),
    ),
  )
}

function* upsertSteps(
  engine: Engine,
  model: ModelNode,
  { fields, values }: { readonly fields: readonly string[]; readonly values: readonly Value[] },
  row: ParsedRow,
  change: Change,
  select: Selection | null,
  context: ExecutionContext,
): Steps<Written> {
  const caller = systemCaller('whether an upsert creates or updates')
  const [present] = yield* findByAddress(engine, model, fields, [values], model.key, { ...context, caller })
  if (present === undefined) {
    return yield* createSteps(engine, model, [row], { select, many: false }, [''], context)
  }
  const key = rowKey(model, present)
  const request = { model: model.name, operation: 'update', written: [], withDeleted: false } as const
  const [status] = yield* engine.write.status(request, [key], model, context)
  if (status?.readable !== true) {
    throw refusal('writes.unique', { model: model.name, fields: fields.join(', ') })
  }
  return yield* updateSteps(engine, model, key, change, select, context)
}

/** The unique fields that `on` names, in their order; refused when these are not unique together. */
export function uniqueFields(model: ModelNode, on: readonly string[]): readonly string[] {
  const candidates = [model.key, ...model.uniques.map(({ fields }) => fields)].filter(fields => fields.length > 0)
  const wanted = JSON.stringify(on.toSorted())
  const found = candidates.find(fields => JSON.stringify(fields.toSorted()) === wanted)
  if (found !== undefined) return found
  const words = candidates.map(fields => fields.join(','))
  throw refusal('request.not-unique', { model: model.name, name: on.join(','), nearest: nearest(on.join(','), words) })
}
