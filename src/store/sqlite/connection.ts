/** A connection to the database file with what every connection of Plinth has: pragmas and functions. */
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { foldCase, upperCase } from '../../lib/index.ts'
import { boundTexts } from './bound-texts.ts'
import { functions } from './dialect.ts'
import type { Guard } from './guard.ts'
import { finite, total, within } from './number-range.ts'

export interface ConnectionOptions {
  readonly file: string
  /** Kibibytes of page cache. */
  readonly cache: number
}

export interface WritingOptions extends ConnectionOptions {
  /** A commit waits for the disk, so what was acknowledged survives a power loss. A file that ends with its process need not. */
  readonly durable: boolean
}

/** Milliseconds that SQLite itself waits for a lock. It waits with the whole thread, so longer waits are ours (see writer.ts). */
const lockWait = 10

/**
 * The one connection that writes. WAL lets readers go on meanwhile. Checkpoints are made by a worker: inside a commit they would hold up the event loop.
 */
export function openWriter(options: WritingOptions, guard: Guard): DatabaseSync {
  return writing(new DatabaseSync(options.file, { timeout: 5000 }), options, guard)
}

/** One whose uncommitted changes a thread can read: see `openInsider`. */
export function openWatchedWriter(options: WritingOptions, guard: Guard): DatabaseSync {
  return writing(new DatabaseSync(shared(options), { timeout: 5000 }), options, guard)
}

function writing(database: DatabaseSync, options: WritingOptions, guard: Guard): DatabaseSync {
  database.exec('pragma journal_mode = wal')
  database.exec(synchronous(options))
  database.exec('pragma foreign_keys = on')
  database.exec(`pragma busy_timeout = ${lockWait}`)
  database.exec(`pragma wal_autocheckpoint = ${backstop}`)
  database.exec(`pragma journal_size_limit = ${logLimit}`)
  return prepared(database, options, guard)
}

const synchronous = ({ durable }: WritingOptions): string => `pragma synchronous = ${durable ? 'full' : 'off'}`

export function openReader(options: ConnectionOptions, guard: Guard): DatabaseSync {
  const database = new DatabaseSync(options.file, { readOnly: true, timeout: lockWait })
  return prepared(database, options, guard)
}

/** For what requests ask. */
export function openRequestReader(options: ConnectionOptions, guard: Guard): DatabaseSync {
  return boundTexts(openReader(options, guard))
}

/**
 * Reads what the watched writer has changed and not committed yet, from another thread: both have one page cache (sqlite.org/sharedcache.html).
 * While it reads, whoever touches the writer waits with his whole thread. It is not opened for reading only, because the cache is
 * written; nor does it say how large that is.
 */
export function openInsider(options: WritingOptions, guard: Guard): DatabaseSync {
  const database = new DatabaseSync(shared(options), { timeout: lockWait })
  // Of one cache, the connection that spoke last says how commits wait for the disk.
  database.exec(synchronous(options))
  database.exec('pragma read_uncommitted = on')
  database.exec('pragma query_only = on')
  return boundTexts(withFunctions(database, guard))
}

const shared = ({ file }: ConnectionOptions): string => `${pathToFileURL(file).href}?cache=shared`

/** Pages of the write-ahead log from which on the commit itself moves them into the database. */
const backstop = 20_000

/** Bytes to which the log's file is cut when it begins anew. */
const logLimit = 16 * 1024 * 1024

function prepared(database: DatabaseSync, options: ConnectionOptions, guard: Guard): DatabaseSync {
  database.exec(`pragma cache_size = -${options.cache}`)
  return withFunctions(database, guard)
}

function withFunctions(database: DatabaseSync, guard: Guard): DatabaseSync {
  database.exec('pragma temp_store = memory')
  // Indexes that ignore case call a function of ours, which a schema that is not trusted may not. None of ours has side effects, and the one
  // that looks at the clock is for statements alone. Models without such an index need it, too: while two versions of an application run, the
  // newer one's migration may have made one already.
  database.exec('pragma trusted_schema = on')
  const text = (change: (text: string) => string) => (value: unknown) =>
    typeof value === 'string' ? change(value) : null
  database.function(functions.fold, { deterministic: true }, text(foldCase))
  database.function(functions.upper, { deterministic: true }, text(upperCase))
  const numbers = { deterministic: true, directOnly: true, useBigIntArguments: true }
  database.function(functions.inRange, numbers, within)
  database.function(functions.finite, numbers, finite)
  database.function(functions.total, numbers, total)
  database.function(functions.guard, { directOnly: true }, () => guard.check())
  return database
}
