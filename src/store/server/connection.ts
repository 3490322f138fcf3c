/** The port to a driver: what stores of database servers need of a connection, and what can go wrong with one. */
import type { PlinthError } from '../../error/index.ts'

/** A command that runs many times. Drivers keep it prepared on their connections, a bounded number of them each. */
export interface Statement {
  readonly sql: string
  /** The name under which it is prepared; null while it is not known whether it will run again (semantics 14). */
  name: string | null
}

/** A column of a result, as the driver hands it over. */
export type Cell = string | number | bigint | Uint8Array | null

export interface RawResult {
  readonly rows: readonly (readonly Cell[])[]
  /** Rows that a write touched, or that a read gave. */
  readonly count: number
}

export interface ObjectRows {
  readonly rows: readonly unknown[]
  readonly count: number
}

export interface ServerConnection {
  /** Runs a statement. Several may be under way: the server takes them one after the other. */
  run(statement: Statement, bound: readonly unknown[]): Promise<RawResult>
  /** Rows as objects, with the values that the driver makes of them: for SQL by hand. `traces`: it may leave something behind. */
  objects(statement: Statement, bound: readonly unknown[], traces: boolean): Promise<ObjectRows>
  /** Runs a command without values and without rows, such as `begin`. */
  command(sql: string): Promise<void>
  /**
   * Asks the server, from beside, to stop what it is doing for this connection. Resolves when the request can hit nothing that is sent
   * later; whether it hit anything is seen by how the statement ends.
   */
  cancel(): Promise<void>
  /** False when the connection has ended or must not be used again. */
  readonly usable: boolean
  /** What was sent and has no answer yet. */
  readonly underWay: number
  /** Answers that came so far: while they come, the other end is there. */
  readonly answers: number
  /** What ran on it may have left something: settings, an open transaction, locks of the session. `reset` takes it away. */
  readonly touched: boolean
  reset(): Promise<void>
  /** Calls back once when the connection ends, for whatever reason; at once when it has. */
  onEnd(listener: () => void): void
  /** Ends it in peace: what runs is finished. */
  close(): Promise<void>
  /** Ends it now: what runs fails, and it is not usable from this moment on. */
  destroy(): void
}

/** A statement to be sent, with the values of its parameters. */
export interface Work {
  readonly statement: Statement
  readonly bound: readonly unknown[]
}

/** All of them have happened, or none: `at` is the place of the one that failed, and their number when it was the commit. */
export type Together = { readonly results: readonly RawResult[] } | { readonly error: Error; readonly at: number }

/** A connection whose protocol can send several statements as one transaction that commits behind the last. */
export interface SharingConnection extends ServerConnection {
  together(work: readonly Work[]): Promise<Together>
}

/** What a failure means for the one who decides what to do next. */
export type Failure =
  /** No connection could be made: nothing listens, or not yet. Worth another try. */
  | { readonly kind: 'unreachable' }
  /** No connection can be made as things are configured. */
  | { readonly kind: 'misconfigured'; readonly error: PlinthError }
  /** The connection ended while the statement ran. */
  | { readonly kind: 'lost' }
  /** The transaction met another one (serialization failure, deadlock); it can be run again. */
  | { readonly kind: 'conflict' }
  /** The server stopped the statement: it took too long, or was asked to. */
  | { readonly kind: 'stopped' }
  /** A lock was not granted in time. */
  | { readonly kind: 'lock' }
  /** The server has no more room on its disk, or for connections. */
  | { readonly kind: 'full' | 'crowded' }
  /** A text is longer than its column, or a value or an answer larger than the server takes. */
  | { readonly kind: 'tooLong'; readonly column: string }
  /** A value does not fit its column. */
  | { readonly kind: 'unfit' }
  /** A number is outside of what its type holds. `calculated`: of an expression, surely; otherwise of a column, perhaps. */
  | { readonly kind: 'outOfRange'; readonly calculated: boolean }
  | { readonly kind: 'tooLarge' }
  /** A trigger or a function of the database has refused, in its own words. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The prepared statement is gone or does not fit any more: it can be prepared again. */
  | { readonly kind: 'stale' }
  /** A row breaks a constraint. */
  | { readonly kind: 'constraint'; readonly constraint: BrokenConstraint }
  | { readonly kind: 'other' }

/** What the server says of a broken constraint, in its own names. */
export type BrokenConstraint =
  | { readonly kind: 'unique' | 'check'; readonly table: string | null; readonly name: string }
  | { readonly kind: 'missing' | 'inUse' | 'reference'; readonly table: string | null; readonly name: string }
  | { readonly kind: 'notNull'; readonly table: string | null; readonly column: string }

/** A driver, ready to connect. */
export interface ServerDriver<Connection extends ServerConnection = ServerConnection> {
  /** Connects within a bounded time. */
  connect(purpose: ConnectionPurpose): Promise<Connection>
  /** Asks the server, by way of another connection, for which of these it is doing something. Fails when it cannot be reached. */
  servedOf(connections: readonly ServerConnection[]): Promise<readonly ServerConnection[]>
  failureOf(error: unknown): Failure
}

/**
 * `quick`: short reads of many callers; `shared`: short writes of many callers; `work`: transactions and all that may take long; `tables`:
 * comparing and changing tables.
 */
export type ConnectionPurpose = 'quick' | 'shared' | 'work' | 'tables'
