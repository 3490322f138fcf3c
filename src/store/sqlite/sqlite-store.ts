/** The embedded store: one file, read and written by this process through node:sqlite. */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { refusal } from '../../error/index.ts'
import { removeTemporaryFolder, temporaryFolder } from '../../lib/index.ts'
import type { ModelGraph, ModelNode, StorageClass, Value } from '../../model/index.ts'
import {
  type AggregatePlan,
  type Capabilities,
  type DeletePlan,
  type ExecutionContext,
  type FindPlan,
  fullCapabilities,
  type InsertPlan,
  type TransactionHandle,
  type UpdatePlan,
} from '../../query/index.ts'
import {
  type AroundSql,
  type DescribedDatabase,
  type Eventually,
  nothingAround,
  requireStoreOptions,
  type SchemaDifference,
  type Staging,
  type Store,
  type TableName,
  type TransactionOptions,
} from '../contract/index.ts'
import {
  aggregateCommand,
  deleteCommand,
  findCommand,
  flatTable,
  insertCommand,
  type MigratableStore,
  type MigrationSession,
  textOf,
  updateCommand,
} from '../sql/index.ts'
import { Checkpoints } from './checkpoints.ts'
import { DueStatistics } from './due-statistics.ts'
import { openRequestReader, openWatchedWriter, openWriter } from './connection.ts'
import { Constraints } from './constraint.ts'
import { dialectOfStore, sqliteDialect } from './dialect.ts'
import { storeError } from './driver-error.ts'
import { unopened } from './unopened.ts'
import { sqliteEmulations } from './emulations.ts'
import { explainCommand, sortsAllRows } from './explain.ts'
import { rememberFile } from './file-identity.ts'
import { Guard } from './guard.ts'
import { preparedAggregate, preparedFind } from './prepared-read.ts'
import { preparedChange, preparedInsert, type WriteConnections } from './prepared-write.ts'
import type { ReadConnections } from './read-connections.ts'
import { ReaderPool } from './reader-pool.ts'
import { applySchema, compareSchema } from './schema.ts'
import { inSnapshot } from './snapshot.ts'
import { SqliteTransaction } from './transaction.ts'
import { watchFile } from './watched-files.ts'
import { Writer } from './writer.ts'

export interface SqliteStoreOptions {
  /**
   * The database file; it and its folder are made when they are missing, readable by their owner only. `:memory:` stands for a file in the
   * folder for temporary files that is removed on close: a database in memory could not be shared with the threads that read. Its commits do not wait for
   * the disk.
   */
  readonly file: string
  /** Threads for reads that take long; 2 by default. They start when first needed. */
  readonly threads?: number
  /** Mebibytes of page cache for each of the two connections of the main thread, and a quarter for each thread; 64 by default. */
  readonly cache?: number
  /** Writes, and long reads, that may wait before 503 is answered; 1,000 by default. */
  readonly queue?: number
}

/**
 * Keeps rows in a SQLite file. Reads that are quick run at once; others go to threads after a few milliseconds and end at the
 * request's deadline. Writes are durable (`synchronous=FULL`) and share their commits.
 *
 * Storage: id and texts as TEXT, compared by code point; datetimes as TEXT in UTC with milliseconds, so their order is that of time;
 * decimals (at most 18 digits) as scaled INTEGER; booleans as 0 and 1; floats as REAL; JSON and arrays as JSON TEXT; bytes as BLOB.
 *
 * @example
 * export default createApp({ schema, rules, store: sqliteStore({ file: 'data/app.db' }) })
 */
export function sqliteStore(options: SqliteStoreOptions): SqliteStore {
  const known = { file: 'text', threads: 'number', cache: 'number', queue: 'number' } as const
  requireStoreOptions<SqliteStoreOptions>('sqliteStore', options, known, 'file')
  return new SqliteStore(options)
}

/** Milliseconds that one read may hold the main thread. */
const inlineBudget = 5
const megabyte = 1024

interface Opened {
  readonly graph: ModelGraph
  readonly statistics: DueStatistics
  readonly reads: ReadConnections
  readonly writes: WriteConnections
  /** Throws when the file that is open is not the one at its path any more. */
  readonly requireInPlace: () => void
}

export class SqliteStore implements Store, MigratableStore {
  readonly name = 'sqlite'
  readonly capabilities: Capabilities = Object.freeze({
    ...fullCapabilities,
    decimalPrecision: 18,
    // A list is a text, and no check may hold a subquery over its elements.
    checksLists: false,
    rowLocks: false,
    // SQLite has no base64.
    jsonClasses: new Set([...fullCapabilities.jsonClasses].filter(storage => storage !== 'bytes')),
  })
  readonly emulations = sqliteEmulations
  readonly #options: Required<SqliteStoreOptions>
  readonly #dialect = dialectOfStore()
  #temporary: string | null = null
  #file = ''
  /** Threads of this store read among the changes of its writer, until this is called. */
  #unwatch: (() => void) | null = null
  #opened: Opened | null = null

  constructor(options: SqliteStoreOptions) {
    this.#options = { threads: 2, cache: 64, queue: 1000, ...options }
  }

  open(graph: ModelGraph): void {
    if (this.#opened !== null) throw new TypeError('The store is open already.')
    const { cache, threads, queue } = this.#options
    this.#temporary = this.#options.file === ':memory:' ? temporaryFolder() : null
    this.#file = this.#temporary === null ? resolve(this.#options.file) : join(this.#temporary, 'memory.db')
    const guard = new Guard()
    const durable = this.#durable
    let unwatch: (() => void) | null = null
    let database: DatabaseSync
    let reader: DatabaseSync
    try {
      makeFile(this.#file)
      unwatch = watchFile(this.#file)
      const open = unwatch === null ? openWriter : openWatchedWriter
      database = open({ file: this.#file, cache: cache * megabyte, durable }, guard)
      reader = openRequestReader({ file: this.#file, cache: cache * megabyte }, guard)
    } catch (error) {
      unwatch?.()
      throw unopened(this.#file, error)
    }
    this.#unwatch = unwatch
    const pool = new ReaderPool({ file: this.#file, cache: (cache * megabyte) / 4, durable, threads, queue })
    const statistics = new DueStatistics({ file: this.#file, cache: (cache * megabyte) / 4, durable })
    // What ends with its process is not worth them.
    const consider = (): void => (this.#temporary === null ? statistics.consider() : undefined)
    const checkpoints = new Checkpoints(this.#file, pool, database, consider)
    const writer = new Writer(database, {
      queue,
      members: 64,
      budget: 20,
      watched: unwatch !== null,
      committed: took => checkpoints.committed(took),
    })
    this.#opened = {
      graph,
      statistics,
      requireInPlace: rememberFile(this.#file),
      reads: {
        reader,
        guard,
        pool,
        inlineBudget,
        ranLong: consider,
        transaction(context) {
          const handle = transactionOf(context)
          return { ...(handle.snapshot ?? { database, guard }), left: timeLeft(context), handle }
        },
        timeLimit,
        explain: (sql, given) => sql.map(one => explainCommand(reader, one, given)).join('\n'),
      },
      writes: {
        writer,
        constraints: new Constraints(graph, sqliteDialect, database),
        guard,
        timeLeft: context => timeLeft(writable(context)),
        whenFree: (context, body) => transactionOf(context).whenFree(body),
        changing: context => void (transactionOf(context).seenByOthers = false),
        timeLimit,
        explain: (sql, bound) => explainCommand(database, sql, { bound }),
      },
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened
    if (opened === null) return
    await opened.writes.writer.close()
    this.#opened = null
    await Promise.all([opened.reads.pool.close(), opened.statistics.close()])
    opened.reads.reader.close()
    const { database } = opened.writes.writer
    // The last connection moves the write-ahead log into the database and removes it.
    database.close()
    this.#unwatch?.()
    this.#unwatch = null
    if (this.#temporary !== null) removeTemporaryFolder(this.#temporary)
    this.#temporary = null
  }

  ping(_context: ExecutionContext): void {
    const { reads, requireInPlace } = this.#open()
    try {
      requireInPlace()
      reads.reader.prepare('select count(*) from sqlite_schema').get()
    } catch (error) {
      throw refusal('store.unavailable', {}, { cause: error })
    }
  }

  get #durable(): boolean {
    return this.#temporary === null
  }

  compareSchema(graph: ModelGraph): readonly SchemaDifference[] {
    return compareSchema(this.#open().writes.writer.database, graph, sqliteDialect)
  }

  async describe(): Promise<DescribedDatabase> {
    // Only who takes a database over needs it.
    const { describeDatabase } = await import('./describe-database.ts')
    return describeDatabase(this.#options)
  }

  applySchema(differences: readonly SchemaDifference[]): void {
    try {
      applySchema(this.#open().writes.writer.database, differences)
    } catch (error) {
      throw storeError(error)
    }
  }

  readonly migrationName = 'sqlite'
  readonly tellsTypes = false

  async openMigration(): Promise<MigrationSession> {
    this.#open()
    const { SqliteMigrationSession } = await import('./migration-session.ts')
    try {
      return new SqliteMigrationSession(
        openWriter({ file: this.#file, cache: megabyte, durable: this.#durable }, new Guard()),
        this.#file,
      )
    } catch (error) {
      throw storeError(error)
    }
  }

  async stage(model: ModelNode): Promise<Staging | null> {
    const { graph } = this.#open()
    const { isStageable, SqliteStaging } = await import('./staging.ts')
    if (!isStageable(model)) return null
    await using opening = new AsyncDisposableStack()
    const store = new SqliteStore({ ...this.#options, file: ':memory:' })
    opening.defer(() => store.close())
    store.open(graph)
    const gathered = store.#open().writes.writer.database
    const live = openWriter(
      { file: this.#file, cache: this.#options.cache * megabyte, durable: this.#durable },
      new Guard(),
    )
    opening.defer(() => live.close())
    const staging = await SqliteStaging.open({ store, file: store.#file, gathered, live, graph, model })
    opening.move()
    return staging
  }

  fromStored(storage: StorageClass, stored: Value): Value {
    return storage === 'bytes' ? Buffer.from(textOf(stored), 'hex').toString('base64') : stored
  }

  prepareFind(plan: FindPlan) {
    const { graph, reads } = this.#open()
    const direct = findCommand(plan, graph, this.#dialect, { deferred: false })
    const deferred = plan.cardinality === 'many' && sortsAllRows(reads.reader, direct.sql)
    return preparedFind(reads, deferred ? findCommand(plan, graph, this.#dialect, { deferred: true }) : direct)
  }

  prepareAggregate(plan: AggregatePlan) {
    const { graph, reads } = this.#open()
    return preparedAggregate(reads, aggregateCommand(plan, graph, this.#dialect))
  }

  prepareInsert(plan: InsertPlan) {
    const { graph, writes } = this.#open()
    return preparedInsert(writes, plan, insertCommand(plan, graph, this.#dialect))
  }

  prepareUpdate(plan: UpdatePlan) {
    const { graph, writes } = this.#open()
    return preparedChange(writes, plan, updateCommand(plan, graph, this.#dialect))
  }

  prepareDelete(plan: DeletePlan) {
    const { graph, writes } = this.#open()
    return preparedChange(writes, plan, deleteCommand(plan, graph, this.#dialect))
  }

  async transaction<T>(
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<T> {
    const { writer } = this.#open().writes
    if (options.isolation !== 'snapshot') return await writer.transaction(options, context, body)
    const connection = { file: this.#file, cache: (this.#options.cache * megabyte) / 4 }
    return await inSnapshot(connection, options.limit, body)
  }

  savepoint<T>(context: ExecutionContext, body: () => Eventually<T>): Eventually<T> {
    return this.#open().writes.writer.savepoint(transactionOf(writable(context)), body)
  }

  async typedSql<Database>(context: ExecutionContext, around: AroundSql = nothingAround): Promise<Kysely<Database>> {
    const { writes, reads } = this.#open()
    const { typedSql } = await import('./typed-sql.ts')
    return typedSql<Database>(
      { ...writes, pool: reads.pool, transaction: inside => reads.transaction(inside), around },
      context,
    )
  }

  tableName(model: ModelNode): TableName {
    return flatTable(model)
  }

  #open(): Opened {
    if (this.#opened === null) throw refusal('store.unavailable', {})
    return this.#opened
  }
}

function transactionOf(context: ExecutionContext): SqliteTransaction {
  if (!(context.transaction instanceof SqliteTransaction)) throw refusal('writes.outer-db', {})
  if (!context.transaction.open) throw refusal('writes.transaction-over', {})
  return context.transaction
}

/** A snapshot is none that could be written in. */
function writable(context: ExecutionContext): ExecutionContext {
  if (transactionOf(context).snapshot === null) return context
  throw refusal('store.unsupported', { store: 'sqlite', reason: 'a snapshot is only read' })
}

const timeLeft = (context: ExecutionContext): number =>
  Math.min(transactionOf(context).until - performance.now(), context.deadline - Date.now())

const timeLimit = (milliseconds: number) =>
  refusal('store.time-limit', { limit: Math.max(0, Math.round(milliseconds)) })

/** The folder, and an empty file that only its owner can read; SQLite gives its log the same rights. */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
}
