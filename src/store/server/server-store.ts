/** A store whose rows a database server keeps: what PostgreSQL and MySQL have in common. */
import type { Kysely } from 'kysely'
import { refusal } from '../../error/index.ts'
import type { ModelGraph, ModelNode, StorageClass, Value } from '../../model/index.ts'
import type {
  AggregatePlan,
  Capabilities,
  DeletePlan,
  Emulation,
  ExecutionContext,
  FindPlan,
  InsertPlan,
  Positions,
  TransactionHandle,
  UpdatePlan,
} from '../../query/index.ts'
import {
  type AroundSql,
  type DescribedDatabase,
  type Eventually,
  nothingAround,
  type SchemaDifference,
  type Store,
  type StoreListener,
  type StoreNotice,
  type TableName,
  type TransactionOptions,
} from '../contract/index.ts'
import {
  aggregateCommand,
  type ComparedTable,
  type Decoding,
  deleteCommand,
  findCommand,
  insertCommand,
  type MigratableStore,
  type MigrationSession,
  type SchemaDialect,
  type SqlDialect,
  updateCommand,
} from '../sql/index.ts'
import { AdaptedFind } from './adapted-find.ts'
import type { Cell, ServerConnection, ServerDriver, Statement } from './connection.ts'
import { ConnectionPool, type PoolOptions } from './connection-pool.ts'
import { ConstraintNames, type Naming } from './constraint-names.ts'
import { codedError, reasonOf } from './failure.ts'
import { PreparedAggregate, PreparedFind, type ReadParts } from './prepared-read.ts'
import { preparedInsert } from './prepared-insert.ts'
import { preparedChange, type WriteParts } from './prepared-write.ts'
import { QuickLanes } from './quick-lanes.ts'
import { ReplicaSet } from './replica-set.ts'
import { ReplicatedReads } from './replicated-reads.ts'
import type { Replication } from './replication.ts'
import { ServerReads } from './server-reads.ts'
import type { TransactionWords } from './server-transaction.ts'
import { ServerTransactions } from './server-transactions.ts'
import { SharedCommits, type Sharing } from './shared-commits.ts'
import type { TypedSqlParts } from './typed-sql.ts'
import { WatchfulDriver } from './watchful-driver.ts'
import { boundsOf, watched } from './watch.ts'
import { endOf } from './within.ts'

/** A database server that has been connected to: what it is, and how it is spoken to. */
export interface ServerDatabase {
  readonly driver: ServerDriver
  /** The way past a pooler, where there is one. */
  readonly direct: ServerDriver | null
  readonly dialect: SqlDialect
  readonly emulations: readonly Emulation[]
  readonly naming: Naming
  readonly transactions: TransactionWords
  /** Null: nothing but the primary is read from. */
  readonly replication: Replication | null
  /** A connection stays with its session: no pooler gives it another one for each transaction. */
  readonly keepsSession: boolean
  /** Reads can be sent before earlier ones are answered. */
  readonly pipelines: boolean
  /** Several writes can be sent as one transaction; null: each commits by itself. */
  readonly sharing: Sharing | null
  decode(cell: Cell | null, decoding: Decoding): Value
  explain(connection: ServerConnection, sql: string, bound: readonly unknown[]): Promise<string>
  /** `learn` is told what the tables have: their constraints have names that the models do not tell. */
  compareSchema(
    connection: ServerConnection,
    graph: ModelGraph,
    learn: (compared: ComparedTable, dialect: SchemaDialect) => void,
  ): Promise<readonly SchemaDifference[]>
  applySchema(connection: ServerConnection, differences: readonly SchemaDifference[]): Promise<void>
  /** The name of its migration files, and a connection that migrates. */
  readonly migrationName: string
  openMigration(connection: ServerConnection, driver: ServerDriver): Promise<MigrationSession>
  /** What the database has, for taking it over. */
  describe(connection: ServerConnection): Promise<DescribedDatabase>
  /** Whether a read failed because its command names what is there no more, and is to be compiled anew. */
  outdated(error: unknown): boolean
  /** The statement will not run again: connections may forget it. */
  forget(statement: Statement): void
  typedSql<Database>(connections: TypedSqlParts, context: ExecutionContext): Promise<Kysely<Database>>
}

export interface ServerStoreOptions extends PoolOptions {
  /** Connections that quick reads share. */
  readonly lanes: number
  /** Connections on which quick writes share their commits. */
  readonly writeLanes: number
  /** Given when reads may go to replicas. */
  readonly positions?: Positions
}

interface Opened {
  readonly graph: ModelGraph
  /** Connects for work on tables. */
  readonly tables: ServerDriver
  readonly database: ServerDatabase
  readonly pool: ConnectionPool
  readonly lanes: QuickLanes | null
  readonly commits: SharedCommits | null
  readonly replicas: ReplicaSet | null
  readonly transactions: ServerTransactions
  readonly reads: ReadParts
  readonly writes: WriteParts
}

/** Statements that may be under way on one shared connection. */
const laneDepth = 64

/** Writes that may share a commit. */
const commitMembers = 64

export class ServerStore implements Store, MigratableStore {
  readonly name: string
  readonly capabilities: Capabilities
  readonly positions?: Positions
  /** Of the database that is meant until it is known which one it is. */
  readonly #emulations: readonly Emulation[]
  readonly #options: ServerStoreOptions
  readonly #reach: () => Promise<ServerDatabase>
  readonly #listeners: StoreListener[] = []
  #opened: Opened | null = null

  /** `reach` connects for the first time and finds out what the server is. */
  constructor(
    about: Pick<Store, 'name' | 'capabilities' | 'emulations'>,
    options: ServerStoreOptions,
    reach: () => Promise<ServerDatabase>,
  ) {
    this.name = about.name
    this.capabilities = about.capabilities
    this.#emulations = about.emulations
    if (options.positions !== undefined) this.positions = options.positions
    this.#options = options
    this.#reach = reach
  }

  get emulations(): readonly Emulation[] {
    return this.#opened?.database.emulations ?? this.#emulations
  }

  async open(graph: ModelGraph): Promise<void> {
    if (this.#opened !== null) throw new TypeError('The store is open already.')
    const database = await this.#reach()
    const { dialect } = database
    const distrust = (): void => {
      pool.distrust()
      lanes?.distrust()
      commits?.distrust()
    }
    const driver = new WatchfulDriver(database.driver, distrust)
    const pool = new ConnectionPool(driver, {
      ...this.#options,
      onGone: why => this.#tell('database-gone', { reason: reasonOf(why) }),
      onBack: () => this.#tell('database-back', {}),
    })
    const lanes =
      database.pipelines && this.#options.lanes > 0
        ? new QuickLanes(driver, { lanes: this.#options.lanes, depth: laneDepth })
        : null
    const { queue, writeLanes } = this.#options
    const commits =
      database.sharing !== null && writeLanes > 0
        ? new SharedCommits(
            new WatchfulDriver(database.sharing.driver, distrust),
            { lanes: writeLanes, members: commitMembers, queue },
            database.replication,
          )
        : null
    const constraints = new ConstraintNames(graph, database.naming)
    const transactions = new ServerTransactions(this.name, driver, pool, commits, { ...database, constraints })
    const primary = new ServerReads(this.name, driver, pool, lanes)
    const replicas = await this.#openReplicas(database, pool).catch(async (error: unknown) => {
      await Promise.all([pool.close(), lanes?.close(), commits?.close()])
      throw error
    })
    const shared = {
      dialect,
      decode: (cell: Cell, decoding: Decoding) => database.decode(cell, decoding),
      explain: (sql: string, bound: readonly unknown[]) =>
        this.#with(connection => database.explain(connection, sql, bound)),
      forget: (statement: Statement) => database.forget(statement),
    }
    this.#opened = {
      graph,
      tables: new WatchfulDriver(database.direct ?? database.driver, () => undefined),
      database,
      pool,
      lanes,
      commits,
      replicas,
      transactions,
      reads: { ...shared, reads: replicas === null ? primary : new ReplicatedReads(primary, replicas) },
      writes: {
        ...shared,
        store: this.name,
        driver,
        transactions,
        constraints,
      },
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened
    if (opened === null) return
    this.#opened = null
    const { pool, lanes, commits, replicas } = opened
    await Promise.all([pool.close(), lanes?.close(), commits?.close(), replicas?.close()])
  }

  onNotice(listener: StoreListener): void {
    this.#listeners.push(listener)
  }

  #tell(event: StoreNotice['event'], details: StoreNotice['details']): void {
    for (const listener of this.#listeners) listener({ event, details })
  }

  async ping(context: ExecutionContext): Promise<void> {
    const { pool, database } = this.#open()
    try {
      await pool.use(context, connection =>
        watched(connection, boundsOf(context), connection.run({ sql: 'select 1', name: null }, [])),
      )
    } catch (error) {
      throw codedError(database.driver.failureOf(error), error)
    }
  }

  compareSchema(graph: ModelGraph): Promise<readonly SchemaDifference[]> {
    const { database, writes } = this.#open()
    const learn = (compared: ComparedTable, dialect: SchemaDialect): void => writes.constraints.learn(compared, dialect)
    return this.#inSession(connection => database.compareSchema(connection, graph, learn))
  }

  applySchema(differences: readonly SchemaDifference[]): Promise<void> {
    const { database } = this.#open()
    return this.#inSession(connection => database.applySchema(connection, differences))
  }

  readonly tellsTypes = true

  get migrationName(): string {
    return this.#open().database.migrationName
  }

  async openMigration(): Promise<MigrationSession> {
    const { tables, database } = this.#open()
    if (!database.keepsSession && database.direct === null) throw refusal('migrate.needs-session', {})
    try {
      return await database.openMigration(await tables.connect('tables'), tables)
    } catch (error) {
      throw codedError(tables.failureOf(error), error)
    }
  }

  async describe(): Promise<DescribedDatabase> {
    const { direct, driver, describe } = this.#opened?.database ?? (await this.#reach())
    const connection = await (direct ?? driver).connect('tables')
    try {
      return await describe(connection)
    } catch (error) {
      throw codedError(driver.failureOf(error), error)
    } finally {
      await endOf(connection)
    }
  }

  fromStored(_storage: StorageClass, stored: Value): Value {
    return stored
  }

  prepareFind(plan: FindPlan) {
    const { graph, database, reads } = this.#open()
    const command = (longLists: boolean) => findCommand(plan, graph, database.dialect, { deferred: false, longLists })
    const first = command(false)
    if (!first.adapts) return new PreparedFind(reads, plan, first)
    const compile = (longLists: boolean) => new PreparedFind(reads, plan, longLists ? command(true) : first)
    return new AdaptedFind({ compile, outdated: database.outdated })
  }

  prepareAggregate(plan: AggregatePlan) {
    const { graph, database, reads } = this.#open()
    return new PreparedAggregate(reads, aggregateCommand(plan, graph, database.dialect))
  }

  prepareInsert(plan: InsertPlan) {
    const { graph, database, writes } = this.#open()
    return preparedInsert(writes, plan, insertCommand(plan, graph, database.dialect))
  }

  prepareUpdate(plan: UpdatePlan) {
    const { graph, database, writes } = this.#open()
    return preparedChange(writes, plan, updateCommand(plan, graph, database.dialect))
  }

  prepareDelete(plan: DeletePlan) {
    const { graph, database, writes } = this.#open()
    return preparedChange(writes, plan, deleteCommand(plan, graph, database.dialect))
  }

  transaction<T>(
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<T> {
    return this.#open().transactions.run(options, context, body)
  }

  savepoint<T>(context: ExecutionContext, body: () => Eventually<T>): Promise<T> {
    return this.#open().transactions.savepoint(context, body)
  }

  typedSql<Database>(context: ExecutionContext, around: AroundSql = nothingAround): Promise<Kysely<Database>> {
    const { database, pool, writes } = this.#open()
    const { replication } = database
    const { store, driver, constraints } = writes
    return database.typedSql<Database>({ store, driver, pool, constraints, replication, around }, context)
  }

  tableName(model: ModelNode): TableName {
    return this.#open().database.naming.table(model)
  }

  async #openReplicas({ replication }: ServerDatabase, primary: ConnectionPool): Promise<ReplicaSet | null> {
    if (replication === null) return null
    const { size, queue, patience: primaryPatience, lanes } = this.#options
    const options = { size, queue, patience: Math.min(primaryPatience, replicaPatience) }
    const onChange = (replica: string, readable: boolean): void =>
      this.#tell(readable ? 'replica-back' : 'replica-gone', { replica })
    const replicas = new ReplicaSet(this.name, replication, primary, {
      ...options,
      ...{ lanes: { lanes, depth: laneDepth }, onChange },
    })
    await replicas.open()
    return replicas
  }

  /** Work that no request asked for: at the start, or for a developer. */
  async #with<T>(use: (connection: ServerConnection) => Promise<T>): Promise<T> {
    const { pool, database } = this.#open()
    try {
      return await pool.use({ deadline: Date.now() + patience, signal: null }, use)
    } catch (error) {
      throw codedError(database.driver.failureOf(error), error)
    }
  }

  /** Work on tables needs one connection to the end. */
  async #inSession<T>(use: (connection: ServerConnection) => Promise<T>): Promise<T> {
    const { tables } = this.#open()
    let connection: ServerConnection | null = null
    try {
      connection = await tables.connect('tables')
      return await use(connection)
    } catch (error) {
      throw codedError(tables.failureOf(error), error)
    } finally {
      if (connection !== null) await endOf(connection)
    }
  }

  #open(): Opened {
    if (this.#opened === null) throw refusal('store.unavailable', {})
    return this.#opened
  }
}

/** Milliseconds. */
const patience = 30_000
/** Milliseconds that a read waits for a connection to a replica before it goes to the primary. */
const replicaPatience = 500
