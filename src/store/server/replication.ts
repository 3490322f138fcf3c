/** The port to a database that is copied: how far its primary and its replicas are, in words that only the database compares. */
import type { Positions } from '../../query/index.ts'
import type { ServerConnection, ServerDriver } from './connection.ts'

/** A server that follows the primary. */
export interface ReplicaAddress {
  /** `host:port`, for people. */
  readonly name: string
  /** Connects, and makes sure that it is a copy of this very database. A coded error: it is another, or refuses us; else it may come yet. */
  reach(): Promise<ReachedReplica>
}

export interface ReachedReplica {
  readonly driver: ServerDriver
  /** Reads can be sent before earlier ones are answered. */
  readonly pipelines: boolean
  /** The connection that it was reached by, for asking how far it is. */
  readonly monitor: ServerConnection
}

/** What stands at a position includes what was committed before it. */
export interface Replication extends Positions {
  readonly replicas: readonly ReplicaAddress[]
  /** Milliseconds that a replica may be behind and still be read from. */
  readonly maximumLag: number
  /** A position of the primary that has everything that it has acknowledged. */
  current(primary: ServerConnection): Promise<string>
  /** Up to where a replica shows what happened; null when it follows nobody any more. */
  replayed(replica: ServerConnection): Promise<string | null>
  /** Whether who is at `position` has everything up to `after`; never when `after` is no position. */
  includes(position: string, after: string): boolean
}
