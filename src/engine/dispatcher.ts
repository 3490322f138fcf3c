/**
 * Delivers events of the outbox inside this process, at least once and one after the other (semantics 21). Several processes share the events of
 * one database: each takes those that it has handlers for, and puts off the next attempt before it begins, so that nobody else begins, too.
 * That holds for a short time only, and is renewed while the handler runs: what a killed process had begun is soon taken up by another.
 */
import { refusal } from '../error/index.ts'
import { backoff } from '../lib/index.ts'
import type { Database, SchemaShape } from '../model/index.ts'
import { asSystem, type ExecutionContext } from '../query/index.ts'
import type { OutboxEvent } from './contract.ts'
import type { Engine } from './engine.ts'
import { type EventNames, eventsUntil, forgetEvent, putOff, type WaitingEvent } from './outbox.ts'

/** What a handler is given beside its event. */
export interface EventMore<S extends SchemaShape = SchemaShape> {
  /** The database with the rights of whoever is not signed in, in no transaction; `db.asSystem('reason')` has none to mind. */
  readonly db: Database<S>
  /** Aborted when the event has failed because its time was over. Hand it to what can be stopped. */
  readonly signal: AbortSignal
}

export type EventHandler<S extends SchemaShape = SchemaShape> = (event: OutboxEvent, more: EventMore<S>) => unknown

/** Handlers by event name; `*` gets every event. */
export type HandlerTable = ReadonlyMap<string, readonly EventHandler[]>

export interface DispatcherOptions {
  readonly handlers: HandlerTable
  /** Makes a context for the dispatcher's own reads and writes. */
  readonly context: () => ExecutionContext
  /** What handlers read and write with. */
  readonly db: EventMore['db']
  /** Told when a handler throws or takes too long, or when the outbox cannot be read or written: either is tried again later. */
  readonly onFailure: (error: unknown) => void
}

export interface StopLimits {
  /** Milliseconds that the handler which runs may go on. */
  readonly grace: number
  /** Resolves when somebody will not wait any longer. */
  readonly hurry?: Promise<void>
}

export interface Dispatcher {
  /** Begins with what waits already. */
  start(): void
  /** Resolves when nothing that is due waits any more. */
  drained(): Promise<void>
  /** Takes no other event. Resolves to whether the handler that runs could finish: if not, its event stays in the outbox. */
  stop(limits: StopLimits): Promise<boolean>
  /** The same, once nothing that is due waits any more or the time is over. */
  finish(limits: StopLimits): Promise<boolean>
}

export const namesOf = (handlers: HandlerTable): EventNames => (handlers.has('*') ? 'all' : [...handlers.keys()])

/** Milliseconds for which whoever delivers an event keeps others away from it. */
const lease = 30_000
/** The most milliseconds that a timer can wait; one of more fires at once. */
const longestTimer = 2 ** 31 - 1
/** Milliseconds after which the outbox is looked at although nothing happened here: events of other processes come without a word. */
const lookAgain = 5000
/** Milliseconds until an event is tried again after its handler threw. */
const [firstRetry, lastRetry] = [1000, 3_600_000]
const retryAfter = (attempts: number): number => Math.min(firstRetry * 2 ** (attempts - 1), lastRetry)
/** The same, after the outbox could not be read or written. */
const [firstPause, lastPause] = [1000, 30_000]

export function createDispatcher(engine: Engine, options: DispatcherOptions): Dispatcher {
  return new OutboxDispatcher(engine, options)
}

class OutboxDispatcher implements Dispatcher {
  readonly #engine: Engine
  readonly #options: DispatcherOptions
  readonly #names: EventNames
  #running: Promise<void> | null = null
  #again = false
  #stopped = true
  #stopping: Promise<boolean> | null = null
  /** Nobody waits for the handler that runs: there may be no store any more when it ends. */
  #left = false
  #failures = 0
  #timer: NodeJS.Timeout | null = null
  #unsubscribe: () => void = () => {}

  constructor(engine: Engine, options: DispatcherOptions) {
    this.#engine = engine
    this.#options = options
    this.#names = namesOf(options.handlers)
  }

  start(): void {
    const { handlers } = this.#options
    if (handlers.size === 0) return
    this.#stopped = false
    this.#unsubscribe = this.#engine.transactions.onCommit(({ events }) => {
      if (this.#names === 'all' || events.some(({ name }) => handlers.has(name))) void this.#work()
    })
    void this.#work()
  }

  async drained(): Promise<void> {
    await (this.#running ?? this.#work())
  }

  stop(limits: StopLimits): Promise<boolean> {
    return (this.#stopping ??= this.#stop(limits))
  }

  async #stop(limits: StopLimits): Promise<boolean> {
    this.#stopped = true
    this.#unsubscribe()
    if (this.#timer !== null) clearTimeout(this.#timer)
    const finished = this.#running === null || (await endsWithin(limits, this.#running))
    this.#left = !finished
    return finished
  }

  async finish(limits: StopLimits): Promise<boolean> {
    const end = Date.now() + limits.grace
    await endsWithin(limits, this.drained())
    return await this.stop({ ...limits, grace: Math.max(0, end - Date.now()) })
  }

  /** Delivers what is due. It never fails: what went wrong is told, and tried again. */
  #work(): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    this.#again = true
    return (this.#running ??= this.#drain())
  }

  async #drain(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    let pause = lookAgain
    try {
      do {
        this.#again = false
        pause = await this.#deliverDue()
      } while (this.#again && !this.#stopped)
      this.#failures = 0
    } catch (error) {
      if (this.#left) return
      pause = backoff(++this.#failures, firstPause, lastPause)
      this.#options.onFailure(error)
    } finally {
      // At once: what is told from here on begins anew, as nobody asks any more whether there was something.
      this.#running = null
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#work(), pause).unref()
  }

  /** The milliseconds until there is something to do again, as far as is known now. */
  async #deliverDue(): Promise<number> {
    for (;;) {
      const context = this.#context()
      const events = await eventsUntil(this.#engine, this.#names, later(context, lookAgain), context)
      const due = events.filter(({ nextAttemptAt }) => nextAttemptAt <= context.now)
      const [next] = events
      if (next === undefined) return lookAgain
      if (due.length === 0) return Date.parse(next.nextAttemptAt) - Date.parse(context.now)
      for (const event of due) {
        if (this.#stopped) return lookAgain
        // An attempt counts before it begins: whatever it does to this process, the next one waits longer.
        const taken = await this.#take(event, event.attempts + 1)
        if (taken !== null) await this.#deliver(taken)
      }
    }
  }

  #take(event: WaitingEvent, attempts: number): Promise<WaitingEvent | null> {
    const context = this.#context()
    const change = { nextAttemptAt: later(context, Math.max(lease, retryAfter(attempts))), attempts }
    return putOff(this.#engine, event, change, context)
  }

  async #deliver(event: WaitingEvent): Promise<void> {
    const { id, name, payload, at } = event
    const held = this.#hold(event)
    let delivered = true
    try {
      for (const handle of [...this.#handlersOf(name), ...this.#handlersOf('*')])
        await this.#inTime(handle, Object.freeze({ id, name, payload, at }))
    } catch (error) {
      delivered = false
      if (!this.#left) this.#options.onFailure(error)
    }
    const taken = await held.end()
    if (this.#left) return
    const context = this.#context()
    if (delivered) return await forgetEvent(this.#engine, event, context)
    const { attempts } = taken
    await putOff(this.#engine, taken, { nextAttemptAt: later(context, retryAfter(attempts)), attempts }, context)
  }

  /** A handler that hangs must not hold up what comes after its event. Nothing can stop it: it may still run when the event comes again. */
  async #inTime(handle: EventHandler, event: OutboxEvent): Promise<void> {
    const limit = this.#engine.limits.eventTime
    const over = new AbortController()
    const { promise: late, reject } = Promise.withResolvers<never>()
    const end = (): void => {
      const reason = refusal('server.event-time-limit', { name: event.name, id: event.id, limit })
      reject(reason)
      over.abort(reason)
    }
    const timer = setTimeout(end, Math.min(limit, longestTimer)).unref()
    try {
      await Promise.race([handle(event, { db: this.#options.db, signal: over.signal }), late])
    } finally {
      clearTimeout(timer)
    }
  }

  #handlersOf(name: string): readonly EventHandler[] {
    return this.#options.handlers.get(name) ?? []
  }

  /** Keeps others away from the event until `end`, which gives it as it is then. */
  #hold(event: WaitingEvent): { end(): Promise<WaitingEvent> } {
    let taken = event
    let renewing = Promise.resolve()
    const renew = async (): Promise<void> => {
      if (this.#left) return
      try {
        taken = (await this.#take(taken, taken.attempts)) ?? taken
      } catch {
        // Somebody else may deliver it, too. Whoever cannot reach the outbox will be told when the handler ends.
      }
    }
    const timer = setInterval(() => {
      renewing = renewing.then(renew)
    }, lease / 3).unref()
    return {
      async end() {
        clearInterval(timer)
        await renewing
        return taken
      },
    }
  }

  #context(): ExecutionContext {
    return asSystem(this.#options.context(), 'deliver events')
  }
}

async function endsWithin({ grace, hurry }: StopLimits, work: Promise<void>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>()
  // It also keeps the process alive: a handler that waits for nothing that could ever come does not.
  const timer = setTimeout(() => resolve(false), grace)
  void hurry?.then(() => resolve(false))
  const ended = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return ended
}

/** The moment so many milliseconds after that of the context. */
const later = ({ now }: ExecutionContext, milliseconds: number): string =>
  new Date(Date.parse(now) + milliseconds).toISOString()
