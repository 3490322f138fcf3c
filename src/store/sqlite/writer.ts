/**
 * The one writer: transactions wait in a queue, and those without user code share a commit, which is what a durable write costs.
 *
 * A turn takes what has been queued since the last one. Members of a shared commit have a savepoint each, so one that fails leaves the
 * others alone; nothing is told to anyone before the commit, because until then every answer could turn out wrong (semantics 25).
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { abortReason, refusal } from '../../error/index.ts'
import type { ExecutionContext, TransactionHandle } from '../../query/index.ts'
import type { Eventually, TransactionOptions } from '../contract/index.ts'
import { commitError, isBusy, storeError } from './driver-error.ts'
import { SqliteTransaction } from './transaction.ts'

export interface WriterOptions {
  /** Transactions that may wait. */
  readonly queue: number
  /** The most transactions in one commit. */
  readonly members: number
  /** Milliseconds after which a shared commit takes no more members. */
  readonly budget: number
  /** Threads can read what has been changed and not committed yet. */
  readonly watched: boolean
  /** Called after each commit, with the milliseconds that it took. */
  readonly committed: (milliseconds: number) => void
}

interface Waiting {
  readonly options: TransactionOptions
  readonly context: ExecutionContext
  readonly until: number
  readonly body: (transaction: TransactionHandle) => Eventually<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Nothing inside is waited for, so a commit can have others, too. */
const shares = ({ options }: Waiting): boolean => options.together && options.searches !== true

/** It needs no words around its statement, which commits itself. Who observes is told what the statement and what the commit took. */
const isOneStatement = (one: Waiting): boolean =>
  one.options.single === true && one.context.observe === null && shares(one)

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise

type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** Milliseconds between two attempts to begin while another process writes. */
const retryAfter = 5

/** Milliseconds between two looks at those who wait, while a statement that cannot be stopped keeps the writer. */
const lookEvery = 100

export class Writer {
  readonly database: DatabaseSync
  readonly #begin: StatementSync
  readonly #end: StatementSync
  readonly #options: WriterOptions
  readonly #waiting: Waiting[] = []
  #scheduled: NodeJS.Immediate | NodeJS.Timeout | null = null
  #held = false
  #closed = false
  #idle: (() => void)[] = []

  constructor(database: DatabaseSync, options: WriterOptions) {
    this.database = database
    // Prepared once: parsing them costs a lone write as much as its own statement.
    this.#begin = database.prepare('begin immediate')
    this.#end = database.prepare('commit')
    this.#options = options
  }

  transaction<T>(
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<T> {
    if (this.#closed) return Promise.reject(refusal('store.unavailable', {}))
    if (this.#waiting.length >= this.#options.queue) return Promise.reject(refusal('store.busy', {}))
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#waiting.push({
      options,
      context,
      until: Math.min(context.deadline, Date.now() + options.limit),
      body,
      resolve: resolve as (value: unknown) => void,
      reject,
    })
    this.#schedule()
    return promise
  }

  /** What `body` writes is undone when it fails, and only that. */
  savepoint<T>(transaction: SqliteTransaction, body: () => Eventually<T>): Eventually<T> {
    return transaction.whenFree(() => this.#savepoint(transaction, body))
  }

  #savepoint<T>(transaction: SqliteTransaction, body: () => Eventually<T>): Eventually<T> {
    // It may have ended while this waited for a thread. A savepoint outside of a transaction would begin one that nobody ends.
    if (!transaction.open) throw refusal('writes.transaction-over', {})
    const name = `inner_${++transaction.depth}`
    this.database.exec(`savepoint ${name}`)
    const end = (failed: boolean): void => {
      transaction.depth--
      // The transaction's time may be over, or SQLite may have rolled it back: then nothing is left to end.
      if (!transaction.open || !this.database.isTransaction) return
      if (failed) this.database.exec(`rollback to ${name}`)
      this.database.exec(`release ${name}`)
    }
    let value: Eventually<T>
    try {
      value = body()
    } catch (error) {
      end(true)
      throw error
    }
    if (!isPromise(value)) {
      end(false)
      return value
    }
    return value.then(
      async result => {
        await transaction.whenFree(() => end(false))
        return result
      },
      async (error: unknown) => {
        await transaction.whenFree(() => end(true))
        throw error
      },
    )
  }

  /** Waits for what has begun or is queued, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#held || this.#waiting.length > 0 || this.#scheduled !== null) {
      await new Promise<void>(resolve => this.#idle.push(resolve))
    }
  }

  #schedule(delay?: number): void {
    if (this.#scheduled !== null || this.#held) return
    const turn = (): void => {
      this.#scheduled = null
      this.#turn()
      if (!this.#held && this.#scheduled === null && this.#waiting.length === 0)
        for (const tell of this.#idle.splice(0)) tell()
    }
    this.#scheduled = delay === undefined ? setImmediate(turn) : setTimeout(turn, delay)
  }

  #turn(): void {
    this.#refuseLate()
    const [first] = this.#waiting
    if (first === undefined) return
    if (this.#waiting.length === 1 && isOneStatement(first)) {
      this.#waiting.shift()
      return this.#statement(first)
    }
    try {
      this.#begin.run()
    } catch (error) {
      // Another process writes. SQLite would wait with the whole thread, so we wait beside it.
      if (isBusy(error)) return this.#schedule(retryAfter)
      this.#waiting.shift()
      first.reject(storeError(error))
      return this.#schedule()
    }
    if (shares(first)) {
      this.#together()
      if (this.#waiting.length > 0) this.#schedule()
    } else {
      this.#waiting.shift()
      void this.#alone(first)
    }
  }

  /** Nobody shares the commit: to begin and to commit apart would cost a lone write a tenth of its time. */
  #statement(one: Waiting): void {
    const started = performance.now()
    const outcome = this.#attempt(one)
    if ('value' in outcome) one.resolve(outcome.value)
    else if (outcome.error instanceof Error && isBusy(outcome.error.cause)) {
      this.#waiting.unshift(one)
      return this.#schedule(retryAfter)
    } else one.reject(outcome.error)
    this.#options.committed(performance.now() - started)
  }

  /** Refuses those whose time went by in the queue, and those that nobody waits for. */
  #refuseLate(): void {
    const now = Date.now()
    for (let index = this.#waiting.length - 1; index >= 0; index--) {
      const one = this.#waiting[index]
      if (one === undefined) continue
      if (one.context.signal?.aborted === true) one.reject(abortReason(one.context.signal))
      else if (now >= one.until) one.reject(refusal('store.busy', {}))
      else continue
      this.#waiting.splice(index, 1)
    }
  }

  /** Inside a begun transaction: runs the members at the head of the queue and commits once. */
  #together(): void {
    const [only, another] = this.#waiting
    if (only !== undefined && (another === undefined || !shares(another))) {
      this.#waiting.shift()
      this.#only(only)
      return
    }
    const started = performance.now()
    const members: Waiting[] = []
    const outcomes: Outcome[] = []
    while (
      members.length < this.#options.members &&
      (members.length === 0 || performance.now() - started < this.#options.budget)
    ) {
      const [next] = this.#waiting
      if (next === undefined || !shares(next)) break
      this.#waiting.shift()
      members.push(next)
      outcomes.push(this.#member(next))
      // SQLite has rolled back the whole transaction by itself: the disk is full, or memory is.
      if (!this.database.isTransaction) return this.#singly(members)
    }
    try {
      this.#commit(members)
    } catch {
      this.#rollback()
      this.#singly(members)
      return
    }
    this.#tell(members, outcomes)
  }

  #member(one: Waiting): Outcome {
    this.database.exec('savepoint member')
    const outcome = this.#attempt(one)
    if (!this.database.isTransaction) return outcome
    if ('error' in outcome) this.database.exec('rollback to member')
    this.database.exec('release member')
    return outcome
  }

  /** Runs a body that must not wait for anything. */
  #attempt(one: Waiting): Outcome {
    const transaction = new SqliteTransaction(one.until - Date.now())
    try {
      const value = one.body(transaction)
      if (isPromise(value)) {
        // Its next statement finds the transaction closed; nobody is interested in how it ends.
        value.catch(() => undefined)
        throw refusal('store.unsupported', {
          store: 'sqlite',
          reason: 'a transaction that shares its commit cannot wait for anything else',
        })
      }
      return { value }
    } catch (error) {
      return { error: storeError(error) }
    } finally {
      transaction.open = false
    }
  }

  /** Inside a begun transaction that has no other member: what fails takes all of it back. */
  #only(one: Waiting): void {
    const outcome = this.#attempt(one)
    if ('error' in outcome) {
      this.#rollback()
      one.reject(outcome.error)
      return
    }
    try {
      this.#commit([one])
    } catch (error) {
      this.#rollback()
      one.reject(storeError(error))
      return
    }
    one.resolve(outcome.value)
  }

  /** After a shared commit failed: each in a transaction of its own, so that one cannot take the others with it. */
  #singly(members: readonly Waiting[]): void {
    for (const one of members) {
      try {
        this.#begin.run()
      } catch (error) {
        one.reject(storeError(error))
        continue
      }
      this.#only(one)
    }
  }

  /** A transaction in which user code runs: the writer is its own until it ends or its time is over. */
  async #alone(one: Waiting): Promise<void> {
    this.#held = true
    const transaction = new SqliteTransaction(one.options.limit, { held: true, watched: this.#options.watched })
    const { promise: late, reject: expire } = Promise.withResolvers<never>()
    const timer = setTimeout(() => expire(refusal('store.time-limit', { limit: one.options.limit })), one.options.limit)
    try {
      const value = await Promise.race([Promise.resolve().then(() => one.body(transaction)), late])
      const reading = transaction.close()
      if (reading !== null) await this.#refusingLate(reading)
      this.#commit([one])
      one.resolve(value)
    } catch (error) {
      const reading = transaction.close()
      if (reading !== null) {
        // Whoever waits is told before the thread has stopped: nothing can be saved any more.
        one.reject(storeError(error))
        await this.#refusingLate(reading)
      }
      this.#rollback()
      one.reject(storeError(error))
    } finally {
      clearTimeout(timer)
      this.#held = false
      this.#schedule()
    }
  }

  /** A statement without a guard goes on for longer than the transaction may take: nobody waits that long for the writer. */
  async #refusingLate(reading: Promise<void>): Promise<void> {
    const looking = setInterval(() => this.#refuseLate(), lookEvery)
    try {
      await reading
    } finally {
      clearInterval(looking)
    }
  }

  #commit(members: readonly Waiting[]): void {
    const started = performance.now()
    try {
      this.#end.run()
    } catch (error) {
      throw commitError(error)
    }
    const milliseconds = performance.now() - started
    for (const { context } of members) context.observe?.({ kind: 'commit', milliseconds, members: members.length })
    this.#options.committed(milliseconds)
  }

  #rollback(): void {
    if (this.database.isTransaction) this.database.exec('rollback')
  }

  #tell(members: readonly Waiting[], outcomes: readonly Outcome[]): void {
    for (const [index, one] of members.entries()) {
      const outcome = outcomes[index]
      if (outcome === undefined) continue
      if ('error' in outcome) one.reject(outcome.error)
      else one.resolve(outcome.value)
    }
  }
}
