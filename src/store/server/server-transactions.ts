/** Begins, commits and rolls back transactions, within their time, and tries again after a conflict. */
import { refusal } from '../../error/index.ts'
import { pauseBefore } from '../../lib/index.ts'
import type { ExecutionContext, TransactionHandle } from '../../query/index.ts'
import type { Eventually, TransactionOptions } from '../contract/index.ts'
import type { RawResult, ServerConnection, ServerDriver, Statement } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import type { ConstraintNames } from './constraint-names.ts'
import { codedError, unavailable } from './failure.ts'
import { noteCommit } from './note-commit.ts'
import type { Replication } from './replication.ts'
import { SentAway, type SharedCommits, type Sharing } from './shared-commits.ts'
import { type Send, ServerTransaction, type TransactionWords, transactionOf } from './server-transaction.ts'
import { type Bounds, watched } from './watch.ts'

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
  readonly #shared: SharedCommits | null
  readonly #company: number
  /** Writes of one statement that are under way. */
  #singles = 0
  readonly #words: TransactionWords
  readonly #replication: Replication | null
  readonly #constraints: ConstraintNames

  constructor(
    store: string,
    driver: ServerDriver,
    pool: ConnectionPool,
    shared: SharedCommits | null,
    {
      transactions,
      replication,
      constraints,
      sharing,
    }: {
      readonly sharing: Sharing | null
      readonly transactions: TransactionWords
      readonly replication: Replication | null
      readonly constraints: ConstraintNames
    },
  ) {
    this.#store = store
    this.#driver = driver
    this.#pool = pool
    this.#shared = shared
    this.#company = sharing?.company ?? 0
    this.#words = transactions
    this.#replication = replication
    this.#constraints = constraints
  }

  async run<T>(
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<T> {
    if (options.single !== true) return await this.#run(null, options, context, body)
    const shares = options.isolation === 'default' && this.#singles >= this.#company
    this.#singles++
    try {
      return await this.#run(shares ? this.#shared : null, options, context, body)
    } finally {
      this.#singles--
    }
  }

  async #run<T>(
    shared: SharedCommits | null,
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<T> {
    let since = Date.now()
    let attempt = 1
    if (shared !== null) {
      const tried = await this.#sharing(shared, options, context, body)
      if ('value' in tried) return tried.value
      if (!(tried.error instanceof SentAway)) throw tried.error
      if (tried.error.tried) attempt++
    }
    for (; ; attempt++) {
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

  /** Between the writes of others, with one commit for all. */
  async #sharing<T>(
    shared: SharedCommits,
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<{ readonly value: T } | { readonly error: unknown }> {
    let first = true
    let sentAway: SentAway | null = null
    const send: Send = async (statement, bound, bounds) => {
      if (!first) return await this.#pool.use(context, on => this.#send(on, statement, bound, bounds, context))
      first = false
      try {
        return await shared.run(statement, bound, context)
      } catch (error) {
        if (error instanceof SentAway) sentAway = error
        throw error
      }
    }
    const transaction = new ServerTransaction(this.#store, this.#words, options.limit, send)
    try {
      return { value: await body(transaction) }
    } catch (error) {
      if (sentAway !== null) return { error: sentAway }
      return transaction.lost ? outcomeUnknown(error) : this.#failed(error)
    } finally {
      transaction.open = false
    }
  }

  /** Without `begin` and `commit`: the server commits the one write by itself. */
  async #alone<T>(
    connection: ServerConnection,
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<Tried<T>> {
    const transaction = new ServerTransaction(this.#store, this.#words, options.limit, (statement, bound, bounds) =>
      this.#send(connection, statement, bound, bounds, context),
    )
    try {
      // No user code is in it, and each statement has its bounds.
      return { value: await body(transaction) }
    } catch (error) {
      // The answer to the write got lost: it may have happened.
      return transaction.lost ? outcomeUnknown(error) : this.#failed(error)
    } finally {
      transaction.open = false
    }
  }

  /** A statement that commits by itself. */
  async #send(
    connection: ServerConnection,
    statement: Statement,
    bound: readonly unknown[],
    bounds: Bounds,
    context: ExecutionContext,
  ): Promise<RawResult> {
    const running = connection.run(statement, bound)
    const note = noteCommit(this.#replication, connection, context)
    try {
      const result = await watched(connection, bounds, running)
      await note?.('committed')
      return result
    } catch (error) {
      if (this.#driver.failureOf(error).kind === 'lost') await note?.('unknown')
      throw error
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
    const transaction = new ServerTransaction(this.#store, this.#words, options.limit, { connection, begun })
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
      const failure = this.#driver.failureOf(error)
      if (failure.kind === 'lost') {
        await note?.('unknown')
        return outcomeUnknown(error)
      }
      await rollBack(connection)
      // A reference that is looked at when the transaction ends: which statement broke it is not known any more.
      if (failure.kind === 'constraint')
        return { error: this.#constraints.refusalOf(failure.constraint, null, error), again: false, lost: false }
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
