/** restore: brings a softly deleted row back. Needs the rule that lets its caller see deleted rows, and the update rule. */
import { refusal } from '../../error/index.ts'
import { changeRequest, type Engine } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import type { ModelNode, Value } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { addressValues, findKey } from '../address.ts'
import type { RestoreInput, Written } from '../contract.ts'
import { holdKeys } from '../lock-rows.ts'
import { readWritten } from '../read-written.ts'
import { unmark } from './mark-deleted.ts'
import { requireStatus } from '../refuse-write.ts'
import { tellingConflicts } from '../told-conflict.ts'

export async function restoreRow(engine: Engine, input: RestoreInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  const field = model.softDeleteField
  if (field === null) throw refusal('request.not-restorable', { model: model.name })
  engine.write.requireOpenUpdate(
    changeRequest(model, { target: { kind: 'key' }, rule: 'update', withDeleted: true }),
    context.caller,
  )
  const values = addressValues(model, input.address, input.form)
  return tellingConflicts(
    engine,
    context,
    engine.transactions.run(context, { together: true, isolation: 'default' }, inside =>
      addressedRestore(engine, model, field, input, values, inside),
    ),
  )
}

function* addressedRestore(
  engine: Engine,
  model: ModelNode,
  field: string,
  { address, select }: RestoreInput,
  values: readonly Value[],
  context: ExecutionContext,
): Steps<Written> {
  const key = yield* findKey(engine, model, address.fields, values, context)
  let restored = yield* unmark(engine, model, field, key, context)
  if (!restored) {
    const wanted = { operation: 'update', written: [], ifVersion: null, withDeleted: true } as const
    yield* requireStatus(engine, model, key, wanted, context)
    // It may have been missed while somebody else changed it.
    yield* holdKeys(engine, model, [key], context, true)
    restored = yield* unmark(engine, model, field, key, context)
  }
  // A row that is not deleted is what was asked for: nothing is written, so nothing has changed for anybody.
  if (restored) engine.transactions.record(context, [{ model: model.name, key, operation: 'restore', fields: [field] }])
  return yield* readWritten(engine, model, select, [key], false, context)
}
