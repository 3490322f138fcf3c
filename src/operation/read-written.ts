/** What a write gives back: the rows as their writer may read them (semantics 3). */
import type { Engine, Key } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode } from '../model/index.ts'
import type { ExecutionContext, Selection } from '../query/index.ts'
import type { Written } from './contract.ts'

/** Rows that were written and of which nothing is read. */
export const unread = (keys: readonly Key[]): Written => ({
  json: null,
  keys,
  count: keys.length,
  version: null,
  created: false,
})

export function* readWritten(
  engine: Engine,
  model: ModelNode,
  select: Selection | null,
  keys: readonly Key[],
  many: boolean,
  context: ExecutionContext,
): Steps<Written> {
  const [key] = keys
  if (select === null || model.key.length === 0) return unread(keys)
  if (many || key === undefined) {
    return { ...unread(keys), json: yield* engine.rows.readBack(model, select, keys, context) }
  }
  return { ...unread(keys), ...(yield* engine.rows.readBackOne(model, select, key, context)) }
}
