/** delete: one row by its key. Models that delete softly only mark it. */
import { refusal } from '../error/index.ts'
import { type Engine, keyOf } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import type { ExecutionContext } from '../query/index.ts'
import { addressValues, findKey, isKey } from './address.ts'
import { deleteKeys, deleteRunsHooks } from './cascade.ts'
import type { DeleteInput, Written } from './contract.ts'
import { refuseStatus } from './refuse-write.ts'

export async function deleteRow(engine: Engine, input: DeleteInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  const alone = engine.write.deletesAlone(deleteRequest(model, input.ifVersion !== null), context.caller)
  if (input.ifVersion !== null && model.versionField === null) {
    throw refusal('writes.version-missing', { model: model.name })
  }
  const values = addressValues(model, input.address, input.form)
  const together = !deleteRunsHooks(engine, model)
  const single = alone && isSimple(engine, model) && isKey(model, input.address.fields)
  return engine.transactions.run(context, { together, single, isolation: 'default' }, inside =>
    addressedDelete(engine, model, input, values, inside),
  )
}

function* addressedDelete(
  engine: Engine,
  model: ModelNode,
  { address, ifVersion }: DeleteInput,
  values: readonly Value[],
  context: ExecutionContext,
): Steps<Written> {
  const key = yield* findKey(engine, model, address.fields, values, context)
  yield* deleteSteps(engine, model, key, ifVersion, context)
  return { json: null, keys: [key], count: 1, version: null, created: false }
}

/** The database does all that follows. */
const isSimple = (engine: Engine, model: ModelNode): boolean =>
  model.softDeleteField === null && !deleteRunsHooks(engine, model)

function deleteRequest(model: ModelNode, ifVersion: boolean) {
  return { model: model.name, target: { kind: 'key' }, ifVersion, rule: 'delete' } as const
}

function* deleteSteps(
  engine: Engine,
  model: ModelNode,
  key: readonly Value[],
  ifVersion: number | null,
  context: ExecutionContext,
): Steps<void> {
  const simple = isSimple(engine, model)
  if (simple) {
    const steps = ifVersion === null ? keyOf(model, key) : { ...keyOf(model, key), version: ifVersion }
    const result = yield* engine.write.delete(deleteRequest(model, ifVersion !== null), { steps }, context)
    if (result.count > 0) {
      engine.transactions.record(context, [{ model: model.name, key, operation: 'delete', fields: [] }])
      return
    }
  }
  const request = { model: model.name, operation: 'delete', written: [], withDeleted: false } as const
  const [status] = yield* engine.write.status(request, [key], model, context)
  const refused = refuseStatus(model, 'delete', status, ifVersion)
  if (refused !== null) throw refused
  if (simple) throw refusal('request.not-found', { model: model.name })
  yield* deleteKeys(engine, model, [key], false, context)
}
