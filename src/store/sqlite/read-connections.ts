/** What compiled reads run on: the main thread's reader, the workers, and the writer's connection inside a transaction. */
import type { DatabaseSync } from 'node:sqlite'
import type { PlinthError } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { Guard } from './guard.ts'
import type { ReaderPool } from './reader-pool.ts'

export interface OpenTransaction {
  readonly database: DatabaseSync
  readonly guard: Guard
  /** The milliseconds that it still has. */
  readonly left: number
  /** Other connections see the same: the read need not hold the main thread. */
  readonly seenByOthers: boolean
}

export interface ReadConnections {
  readonly reader: DatabaseSync
  readonly guard: Guard
  readonly pool: ReaderPool
  /** Milliseconds that a read may hold the main thread. */
  readonly inlineBudget: number
  /** The one that the context is inside of. */
  transaction(context: ExecutionContext): OpenTransaction
  timeLimit(milliseconds: number): PlinthError
  explain(sql: readonly string[], given: unknown): string
}
