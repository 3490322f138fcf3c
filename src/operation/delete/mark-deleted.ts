/** Marks rows as softly deleted, and takes the mark away again. */
import { changeRequest, type Engine, type Key, keysOf, type Sources } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import type { ModelNode } from '../../model/index.ts'
import type { Target, UpdateRequest } from '../../plan/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { setStep } from '../update-shape.ts'

export interface Mark {
  readonly target: Target
  readonly rule: 'delete' | null
  readonly ifVersion: boolean
}

/** The change that marks rows which are not marked yet. */
export const markRequest = (model: ModelNode, field: string, mark: Mark): UpdateRequest =>
  changeRequest(model, { ...mark, set: [field], version: true })

/** The keys of the rows that it has marked. */
export function* markDeleted(
  engine: Engine,
  request: UpdateRequest,
  sources: Pick<Sources, 'steps'>,
  context: ExecutionContext,
): Steps<readonly Key[]> {
  const moments = Object.fromEntries(request.set.map(field => [setStep(field), context.now]))
  const { returned } = yield* engine.write.update(request, { steps: { ...sources.steps, ...moments } }, context)
  return returned
}

/** Takes the mark away from the row if it has one and the caller may; whether it had one. */
export function* unmark(
  engine: Engine,
  model: ModelNode,
  field: string,
  key: Key,
  context: ExecutionContext,
): Steps<boolean> {
  const { count } = yield* engine.write.update(
    changeRequest(model, {
      target: { kind: 'deletedKeys' },
      set: [field],
      version: true,
      rule: 'update',
      withDeleted: true,
    }),
    { steps: { ...keysOf(model, [key]), [setStep(field)]: null } },
    context,
  )
  return count > 0
}
