// The result of a run as plain data: what the JSON file holds and the report prints.
import type { PeerName } from '../peers/registry.ts'
import type { RowName } from '../rows.ts'
import type { Disk, Machine } from './machine.ts'
import type { Engine } from './messages.ts'
import type { Spread } from './statistics.ts'
import type { SyncCount } from './syncs.ts'

export interface BenchResult {
  /** Of this form; goes up when it changes. */
  readonly version: 2
  readonly startedAt: string
  readonly machine: Machine
  readonly disk: Disk
  readonly engine: Engine
  /** The database with its version. */
  readonly database: string
  readonly dataset: { readonly articles: number; readonly comments: number; readonly bytes: number }
  readonly options: { readonly seconds: number; readonly rounds: number; readonly connections: readonly number[] }
  /** Requests per second that the load process reaches against canned answers, at 64 connections. */
  readonly loadCapacity: number
  readonly starts: readonly StartResult[]
  readonly rows: readonly RowResult[]
}

/** From starting the process to its first answer, and what it holds then. */
export interface StartResult {
  readonly peer: PeerName
  readonly milliseconds: Spread
  readonly idleMegabytes: Spread
}

/** One kind of request at one number of connections. */
export interface RowResult {
  readonly row: RowName
  readonly connections: number
  readonly peers: readonly PeerResult[]
}

export interface PeerResult {
  readonly peer: PeerName
  /** One for each round, in order: the runs of one round, over all peers, are a pair. */
  readonly runs: readonly Run[]
  readonly counts: SyncCount
}

export interface Run {
  readonly requests: number
  readonly requestsPerSecond: number
  /** Of the server process, user and system. */
  readonly cpuMicrosecondsPerRequest: number
  readonly medianMilliseconds: number
  readonly p99Milliseconds: number
  readonly residentMegabytes: number
  /** Of the database server, all its processes; absent where there is none. */
  readonly server?: { readonly cpuMicrosecondsPerRequest: number; readonly residentMegabytes: number }
  /** Of the load process, as a share of one core: near 1, it is what limits. */
  readonly loadShare: number
}
