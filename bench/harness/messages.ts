// What the processes of a run say to each other. Everything travels beside the measured HTTP, over Node's IPC channel.
import type { MixName } from '../mixes.ts'
import type { Access, RowName, Samples } from '../rows.ts'

/** The databases that the suite knows. */
export const engines = ['sqlite', 'postgres', 'mariadb'] as const
export type Engine = (typeof engines)[number]

/** How a peer is to be started: its only argument, as JSON. */
export interface PeerSettings {
  readonly engine: Engine
  /** The SQLite file to serve, or the URL of the database. */
  readonly database: string
  readonly access: Access
  /** Instead of serving, makes the database fit. */
  readonly prepare?: boolean
}

/** From the run to a peer. */
export type PeerQuestion = { readonly ask: 'usage' }

/** From a peer to the run. */
export type PeerAnswer =
  | { readonly answer: 'prepared' }
  | { readonly answer: 'ready'; readonly port: number }
  | { readonly answer: 'usage'; readonly usage: Usage }

/** What a process has used since it started. */
export interface Usage {
  readonly cpuMicroseconds: number
  /** The most statements that one of its connections has prepared; absent where it does not know. */
  readonly preparedStatements?: number
  readonly residentBytes: number
}

/** From the run to the load process. */
export type LoadQuestion =
  | { readonly ask: 'prepare'; readonly samples: Samples }
  | { readonly ask: 'load'; readonly load: Load }

/** From the load process to the run. */
export type LoadAnswer =
  | { readonly answer: 'prepared' }
  | { readonly answer: 'done'; readonly result: LoadResult }
  | { readonly answer: 'failed'; readonly reason: string }

/** One stretch of load. */
export interface Load {
  readonly port: number
  readonly row: RowName
  readonly connections: number
  readonly milliseconds: number
  /** Names the sequence of requests: the same seed asks the same. */
  readonly seed: string
  /** Goes into values that must be unique in a database. */
  readonly unique: string
  /** Other requests among those of the row; `from` counts on over several stretches. */
  readonly aside?: { readonly mix: MixName; readonly from: number }
}

export interface LoadResult {
  /** All, those aside too. */
  readonly requests: number
  readonly seconds: number
  readonly asides: number
  /** Requests aside that were answered with 503. */
  readonly refused: number
  /** Latencies of the row's requests, in milliseconds. */
  readonly median: number
  readonly p99: number
  readonly bytes: number
  /** CPU of the load process, to see that it is not what limits. */
  readonly cpuMicroseconds: number
}
