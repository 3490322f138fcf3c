/**
 * Connections that are lent out one at a time: a bounded number of them, and a bounded queue of those who wait. Everybody waits until the
 * own deadline and no longer, and not at all for a client that has gone.
 *
 * A server that is gone is tried again with growing pauses while somebody waits; whoever has waited for `patience` is told so. The first
 * one to ask after its return gets a connection: no state has to be reset.
 */
import { abortReason, refusal } from '../../error/index.ts'
import { backoff } from '../../lib/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { ServerConnection, ServerDriver } from './connection.ts'
import { codedError, unavailable } from './failure.ts'
import { endOf, within } from './within.ts'

export interface PoolOptions {
  /** The most connections. */
  readonly size: number
  /** Callers that may wait. */
  readonly queue: number
  /** Milliseconds that a caller waits for a connection at most. */
  readonly patience: number
  /** Told when the server cannot be connected to any more; having no room for another connection is not that. */
  readonly onGone?: (why: unknown) => void
  /** Told when it can again. */
  readonly onBack?: () => void
}

interface Waiting {
  readonly context: WaitingContext
  readonly resolve: (connection: ServerConnection) => void
  readonly reject: (error: unknown) => void
  readonly timer: NodeJS.Timeout
  readonly aborted: (() => void) | null
}

/** Until when, and for whom. */
export type WaitingContext = Pick<ExecutionContext, 'deadline' | 'signal'>

/** Milliseconds that also one waits who has waited before. */
const leastPatience = 750

/** Milliseconds that a connection may take to become as it was. */
const cleaning = 1000

/** Milliseconds between two attempts to connect. */
const firstPause = 25
const longestPause = 1000

export class ConnectionPool {
  readonly #driver: ServerDriver
  readonly #options: PoolOptions
  readonly #idle: ServerConnection[] = []
  readonly #all = new Set<ServerConnection>()
  readonly #waiting: Waiting[] = []
  #connecting = 0
  /** Attempts that failed, one after the other. */
  #failures = 0
  #retry: NodeJS.Timeout | null = null
  /** It was told that the server is gone. */
  #gone = false
  /** Why no connection could be made, until one can. */
  #trouble: unknown = null
  #closed = false
  #whenIdle: (() => void)[] = []

  constructor(driver: ServerDriver, options: PoolOptions) {
    this.#driver = driver
    this.#options = options
  }

  /** Lends a connection. Whoever gets it gives it back. `since`: when the wait began, for one who has lost a connection already. */
  acquire(context: WaitingContext, since = Date.now()): ServerConnection | Promise<ServerConnection> {
    if (this.#closed) throw refusal('store.unavailable', {})
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) if (idle.usable) return idle
    return this.#wait(context, since)
  }

  release(connection: ServerConnection): void {
    if (!connection.usable) this.#ended(connection)
    else if (this.#closed) void this.#end(connection)
    else if (connection.touched) void this.#clean(connection)
    else this.#lend(connection)
  }

  /** Lends a connection to `use`. */
  async use<T>(
    context: WaitingContext,
    use: (connection: ServerConnection) => Promise<T>,
    since = Date.now(),
  ): Promise<T> {
    const connection = await this.acquire(context, since)
    try {
      return await use(connection)
    } finally {
      this.release(connection)
    }
  }

  /** One of the connections was dead without a word: the idle ones may be as well, and are not used again. */
  distrust(): void {
    for (const idle of this.#idle.splice(0)) void this.#end(idle)
  }

  /** Takes nothing more, waits for what is lent out, and ends all connections. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    for (const one of this.#waiting.splice(0)) this.#fail(one, refusal('store.unavailable', {}))
    for (const idle of this.#idle.splice(0)) void this.#end(idle)
    while (this.#all.size > 0 || this.#connecting > 0) await new Promise<void>(resolve => this.#whenIdle.push(resolve))
  }

  #wait(context: WaitingContext, since: number): Promise<ServerConnection> {
    if (context.signal?.aborted === true) throw abortReason(context.signal)
    if (this.#waiting.length >= this.#options.queue) throw refusal('store.busy', {})
    const { promise, resolve, reject } = Promise.withResolvers<ServerConnection>()
    const now = Date.now()
    const until = Math.max(since + this.#options.patience, now + Math.min(leastPatience, this.#options.patience))
    const patience = Math.max(0, Math.min(until, context.deadline) - now)
    const give = (error: () => unknown) => (): void => {
      const place = this.#waiting.indexOf(waiting)
      if (place < 0) return
      this.#waiting.splice(place, 1)
      this.#fail(waiting, error())
    }
    const waiting: Waiting = {
      context,
      resolve,
      reject,
      timer: setTimeout(
        give(() => this.#trouble ?? refusal('store.busy', {})),
        patience,
      ),
      aborted: context.signal === null ? null : give(() => abortReason(context.signal)),
    }
    if (waiting.aborted !== null) context.signal?.addEventListener('abort', waiting.aborted, { once: true })
    this.#waiting.push(waiting)
    this.#connectWhenWanted()
    return promise
  }

  #settle({ timer, aborted, context }: Waiting): void {
    clearTimeout(timer)
    if (aborted !== null) context.signal?.removeEventListener('abort', aborted)
  }

  #fail(waiting: Waiting, error: unknown): void {
    this.#settle(waiting)
    waiting.reject(error)
  }

  #lend(connection: ServerConnection): void {
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#idle.push(connection)
      return
    }
    this.#settle(next)
    next.resolve(connection)
  }

  /** What was done on it may have left something behind that the next one must not meet. */
  async #clean(connection: ServerConnection): Promise<void> {
    try {
      await within(cleaning, connection, connection.reset())
    } catch {
      // It has ended, and another one is made.
    }
    if (connection.usable) this.release(connection)
  }

  #connectWhenWanted(): void {
    if (this.#closed || this.#retry !== null) return
    const room = this.#options.size - this.#all.size - this.#connecting
    // While the server is gone one attempt at a time is enough.
    const wanted =
      this.#failures > 0
        ? Math.min(1, this.#waiting.length) - this.#connecting
        : this.#waiting.length - this.#connecting
    for (let count = Math.min(room, wanted); count > 0; count--) void this.#connect()
  }

  async #connect(): Promise<void> {
    this.#connecting++
    let connection: ServerConnection
    try {
      connection = await this.#driver.connect('work')
    } catch (error) {
      this.#connecting--
      this.#refused(error)
      this.#tellIdle()
      return
    }
    this.#connecting--
    this.#failures = 0
    this.#trouble = null
    this.#all.add(connection)
    connection.onEnd(() => this.#ended(connection))
    const wasGone = this.#gone
    this.#gone = false
    this.release(connection)
    this.#connectWhenWanted()
    if (wasGone) this.#options.onBack?.()
  }

  #refused(error: unknown): void {
    const failure = this.#driver.failureOf(error)
    // It worked when the application started: whoever asks now can only come back later.
    const crowded = failure.kind === 'crowded'
    this.#trouble = crowded ? codedError(failure, error) : unavailable(error)
    if (!crowded && !this.#gone) {
      this.#gone = true
      this.#options.onGone?.(error)
    }
    this.#failures++
    // Several may have been on their way when the server went: they are tried again as one.
    if (this.#waiting.length === 0 || this.#closed || this.#retry !== null) return
    const tryAgain = (): void => {
      this.#retry = null
      this.#connectWhenWanted()
    }
    this.#retry = setTimeout(tryAgain, backoff(this.#failures, firstPause, longestPause))
  }

  #ended(connection: ServerConnection): void {
    this.#all.delete(connection)
    const place = this.#idle.indexOf(connection)
    if (place >= 0) this.#idle.splice(place, 1)
    this.#connectWhenWanted()
    this.#tellIdle()
  }

  async #end(connection: ServerConnection): Promise<void> {
    await endOf(connection)
    this.#ended(connection)
  }

  #tellIdle(): void {
    if (this.#closed) for (const tell of this.#whenIdle.splice(0)) tell()
  }
}
