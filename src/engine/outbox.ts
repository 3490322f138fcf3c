/** The outbox: events are written in the transaction that causes them and delivered after it, at least once (semantics 21). */
import { type Steps, wholeText } from '../lib/index.ts'
import type { Value } from '../model/index.ts'
import { type ExecutionContext, type FindRequest, systemCaller } from '../query/index.ts'
import type { OutboxEvent } from './contract.ts'
import type { Engine } from './engine.ts'
import { outboxModel } from './system-models.ts'

/** Writes an event into the outbox of the context's transaction. */
export function* emitEvent(
  engine: Engine,
  name: string,
  payload: Value,
  context: ExecutionContext,
): Steps<OutboxEvent> {
  const event: OutboxEvent = { id: engine.newId(), name, payload, at: context.now }
  const inside = { ...context, caller: systemCaller('write an event to the outbox') }
  yield* engine.write.insert(
    {
      model: outboxModel.name,
      fields: ['id', 'name', 'payload', 'at', 'attempts', 'nextAttemptAt'],
      written: [],
      many: false,
      ignoreConflictOn: null,
    },
    [[event.id, event.name, event.payload, event.at, 0, event.at]],
    inside,
  )
  engine.transactions.noteEvent(context, event)
  return event
}

export type EventHandler = (event: OutboxEvent) => unknown

export interface DispatcherOptions {
  /** Handlers by event name; `*` gets every event. */
  readonly handlers: Readonly<Record<string, readonly EventHandler[]>>
  /** Makes a context for the dispatcher's own reads and writes. */
  readonly context: () => ExecutionContext
  /** Told when a handler throws; the event is tried again later. */
  readonly onFailure: (event: OutboxEvent, error: unknown) => void
}

export interface Dispatcher {
  /** Delivers what waits, this process's crash before the last stop included. */
  start(): Promise<void>
  /** Resolves when nothing that is due waits any more. */
  drained(): Promise<void>
  stop(): Promise<void>
}

const batch = 100
const firstRetry = 1000
const lastRetry = 3_600_000

type Waiting = OutboxEvent & { readonly attempts: number }

/** Delivers events inside this process. */
export function createDispatcher(engine: Engine, options: DispatcherOptions): Dispatcher {
  let running: Promise<void> | null = null
  let again = false
  let stopped = true
  let timer: NodeJS.Timeout | null = null

  const request: FindRequest = {
    operation: 'find',
    model: outboxModel.name,
    select: {
      defaults: false,
      outputs: Object.keys(outboxModel.fields).map(field => ({ kind: 'field', output: field, field })),
    },
    where: { kind: 'compare', path: ['nextAttemptAt'], operator: 'lte', slot: 0 },
    sort: [],
    by: null,
    limit: 1,
    offset: null,
    seek: null,
    count: false,
    withDeleted: false,
  }

  async function due(): Promise<readonly Waiting[]> {
    const context = { ...options.context(), caller: systemCaller('deliver events') }
    const values = { form: 'native', values: [context.now, batch], cursor: null } as const
    const found = await engine.find(request, 'system').run(values, context)
    return JSON.parse(wholeText(found.json ?? '[]')) as Waiting[]
  }

  async function deliver(event: Waiting): Promise<boolean> {
    const handlers = [...(options.handlers[event.name] ?? []), ...(options.handlers['*'] ?? [])]
    let delivered = true
    try {
      const { id, name, payload, at } = event
      for (const handle of handlers) await handle(Object.freeze({ id, name, payload, at }))
    } catch (error) {
      options.onFailure(event, error)
      delivered = false
    }
    const context = { ...options.context(), caller: systemCaller('deliver events') }
    const wait = await engine.transactions.run(context, { together: true, isolation: 'default' }, inside =>
      noteDelivery(engine, event, delivered, inside),
    )
    if (wait !== null) retryIn(wait)
    return delivered
  }

  function retryIn(milliseconds: number): void {
    timer ??= setTimeout(() => {
      timer = null
      void work()
    }, milliseconds).unref()
  }

  async function drain(): Promise<void> {
    do {
      again = false
      for (let events = await due(); events.length > 0 && !stopped; events = await due()) {
        const results: boolean[] = []
        for (const event of events) {
          if (stopped) return
          results.push(await deliver(event))
        }
        if (!results.includes(true)) return
      }
    } while (again)
  }

  function work(): Promise<void> {
    if (stopped) return Promise.resolve()
    again = true
    running ??= drain().finally(() => {
      running = null
    })
    return running
  }

  let unsubscribe: () => void = () => {}
  return {
    async start() {
      stopped = false
      unsubscribe = engine.transactions.onCommit(({ events }) => {
        if (events.length > 0) work().catch((error: unknown) => options.onFailure(events[0] ?? emptyEvent, error))
      })
      await work()
    },
    async drained() {
      await (running ?? work())
    },
    async stop() {
      stopped = true
      unsubscribe()
      if (timer !== null) clearTimeout(timer)
      timer = null
      await running
    },
  }
}

/** A delivered event is forgotten; with another one it is noted when to try it again. The milliseconds until then, or null. */
function* noteDelivery(
  engine: Engine,
  event: Waiting,
  delivered: boolean,
  context: ExecutionContext,
): Steps<number | null> {
  const model = outboxModel.name
  const steps = { 'key.id': event.id }
  if (delivered) {
    yield* engine.write.delete({ model, target: { kind: 'key' }, ifVersion: false, rule: null }, { steps }, context)
    return null
  }
  const wait = Math.min(firstRetry * 2 ** event.attempts, lastRetry)
  const next = new Date(Date.parse(context.now) + wait).toISOString()
  yield* engine.write.update(
    {
      model,
      target: { kind: 'key' },
      set: ['attempts', 'nextAttemptAt'],
      written: [],
      version: false,
      ifVersion: false,
      rule: null,
      withDeleted: false,
    },
    { steps: { ...steps, 'set.attempts': event.attempts + 1, 'set.nextAttemptAt': next } },
    context,
  )
  return wait
}

const emptyEvent: OutboxEvent = Object.freeze({ id: '', name: '', payload: null, at: '' })
