/** Transactions on a connection of their own: begin, commit, roll back, savepoints, their time limit, and another try after a conflict. */
import { refusal } from '../../error/index.ts'
import type { ExecutionContext, TransactionHandle } from '../../query/index.ts'
import type { Eventually, TransactionOptions } from '../contract/index.ts'
import type { Failure, RawResult, ServerConnection, ServerDriver, Statement } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { codedError } from './failure.ts'
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
  /** Null for one that has no `begin`. */
  readonly #begun: Promise<unknown> | null

  constructor(store: string, connection: ServerConnection, limit: number, begun: Promise<unknown> | null) {
    this.store = store
    this.connection = connection
    this.limit = limit
    this.until = Date.now() + limit
    this.#begun = begun
    begun?.catch(() => undefined)
  }

  /** Why nothing more can be done in it: another transaction was in the way, or the connection is lost. */
  doomed: Error | null = null

  /** Called when a statement that commits by itself has been sent. */
  onSent: (() => void) | null = null

  /** The first statement is sent right behind `begin`, without waiting for its answer. */
  async run(statement: Statement, bound: readonly unknown[]): Promise<RawResult> {
    if (this.doomed !== null) throw this.doomed
    if (this.#begun === null) {
      const running = this.connection.run(statement, bound)
      this.onSent?.()
      return await running
    }
    const [result] = await Promise.all([this.connection.run(statement, bound), this.#begun])
    return result
  }

  /** What a failure means; some leave nothing to go on with. */
  failed(driver: ServerDriver, error: unknown): Failure {
    const failure = driver.failureOf(error)
    if ((failure.kind === 'conflict' || failure.kind === 'lost') && error instanceof Error) this.doomed = error
    return failure
  }

  bounds(context: ExecutionContext): Bounds {
    return { deadline: Math.min(this.until, context.deadline), signal: context.signal, limit: this.limit }
  }
}

export function transactionOf(store: string, { transaction }: ExecutionContext): ServerTransaction {
  if (!(transaction instanceof ServerTransaction) || transaction.store !== store) throw refusal('writes.outer-db', {})
  if (!transaction.open) throw refusal('writes.transaction-over', {})
  return transaction
}

/** The words of a database. */
export interface TransactionWords {
  /** Commands, sent one behind the other. */
  readonly begin: (isolation: TransactionOptions['isolation']) => readonly string[]
}

interface Failed {
  readonly error: unknown
  /** Nothing of it has happened, and it can be run again. */
  readonly again: boolean
}

type Tried<T> = { readonly value: T } | Failed

const isLost = (driver: ServerDriver, error: unknown): boolean =>
  error !== null && driver.failureOf(error).kind === 'lost'

/** The answer to a commit got lost: it may have happened. */
const outcomeUnknown = (error: unknown): Failed => ({
  error: refusal('store.outcome-unknown', {}, error instanceof Error ? { cause: error } : {}),
  again: false,
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
    for (let attempt = 1; ; attempt++) {
      const tried = await this.#pool.use(context, connection => this.#attempt(connection, options, context, body))
      if ('value' in tried) return tried.value
      if (!options.together || !tried.again || attempt >= mostAttempts || Date.now() >= context.deadline)
        throw tried.error
      await pause(attempt)
    }
  }

  async savepoint<T>(context: ExecutionContext, body: () => Eventually<T>): Promise<T> {
    const transaction = transactionOf(this.#store, context)
    const { connection } = transaction
    const name = `inner_${++transaction.depth}`
    if (transaction.doomed !== null) throw codedError(this.#driver.failureOf(transaction.doomed), transaction.doomed)
    await connection.command(`savepoint ${name}`)
    try {
      const value = await body()
      if (transaction.open && transaction.doomed === null) await connection.command(`release savepoint ${name}`)
      return value
    } catch (error) {
      // The transaction's time may be over: then all of it is rolled back already.
      if (transaction.open && transaction.doomed === null && connection.usable) {
        await connection.command(`rollback to savepoint ${name}`)
        await connection.command(`release savepoint ${name}`)
      }
      throw error
    } finally {
      transaction.depth--
    }
  }

  /** Without `begin` and `commit`: the server commits the one write by itself. */
  async #alone<T>(
    connection: ServerConnection,
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<Tried<T>> {
    const transaction = new ServerTransaction(this.#store, connection, options.limit, null)
    const notes: CommitNote[] = []
    transaction.onSent = () => notes.push(noteCommit(this.#replication, connection, context))
    try {
      const value = await this.#withinTime(transaction, () => body(transaction))
      await notes.at(-1)?.('committed')
      return { value }
    } catch (error) {
      if (!isLost(this.#driver, transaction.doomed)) return this.#failed(error)
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
    const begun = Promise.all(this.#words.begin(options.isolation).map(command => connection.command(command)))
    const transaction = new ServerTransaction(this.#store, connection, options.limit, begun)
    let value: T
    try {
      value = await this.#withinTime(transaction, () => body(transaction))
      await begun
      // MariaDB has rolled all of it back already, and would take what comes now for transactions of their own.
      if (transaction.doomed !== null) throw transaction.doomed
    } catch (error) {
      transaction.open = false
      await rollBack(connection)
      return this.#failed(error)
    }
    transaction.open = false
    const started = performance.now()
    const committing = connection.command('commit')
    const note = noteCommit(this.#replication, connection, context)
    try {
      await committing
    } catch (error) {
      if (isLost(this.#driver, error)) {
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
    return { error: codedError(this.#driver.failureOf(error), error), again }
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

/** Milliseconds before another try: longer each time, half of it chance. */
const pause = (attempt: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random() / 2))
  })

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
