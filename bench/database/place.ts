// Where the rows of a run are: for SQLite a file of each peer's own, on a server one database that all peers share.
import type { BenchServerName } from './server.ts'
import type { Engine } from '../harness/messages.ts'
import type { SyncCount } from '../harness/syncs.ts'
import type { Peer } from '../peers/registry.ts'
import type { ServerUsage } from './process-usage.ts'

export interface Place {
  readonly engine: Engine
  /** The database and its version. */
  readonly title: string
  /** Whether all peers work on the same rows. */
  readonly shared: boolean
  /** The file or URL for a peer, ready to be served. */
  databaseFor(peer: Peer): Promise<string>
  /** Gives the peers rows as they were in the beginning, where they have rows of their own. */
  renew(peer: Peer): void
  /** Takes away what requests have created, so that the same requests can be made again. */
  undo(): Promise<void>
  /** What the processes of the server have used; undefined where there is no server, or none that can be seen. */
  usage(): ServerUsage | undefined
  /** Statements prepared for one connection, on average; undefined where the server does not say. */
  preparedStatements(): Promise<number | undefined>
  /** Counts while `run` makes requests; it gives how many it made. */
  count(peer: Peer, pid: number, writes: boolean, run: () => Promise<number>): Promise<SyncCount>
  close(): Promise<void>
}

/** What a run wants. */
export interface PlaceOptions {
  readonly engine: Engine
  /** The SQLite file with the data set. */
  readonly dataset: string
  /** The folder for databases. */
  readonly folder: string
  /** A server that runs already. */
  readonly url?: string
  /** The database of that URL is empty and to be filled, instead of one beside it. */
  readonly empty?: true
  readonly server?: BenchServerName
  readonly report: (line: string) => void
}

export async function openPlace(options: PlaceOptions): Promise<Place> {
  if (options.engine === 'sqlite') return (await import('./sqlite-place.ts')).sqlitePlace(options)
  return (await import('./server-place.ts')).serverPlace(options, options.engine)
}
