/** The handle of a transaction: how its statements are sent, and what their failures mean for the rest of it. */
import { PlinthError, refusal } from '../../error/index.ts'
import type { ExecutionContext, TransactionHandle } from '../../query/index.ts'
import type { TransactionOptions } from '../contract/index.ts'
import type { Failure, RawResult, ServerConnection, ServerDriver, Statement } from './connection.ts'
import { type Bounds, watched } from './watch.ts'

/** A connection for the transaction alone. `begun`: the answer to its `begin`. */
export interface Session {
  readonly connection: ServerConnection
  readonly begun: Promise<unknown>
}

/** Sends a statement that commits by itself, and waits for its answer no longer than the bounds say. */
export type Send = (statement: Statement, bound: readonly unknown[], bounds: Bounds) => Promise<RawResult>

/** An open transaction, or one that was. */
export class ServerTransaction implements TransactionHandle {
  readonly store: string
  remembered: unknown = null
  /** Milliseconds of the epoch. */
  readonly until: number
  readonly limit: number
  open = true
  /** Savepoints that are open. */
  depth = 0
  readonly #words: TransactionWords
  readonly #way: Session | Send

  constructor(store: string, words: TransactionWords, limit: number, way: Session | Send) {
    this.store = store
    this.#words = words
    this.limit = limit
    this.until = Date.now() + limit
    this.#way = way
    if (typeof way === 'object') way.begun.catch(() => undefined)
  }

  /** Why nothing more can be done in it, as a coded error: another transaction was in the way, or the connection is lost. */
  doomed: Error | null = null
  /** The connection is lost. */
  lost = false
  /** The error of a statement after which the database takes no others; a savepoint from before leads back. */
  aborted: Error | null = null

  /** Statements commit by themselves. */
  get isAlone(): boolean {
    return typeof this.#way === 'function'
  }

  get connection(): ServerConnection {
    if (typeof this.#way === 'function') throw new TypeError('Statements that commit by themselves have no connection.')
    return this.#way.connection
  }

  /** The first statement is sent right behind `begin`, without waiting for its answer. */
  async run(statement: Statement, bound: readonly unknown[], context: ExecutionContext): Promise<RawResult> {
    this.requireAlive()
    const bounds = this.bounds(context)
    if (typeof this.#way === 'function') return await this.#way(statement, bound, bounds)
    const { connection, begun } = this.#way
    const [result] = await watched(connection, bounds, Promise.all([connection.run(statement, bound), begun]))
    return result
  }

  /** What came in the way is told again to whoever goes on as if nothing had happened. */
  requireAlive(): void {
    if (this.doomed !== null) throw this.doomed
    if (this.aborted !== null) throw this.aborted
  }

  /** The coded error for a failed statement, and what it means for the rest of the transaction. */
  failed(driver: ServerDriver, error: unknown, coded: (failure: Failure) => unknown): Error {
    if (error instanceof PlinthError && (error === this.doomed || error === this.aborted)) return error
    const cause = error instanceof PlinthError ? (error.cause ?? error) : error
    const failure = driver.failureOf(cause)
    const refused = asError(coded(failure))
    this.lost ||= failure.kind === 'lost'
    if (failure.kind === 'conflict' || this.lost) this.doomed ??= refused
    else if (this.#words.errorsAbort) this.aborted ??= refused
    return refused
  }

  /** After a statement that failed the database takes no other one until it is rolled back to a savepoint. */
  get errorsAbort(): boolean {
    return this.#words.errorsAbort
  }

  /** Leads back to before the statement that failed, when its savepoint is still there. */
  async undo(savepoint: string): Promise<void> {
    if (!this.open || this.doomed !== null || !this.connection.usable) return
    await this.connection.command(`rollback to savepoint ${savepoint}`)
    await this.connection.command(`release savepoint ${savepoint}`)
    this.aborted = null
  }

  bounds(context: ExecutionContext): Bounds {
    return { deadline: Math.min(this.until, context.deadline), signal: context.signal, limit: this.limit }
  }
}

/** Drivers throw errors; what is none is kept as the cause of one. */
const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error('The driver threw what is no error.', { cause: thrown })

export function transactionOf(store: string, { transaction }: ExecutionContext): ServerTransaction {
  if (!(transaction instanceof ServerTransaction) || transaction.store !== store) throw refusal('writes.outer-db', {})
  if (!transaction.open) throw refusal('writes.transaction-over', {})
  return transaction
}

/** The words of a database. */
export interface TransactionWords {
  /** Commands, sent one behind the other. */
  readonly begin: (isolation: TransactionOptions['isolation']) => readonly string[]
  /** Sent when a transaction has ended, without waiting for its answer; null: nothing has to be said. */
  readonly ended: string | null
  /** After a statement that failed the database takes no other one until it is rolled back to a savepoint. */
  readonly errorsAbort: boolean
}
