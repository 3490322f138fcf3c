/**
 * Finds rows and locks them: what a write has made sure of holds until its transaction ends, whatever it runs meanwhile. Where writers
 * come one after the other anyway, the rows are only found.
 */
import { changeRequest, type Engine, keysOf, keyText, type Sources } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import type { Target } from '../plan/index.ts'
import type { ExecutionContext } from '../query/index.ts'

export interface Locking {
  readonly target: Target
  /** The rule that rows have to pass; null when it has been asked already, or when none applies. */
  readonly rule: 'delete' | null
  /** They have to have the version that is given under `version`. */
  readonly ifVersion: boolean
  /** Also those that a scope hides. */
  readonly unscoped?: boolean
}

/** The keys of the rows that were found, in no particular order. */
export function* lockRows(
  engine: Engine,
  model: ModelNode,
  { target, rule, ifVersion, unscoped = false }: Locking,
  sources: Partial<Sources>,
  context: ExecutionContext,
): Steps<readonly (readonly Value[])[]> {
  const request = changeRequest(model, { target, ifVersion, rule, unscoped })
  const { returned } = yield* engine.write.update(request, sources, context)
  return returned
}

/** The keys of those that are there, locked in an order that all have; whether they may be written has been asked already. */
export const lockKeys = (
  engine: Engine,
  model: ModelNode,
  keys: readonly (readonly Value[])[],
  context: ExecutionContext,
  unscoped = false,
): Steps<readonly (readonly Value[])[]> =>
  lockRows(
    engine,
    model,
    { target: { kind: 'keys' }, rule: null, ifVersion: false, unscoped },
    { steps: keysOf(model, inOrder(keys)) },
    context,
  )

/**
 * Sees to it that nobody else changes rows which were found and are to be changed under their rule. A statement that has waited for another
 * writer asks the rule of that row as it is now, but of rows that this one leads to as they were before: it would miss a child that has a
 * parent by now which was not there then. Of rows that are held already it asks what is there.
 */
export function* holdKeys(
  engine: Engine,
  model: ModelNode,
  keys: readonly (readonly Value[])[],
  context: ExecutionContext,
  unscoped = false,
): Steps<readonly (readonly Value[])[]> {
  return engine.store.capabilities.rowLocks ? yield* lockKeys(engine, model, keys, context, unscoped) : keys
}

/** Any order does that is the same for everybody. */
function inOrder(keys: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  if (keys.length < 2) return keys
  const byText = new Map(keys.map(key => [keyText(key), key]))
  return [...byText].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, key]) => key)
}
