/** What compiled reads run on: the main thread's reader, the workers, and the writer's connection inside a transaction. */
import type { DatabaseSync } from 'node:sqlite'
import type { PlinthError } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { Guard } from './guard.ts'
import type { ReaderPool } from './reader-pool.ts'
import type { SqliteTransaction } from './transaction.ts'

export interface OpenTransaction {
  readonly database: DatabaseSync
  readonly guard: Guard
  /** The milliseconds that it still has. */
  readonly left: number
  readonly handle: SqliteTransaction
}

export interface ReadConnections {
  readonly reader: DatabaseSync
  readonly guard: Guard
  readonly pool: ReaderPool
  /** Milliseconds that a read may hold the main thread. */
  readonly inlineBudget: number
  /** To be told of a read that a thread has done. */
  ranLong(): void
  /** The one that the context is inside of. */
  transaction(context: ExecutionContext): OpenTransaction
  timeLimit(milliseconds: number): PlinthError
  explain(sql: readonly string[], given: unknown): string
}

/** The context of a read that has to be done in so many milliseconds. */
export const endingIn = (milliseconds: number, context: ExecutionContext): ExecutionContext => ({
  ...context,
  deadline: Math.min(context.deadline, Date.now() + milliseconds),
})

/** The context of a read that nobody waits for after `ended`. */
export const endingWith = (ended: AbortSignal, context: ExecutionContext): ExecutionContext => ({
  ...context,
  signal: context.signal === null ? ended : AbortSignal.any([context.signal, ended]),
})
