/** A thread that carries out long reads, moves the write-ahead log into the database, and counts what SQLite has to know of its tables. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { openInsider, openRequestReader, openWriter, type WritingOptions } from './connection.ts'
import { resultCode } from './driver-error.ts'
import type { Bound } from './encode.ts'
import { Cancelled, Guard, Overtime } from './guard.ts'
import { type FindArguments, type FindScript, runAggregate, runFind, StatementCache } from './read.ts'
import { rowsOn } from './rows.ts'
import { gatherStatistics } from './statistics.ts'

export interface WorkerStart extends WritingOptions {
  /** The number of the job that is to be given up. */
  readonly cancelled: Int32Array
}

export type WorkerTask =
  | { readonly kind: 'find'; readonly script: FindScript; readonly given: FindArguments }
  | {
      readonly kind: 'aggregate'
      readonly sql: string
      readonly bound: readonly Bound[]
      readonly asked: number | null
    }
  | { readonly kind: 'rows'; readonly sql: string; readonly bound: readonly SQLInputValue[] }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'statistics' }

/** What has been committed, or besides what the writer of this process has changed and not committed yet. */
export type View = 'committed' | 'among changes'

export interface WorkerJob {
  readonly id: number
  readonly task: WorkerTask
  readonly view: View
  /** When it has to be done, in milliseconds of the epoch: it may have waited for the thread to start. */
  readonly deadline: number
}

/** `close`: to close the connection and end, after what came before. */
export type WorkerMessage = WorkerJob | 'close'

export type WorkerReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: WorkerFailure }

/** Errors lose their class and their code on the way between threads. */
export interface WorkerFailure {
  readonly reason: 'overtime' | 'cancelled' | 'database' | 'unexpected'
  readonly message: string
  readonly code: number | null
  readonly stack: string | null
}

const start = workerData as WorkerStart
const port = parentPort
if (port === null) throw new Error('This file runs in a worker.')

const guard = new Guard()
interface Connection {
  readonly database: DatabaseSync
  readonly statements: StatementCache
}

const connectionOf = (database: DatabaseSync): Connection => ({
  database,
  statements: new StatementCache(database, 200),
})

const reader = connectionOf(openRequestReader(start, guard))
/** Few ever read among changes. */
let insider: Connection | null = null

function connection(view: View): Connection {
  if (view === 'committed') return reader
  insider ??= connectionOf(openInsider(start, guard))
  return insider
}

function carryOut(task: WorkerTask, { database, statements }: Connection): unknown {
  switch (task.kind) {
    case 'find': {
      const { script, given } = task
      // Page and count see the same moment.
      if (script.count === null) return runFind(script, statements.get(script.sql), null, given)
      database.exec('begin')
      try {
        return runFind(script, statements.get(script.sql), statements.get(script.count), given)
      } finally {
        database.exec('commit')
      }
    }
    case 'aggregate':
      return runAggregate(statements.get(task.sql), task.bound, task.asked)
    case 'rows':
      return rowsOn(database, task.sql, task.bound).rows
    case 'checkpoint':
      return asWriter(writer => writer.exec('pragma wal_checkpoint(passive)'))
    case 'statistics':
      return asWriter(writer => gatherStatistics(database, writer))
  }
}

function asWriter(work: (writer: DatabaseSync) => unknown): unknown {
  const writer = openWriter(start, guard)
  try {
    return work(writer)
  } finally {
    writer.close()
  }
}

port.on('message', (message: WorkerMessage) => {
  if (message === 'close') {
    reader.database.close()
    insider?.database.close()
    port.close()
  } else port.postMessage(answer(message))
})

function answer({ id, task, view, deadline }: WorkerJob): WorkerReply {
  const left = deadline - Date.now()
  guard.start(left, () => Atomics.load(start.cancelled, 0) === id)
  try {
    if (left <= 0) throw new Overtime()
    return { id, result: carryOut(task, connection(view)) }
  } catch (error) {
    return { id, failure: failureOf(error) }
  }
}

function failureOf(error: unknown): WorkerFailure {
  const code = resultCode(error) ?? null
  const reason =
    error instanceof Overtime
      ? 'overtime'
      : error instanceof Cancelled
        ? 'cancelled'
        : code === null
          ? 'unexpected'
          : 'database'
  return {
    reason,
    message: error instanceof Error ? error.message : String(error),
    code,
    stack: error instanceof Error ? (error.stack ?? null) : null,
  }
}
