/** What an application does that no request asks for: it delivers events, and forgets old rows of Plinth's own. */
import {
  createDispatcher,
  type Dispatcher,
  type Engine,
  type EventMore,
  forgetUnhandledEvents,
  type HandlerTable,
  namesOf,
} from '../engine/index.ts'
import { createDb, forgetIdempotencyKeys } from '../operation/index.ts'
import { anonymous, type Caller, type ExecutionContext, systemCaller } from '../query/index.ts'
import type { Watching } from './watching.ts'

const hour = 3_600_000

interface Behind {
  readonly context: (caller: Caller) => ExecutionContext
  readonly watching: Watching
}

export function deliverEvents(engine: Engine, handlers: HandlerTable, { context, watching }: Behind): Dispatcher {
  return createDispatcher(engine, {
    handlers,
    context: () => context(systemCaller('deliver events')),
    db: createDb(engine, () => context(anonymous)) as unknown as EventMore['db'],
    onFailure: error => watching.failed(error, null),
  })
}

/** Keys, and events that nobody handles, are deleted once an hour when they are past their window. */
export function forgettingOldRows(
  engine: Engine,
  handlers: HandlerTable | null,
  { context, watching }: Behind,
): () => void {
  let stopped = false
  const system = (): ExecutionContext | null => (stopped ? null : context(systemCaller('forget old rows')))
  const forget = async (): Promise<void> => {
    try {
      await forgetIdempotencyKeys(engine, system)
      if (handlers !== null) await forgetUnhandledEvents(engine, namesOf(handlers), system)
    } catch (error) {
      if (!stopped) watching.failed(error, null)
    }
  }
  const timer = setInterval(() => void forget(), hour).unref()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}
