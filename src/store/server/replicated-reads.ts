/**
 * Reads of a database with replicas: one that may lag goes to a replica that has what its caller has seen, every other to the primary. What
 * fails on a replica is done again on the primary, whatever the reason: the replica is gone, its recovery was in the statement's way
 * (postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT), or a table has not come there yet.
 */
import type { ExecutionContext } from '../../query/index.ts'
import type { Statement } from './connection.ts'
import type { Pace } from './pace.ts'
import type { Replica } from './replica.ts'
import type { ReplicaSet } from './replica-set.ts'
import type { ReadRun, Reads } from './server-reads.ts'

export class ReplicatedReads implements Reads {
  readonly #primary: Reads
  readonly #replicas: ReplicaSet

  constructor(primary: Reads, replicas: ReplicaSet) {
    this.#primary = primary
    this.#replicas = replicas
  }

  run(statement: Statement, bound: readonly unknown[], pace: Pace, context: ExecutionContext): Promise<ReadRun> {
    const { consistency } = context
    const mayLag = context.transaction === null && consistency !== null && consistency.mayLag
    const replica = mayLag ? this.#replicas.choose(consistency.after) : null
    if (replica === null) return this.#primary.run(statement, bound, pace, context)
    return this.#onReplica(replica, statement, bound, pace, context)
  }

  async #onReplica(
    replica: Replica,
    statement: Statement,
    bound: readonly unknown[],
    pace: Pace,
    context: ExecutionContext,
  ): Promise<ReadRun> {
    try {
      return await replica.run(statement, bound, pace, context)
    } catch (error) {
      // Nobody waits any more.
      if (context.signal?.aborted === true || Date.now() >= context.deadline) throw error
      replica.lookSoon()
      return await this.#primary.run(statement, bound, pace, context)
    }
  }
}
