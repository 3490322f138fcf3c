/** delete: one row by its key. Models that delete softly only mark it. */
import { refusal } from '../../error/index.ts'
import { type Engine, keyOf } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import type { ModelNode, Value } from '../../model/index.ts'
import type { DeleteRequest, UpdateRequest } from '../../plan/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { addressValues, findKey, isKey } from '../address.ts'
import { deleteLocked, noteDeleted } from './cascade.ts'
import type { DeleteInput, Written } from '../contract.ts'
import { lockRows } from '../lock-rows.ts'
import { markDeleted, markRequest } from './mark-deleted.ts'
import { deleteRunsHooks, type ReferentialActions, referentialActions } from './referential-actions.ts'
import { unread } from '../read-written.ts'
import { changedOrRefused, requireStatus } from '../refuse-write.ts'

export async function deleteRow(engine: Engine, input: DeleteInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  const deletion = deletionOf(engine, model, input.ifVersion)
  const alone = deletesAlone(engine, deletion, context)
  if (input.ifVersion !== null && model.versionField === null) {
    throw refusal('writes.version-missing', { model: model.name })
  }
  const values = addressValues(model, input.address, input.form)
  const together = !deleteRunsHooks(engine, model)
  const single = alone && deletion.actions.alone && isKey(model, input.address.fields)
  if (single) {
    const deleted = await engine.transactions.run(context, { together, single, isolation: 'default' }, inside =>
      deleteAlone(engine, model, deletion, values, input.ifVersion, inside),
    )
    if (deleted) return unread([values])
  }
  return engine.transactions.run(context, { together, isolation: 'default' }, inside =>
    addressedDelete(engine, model, deletion, input, values, inside),
  )
}

/** How rows of the model are deleted one by one. */
interface Deletion {
  readonly actions: ReferentialActions
  /** The statement that does it where nothing follows from it; otherwise it still says whether it may be done at all. */
  readonly statement:
    | { readonly kind: 'remove'; readonly request: DeleteRequest }
    | { readonly kind: 'mark'; readonly request: UpdateRequest }
}

function deletionOf(engine: Engine, model: ModelNode, version: number | null): Deletion {
  const which = {
    target: { kind: 'key' },
    rule: 'delete',
    ifVersion: version !== null && model.versionField !== null,
  } as const
  const field = model.softDeleteField
  const actions = referentialActions(engine, model, field !== null)
  return field === null
    ? { actions, statement: { kind: 'remove', request: { model: model.name, ...which } } }
    : { actions, statement: { kind: 'mark', request: markRequest(model, field, which) } }
}

/** Refuses what is closed to the caller, and tells whether the statement needs no transaction. */
function deletesAlone({ write }: Engine, { statement }: Deletion, { caller }: ExecutionContext): boolean {
  return statement.kind === 'remove'
    ? write.deletesAlone(statement.request, caller)
    : write.answersUpdate(statement.request, caller)
}

/** One statement is all there is to do. False: it has missed a row that may be deleted. */
function* deleteAlone(
  engine: Engine,
  model: ModelNode,
  deletion: Deletion,
  key: readonly Value[],
  ifVersion: number | null,
  context: ExecutionContext,
): Steps<boolean> {
  if (yield* touches(engine, model, deletion, key, ifVersion, context)) return true
  yield* requireStatus(engine, model, key, { operation: 'delete', written: [], ifVersion }, context)
  return false
}

function* addressedDelete(
  engine: Engine,
  model: ModelNode,
  deletion: Deletion,
  { address, ifVersion }: DeleteInput,
  values: readonly Value[],
  context: ExecutionContext,
): Steps<Written> {
  const key = yield* findKey(engine, model, address.fields, values, context)
  const remove = function* (): Steps<true | null> {
    return (yield* touches(engine, model, deletion, key, ifVersion, context)) ? true : null
  }
  const refuse = () => requireStatus(engine, model, key, { operation: 'delete', written: [], ifVersion }, context)
  yield* changedOrRefused(engine, model, key, remove, refuse, context)
  return unread([key])
}

/** Whether there was such a row, which is gone now. Rule and version are asked by the statement that removes, marks or locks it. */
function* touches(
  engine: Engine,
  model: ModelNode,
  { actions, statement }: Deletion,
  key: readonly Value[],
  version: number | null,
  context: ExecutionContext,
): Steps<boolean> {
  const steps = version === null ? keyOf(model, key) : { ...keyOf(model, key), version }
  if (!actions.alone) {
    const locking = { target: { kind: 'key' }, rule: 'delete', ifVersion: version !== null } as const
    const keys = yield* lockRows(engine, model, locking, { steps }, context)
    yield* deleteLocked(engine, model, keys, context)
    return keys.length > 0
  }
  const keys =
    statement.kind === 'mark'
      ? yield* markDeleted(engine, statement.request, { steps }, context)
      : (yield* engine.write.delete(statement.request, { steps }, context)).returned
  noteDeleted(engine, model, actions, keys, context)
  return keys.length > 0
}
