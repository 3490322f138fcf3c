/** deleteMany: all rows of a filter that the caller may delete (semantics 30). */
import { type Engine, keysOf } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import type { ModelNode } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { matchingKeys, requireFilter, searching } from '../bulk.ts'
import type { DeleteManyInput, Written } from '../contract.ts'
import { holdKeys, lockRows } from '../lock-rows.ts'
import { unread } from '../read-written.ts'
import { deleteLocked } from './cascade.ts'
import { deleteRunsHooks } from './referential-actions.ts'

export async function deleteMany(engine: Engine, input: DeleteManyInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  requireFilter(input.where, 'delete')
  engine.write.requireOpenDelete(
    { model: model.name, target: { kind: 'keys' }, ifVersion: false, rule: 'delete' },
    context.caller,
  )
  const together = !deleteRunsHooks(engine, model)
  return engine.transactions.run(context, searching(together), inside => deleteFound(engine, model, input, inside))
}

function* deleteFound(
  engine: Engine,
  model: ModelNode,
  input: DeleteManyInput,
  context: ExecutionContext,
): Steps<Written> {
  const candidates = yield* matchingKeys(engine, model, input.where, input, context)
  if (candidates.length === 0) return unread([])
  // Somebody may have changed them since they were found: they have to be found, and allowed, once more when they are locked.
  const locking = { target: { kind: 'found', where: input.where }, rule: 'delete', ifVersion: false } as const
  const held = yield* holdKeys(engine, model, candidates, context)
  if (held.length === 0) return unread([])
  const sources = { steps: keysOf(model, held), form: input.form, values: input.values }
  const keys = yield* lockRows(engine, model, locking, sources, context)
  return unread(yield* deleteLocked(engine, model, keys, context))
}
