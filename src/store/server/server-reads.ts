/** Runs reads where they belong: in their transaction, between other quick ones, or on a connection of their own. */
import { abortReason } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { RawResult, ServerConnection, ServerDriver, Statement } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { codedError } from './failure.ts'
import type { Pace } from './pace.ts'
import type { QuickLanes } from './quick-lanes.ts'
import { transactionOf } from './server-transaction.ts'
import { boundsOf, watched } from './watch.ts'

export type Where = 'pipelined' | 'pooled' | 'transaction'

export interface ReadRun {
  readonly result: RawResult
  readonly where: Where
  /** The replica that answered; absent: the primary did. */
  readonly replica?: string
}

export interface Reads {
  run(statement: Statement, bound: readonly unknown[], pace: Pace, context: ExecutionContext): Promise<ReadRun>
}

export class ServerReads implements Reads {
  readonly #store: string
  readonly #driver: ServerDriver
  readonly #pool: ConnectionPool
  readonly #lanes: QuickLanes | null

  constructor(store: string, driver: ServerDriver, pool: ConnectionPool, lanes: QuickLanes | null) {
    this.#store = store
    this.#driver = driver
    this.#pool = pool
    this.#lanes = lanes
  }

  async run(statement: Statement, bound: readonly unknown[], pace: Pace, context: ExecutionContext): Promise<ReadRun> {
    if (context.transaction !== null) return await this.#inTransaction(statement, bound, context)
    const since = Date.now()
    if (this.#lanes !== null && pace.isQuick) {
      const quick = await this.#quickly(this.#lanes, statement, bound, pace)
      if (quick !== null) return quick
    }
    return await this.#alone(statement, bound, pace, context, since)
  }

  async #inTransaction(statement: Statement, bound: readonly unknown[], context: ExecutionContext): Promise<ReadRun> {
    const transaction = transactionOf(this.#store, context)
    try {
      return { result: await transaction.run(statement, bound, context), where: 'transaction' }
    } catch (error) {
      throw transaction.failed(this.#driver, error, failure => codedError(failure, error))
    }
  }

  /** Null when it has to be done elsewhere: no connection, too slow for this place, or the connection was lost. A read can be repeated. */
  async #quickly(
    lanes: QuickLanes,
    statement: Statement,
    bound: readonly unknown[],
    pace: Pace,
  ): Promise<ReadRun | null> {
    try {
      const run = await lanes.run(statement, bound)
      if (run === null) return null
      const { result, milliseconds } = run
      pace.ranShared(milliseconds)
      return { result, where: 'pipelined' }
    } catch (error) {
      const failure = this.#driver.failureOf(error)
      if (failure.kind === 'stopped') pace.overran()
      if (failure.kind === 'stopped' || failure.kind === 'lost' || failure.kind === 'stale') return null
      throw codedError(failure, error)
    }
  }

  async #alone(
    statement: Statement,
    bound: readonly unknown[],
    pace: Pace,
    context: ExecutionContext,
    since: number,
  ): Promise<ReadRun> {
    for (let attempt = 1; ; attempt++) {
      try {
        const use = async (connection: ServerConnection): Promise<RawResult> => {
          const started = performance.now()
          const rows = await this.#bounded(connection, context, statement, bound)
          pace.ranAlone(performance.now() - started)
          return rows
        }
        const result = await this.#pool.use(context, use, since)
        return { result, where: 'pooled' }
      } catch (error) {
        const failure = this.#driver.failureOf(error)
        // What a connection that is idle for long has not noticed yet, or a plan that the tables have outgrown.
        const again = failure.kind === 'lost' || failure.kind === 'stale'
        if (again && attempt === 1 && Date.now() < context.deadline) continue
        throw codedError(failure, error)
      }
    }
  }

  #bounded(
    connection: ServerConnection,
    context: ExecutionContext,
    statement: Statement,
    bound: readonly unknown[],
  ): Promise<RawResult> {
    if (context.signal?.aborted === true) throw abortReason(context.signal)
    return watched(connection, boundsOf(context), connection.run(statement, bound))
  }
}
