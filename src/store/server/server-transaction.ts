/** Transactions on a connection of their own: begin, commit, roll back, savepoints, their time limit, and another try after a conflict. */
import { PlinthError, refusal } from '../../error/index.ts'
import { pauseBefore } from '../../lib/index.ts'
import type { ExecutionContext, TransactionHandle } from '../../query/index.ts'
import type { Eventually, TransactionOptions } from '../contract/index.ts'
import type { Failure, RawResult, ServerConnection, ServerDriver, Statement } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { codedError, unavailable } from './failure.ts'
import { type CommitNote, noteCommit } from './note-commit.ts'
import type { Replication } from './replication.ts'
import { type Bounds, watched } from './watch.ts'

/** An open transaction, or one that was. */
export class ServerTransaction implements TransactionHandle {
  readonly store: string
  readonly connection: ServerConnection
  /** Milliseconds of the epoch. */
  readonly until: number
  readonly limit: number
  open = true
  /** Savepoints that are open. */
  depth = 0
  readonly #words: TransactionWords
  /** Null for one that has no `begin`. */
  readonly #begun: Promise<unknown> | null

  constructor(
    store: string,
    words: TransactionWords,
    connection: ServerConnection,
    limit: number,
    begun: Promise<unknown> | null,
  ) {
    this.store = store
    this.#words = words
    this.connection = connection
    this.limit = limit
    this.until = Date.now() + limit
    this.#begun = begun
    begun?.catch(() => undefined)
  }

  /** Why nothing more can be done in it, as a coded error: another transaction was in the way, or the connection is lost. */
  doomed: Error | null = null
  /** The connection is lost. */
  lost = false
  /** The error of a statement after which the database takes no others; a savepoint from before leads back. */
  aborted: Error | null = null

  /** Called when a statement that commits by itself has been sent. */
  onSent: (() => void) | null = null

  /** Statements commit by themselves. */
  get isAlone(): boolean {
    return this.#begun === null
  }

  /** The first statement is sent right behind `begin`, without waiting for its answer. */
  async run(statement: Statement, bound: readonly unknown[]): Promise<RawResult> {
    this.requireAlive()
    if (this.#begun === null) {
      const running = this.connection.run(statement, bound)
      this.onSent?.()
      return await running
    }
    const [result] = await Promise.all([this.connection.run(statement, bound), this.#begun])
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

interface Failed {
  readonly error: unknown
  /** Nothing of it has happened, and it can be run again. */
  readonly again: boolean
  /** The connection was lost. */
  readonly lost: boolean
}

type Tried<T> = { readonly value: T } | Failed

/** The answer to a commit got lost: it may have happened. */
const outcomeUnknown = (error: unknown): Failed => ({
  error: refusal('store.outcome-unknown', {}, error instanceof Error ? { cause: error } : {}),
  again: false,
  lost: true,
})

/** How often a transaction without user code is tried (semantics 32). */
const mostAttempts = 5

export class ServerTransactions {
  readonly #store: string
  readonly #driver: ServerDriver
  readonly #pool: ConnectionPool
  readonly #words: TransactionWords
  readonly #replication: Replication | null

  constructor(
    store: string,
    driver: ServerDriver,
    pool: ConnectionPool,
    words: TransactionWords,
    replication: Replication | null,
  ) {
    this.#store = store
    this.#driver = driver
    this.#pool = pool
    this.#words = words
    this.#replication = replication
  }

  async run<T>(
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<T> {
    let since = Date.now()
    for (let attempt = 1; ; attempt++) {
      const tried = await this.#pool.use(
        context,
        connection => this.#attempt(connection, options, context, body),
        since,
      )
      if ('value' in tried) return tried.value
      // Who has lost a connection goes on waiting for the database; who met another transaction begins anew.
      if (!tried.lost) since = Date.now()
      if (!options.together || !tried.again || attempt >= mostAttempts || Date.now() >= context.deadline)
        throw tried.error
      await pauseBefore(attempt, 10, 200)
    }
  }

  async savepoint<T>(context: ExecutionContext, body: () => Eventually<T>): Promise<T> {
    const transaction = transactionOf(this.#store, context)
    const { connection } = transaction
    const name = `inner_${++transaction.depth}`
    transaction.requireAlive()
    await this.#command(transaction, `savepoint ${name}`)
    try {
      const value = await body()
      if (transaction.aborted !== null) throw transaction.aborted
      if (transaction.open && transaction.doomed === null) await this.#command(transaction, `release savepoint ${name}`)
      return value
    } catch (error) {
      // The transaction's time may be over: then all of it is rolled back already.
      if (transaction.open && transaction.doomed === null && connection.usable) {
        await this.#command(transaction, `rollback to savepoint ${name}`)
        await this.#command(transaction, `release savepoint ${name}`)
        transaction.aborted = null
      }
      throw error
    } finally {
      transaction.depth--
    }
  }

  async #command(transaction: ServerTransaction, sql: string): Promise<void> {
    try {
      await transaction.connection.command(sql)
    } catch (error) {
      throw transaction.failed(this.#driver, error, failure => codedError(failure, error))
    }
  }

  /** Without `begin` and `commit`: the server commits the one write by itself. */
  async #alone<T>(
    connection: ServerConnection,
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<Tried<T>> {
    const transaction = new ServerTransaction(this.#store, this.#words, connection, options.limit, null)
    const notes: CommitNote[] = []
    transaction.onSent = () => notes.push(noteCommit(this.#replication, connection, context))
    try {
      // No user code is in it, and each statement has its bounds.
      const value = await body(transaction)
      await notes.at(-1)?.('committed')
      return { value }
    } catch (error) {
      if (!transaction.lost) return this.#failed(error)
      // The answer to the write got lost: it may have happened.
      await notes.at(-1)?.('unknown')
      return outcomeUnknown(error)
    } finally {
      transaction.open = false
    }
  }

  async #attempt<T>(
    connection: ServerConnection,
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<Tried<T>> {
    if (options.single === true) return this.#alone(connection, options, context, body)
    const tried = await this.#begun(connection, options, context, body)
    const { ended } = this.#words
    if (ended !== null && connection.usable) connection.command(ended).catch(() => undefined)
    return tried
  }

  async #begun<T>(
    connection: ServerConnection,
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<Tried<T>> {
    const begun = Promise.all(this.#words.begin(options.isolation).map(command => connection.command(command)))
    const transaction = new ServerTransaction(this.#store, this.#words, connection, options.limit, begun)
    let value: T
    try {
      value = await this.#withinTime(transaction, () => body(transaction))
      await begun
      // The database has rolled all of it back already, or would do so at the commit without a word.
      transaction.requireAlive()
    } catch (error) {
      transaction.open = false
      await rollBack(connection)
      return this.#failed(error)
    }
    transaction.open = false
    // Lost before the commit was sent: nothing of it was done.
    if (!connection.usable) return { error: unavailable(null), again: true, lost: true }
    const started = performance.now()
    const committing = connection.command('commit')
    const note = noteCommit(this.#replication, connection, context)
    try {
      await committing
    } catch (error) {
      if (this.#driver.failureOf(error).kind === 'lost') {
        await note?.('unknown')
        return outcomeUnknown(error)
      }
      await rollBack(connection)
      return this.#failed(error)
    }
    await note?.('committed')
    context.observe?.({ kind: 'commit', milliseconds: performance.now() - started, members: 1 })
    return { value }
  }

  #failed(error: unknown): Failed {
    // Inside, a driver's error has become a coded one, which keeps it as its cause.
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    const failure = this.#driver.failureOf(cause)
    const again = failure.kind === 'conflict' || failure.kind === 'lost' || failure.kind === 'stale'
    return { error: codedError(failure, error), again, lost: failure.kind === 'lost' }
  }

  /** User code may wait for anything; the transaction does not wait with it for ever. */
  async #withinTime<T>(transaction: ServerTransaction, body: () => Eventually<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      transaction.open = false
      reject(refusal('store.time-limit', { limit: transaction.limit }))
    }, transaction.limit)
    try {
      return await Promise.race([body(), late])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Milliseconds that the server has for rolling back. */
const rollbackLimit = 1000

/** A connection that cannot roll back cannot be used again. */
async function rollBack(connection: ServerConnection): Promise<void> {
  if (!connection.usable) return
  try {
    const bounds = { deadline: Date.now() + rollbackLimit, signal: null, limit: rollbackLimit }
    await watched(connection, bounds, connection.command('rollback'))
  } catch {
    connection.destroy()
  }
}
