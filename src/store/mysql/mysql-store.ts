/** The store of MariaDB and MySQL. */
import { refusal } from '../../error/index.ts'
import { mysqlAddresses, readServerAddress, type ServerAddress } from '../../lib/index.ts'
import { type Capabilities, fullCapabilities } from '../../query/index.ts'
import { requireStoreOptions } from '../contract/index.ts'
import { type ServerDatabase, serverOptionForms, ServerStore, unusable, withFirstConnection } from '../server/index.ts'
import { flatTable } from '../sql/index.ts'
import type { MysqlConnection } from './connection.ts'
import { mysqlDialect } from './dialect.ts'
import { loadMysql } from './driver.ts'
import { emulationsOf } from './emulations.ts'
import { decode } from './encode.ts'
import { KnownIndexes } from './known-indexes.ts'
import { type ConnectionLimits, MysqlServerDriver } from './mysql-driver.ts'
import { MysqlMigrationSession } from './migration-session.ts'
import { transactionWords } from './transaction-words.ts'
import { applySchema, compareSchema } from './schema.ts'
import { keyName } from './table.ts'
import { mariadb, type Variety, varietyOf } from './variety.ts'

export interface MysqlStoreOptions {
  /**
   * `mysql://user:password@host:3306/database`. Parameters: `host` for a Unix socket, and `sslmode`, `sslrootcert`, `sslcert`, `sslkey`. A
   * remote host is reached by TLS and verified unless `sslmode` says otherwise.
   */
  readonly url: string
  /** Connections for transactions and for reads that may take long; 10 by default. */
  readonly connections?: number
  /** Connections that quick reads share, many statements under way on each; 2 by default, 0 for none. */
  readonly lanes?: number
  /** Connections to MariaDB on which quick writes share their commits; 1 by default, 0 for none. */
  readonly writeLanes?: number
  /** Requests that may wait for a connection before 503 is answered; 1,000 by default. */
  readonly queue?: number
  /** Milliseconds that a request waits for a connection; 4,000 by default. */
  readonly patience?: number
  /** Milliseconds that a statement waits for a lock, counted in whole seconds; 2,000 by default. */
  readonly lockTime?: number
  /**
   * Milliseconds after which the server itself stops a statement, on MySQL a read; 60,000 by default, 0 for never. A request's own time ends long
   * before: this is for when the server could not be asked to stop.
   */
  readonly statementTime?: number
  /** Statements that each connection keeps prepared; 500 by default. */
  readonly prepared?: number
}

/**
 * Keeps rows in MariaDB 10.10 or newer or in MySQL 8.4 or newer, through the package `mysql2`. Which of the two it is, the server says.
 *
 * Storage: ids as `char(36)`; texts as `varchar` or `longtext`, compared by code point without padding (`utf8mb4_nopad_bin`, on MySQL
 * `utf8mb4_0900_bin`); whole numbers
 * as `bigint`; decimals as `decimal`; floats as `double`; booleans as `tinyint(1)`; dates as `date`; times as `time(3)`; datetimes as
 * `datetime(3)` in UTC; JSON and arrays as checked `longtext`; bytes as `longblob`.
 *
 * @example
 * export default createApp({ schema, rules, store: mysqlStore({ url: 'mysql://app@localhost/app' }) })
 */
export function mysqlStore(options: MysqlStoreOptions): ServerStore {
  requireStoreOptions<MysqlStoreOptions>('mysqlStore', options, serverOptionForms, 'url')
  const read = readServerAddress(options.url, mysqlAddresses)
  if (!read.ok) throw refusal('boot.database-address', { problem: read.problem })
  const { connections = 10, lanes = 2, writeLanes = 1, queue = 1000, patience = 4000 } = options
  const { lockTime = 2000, statementTime = 60_000, prepared = 500 } = options
  const limits: ConnectionLimits = {
    connect: Math.min(patience, connectTime),
    quick: quickTime,
    statement: statementTime,
    lock: lockTime,
    idleInTransaction: idleTime,
    prepared,
  }
  return new ServerStore(about, { size: connections, queue, patience, lanes, writeLanes }, () =>
    reach(read.address, limits),
  )
}

const capabilities: Capabilities = Object.freeze({
  ...fullCapabilities,
  answers: 'plainWrites',
  checksReferencesLast: false,
  // What a list holds takes a subquery, which checks may not have.
  checksLists: false,
  // MariaDB stops below the fifteenth row of a chain, MySQL 9 at thirty tables, of which a tree with ten branches has more than it has models.
  cascadesDeep: false,
})
const about = { name: 'mysql', capabilities, emulations: emulationsOf(mariadb) }

/** Milliseconds until a connection must be made. */
const connectTime = 3000
/** Milliseconds that a quick read or write may hold up the ones behind it. */
const quickTime = 100
/** Milliseconds of silence after which the server ends a transaction whose process is gone. */
const idleTime = 30_000

/** Answers of eight mebibytes, with room for what they are made of. */
const leastPacket = 16 * 1024 * 1024

async function reach(address: ServerAddress, limits: ConnectionLimits): Promise<ServerDatabase> {
  const mysql = await loadMysql()
  const variety = await withFirstConnection(new MysqlServerDriver(mysql, address, limits, null), requireUsable)
  const driver = new MysqlServerDriver(mysql, address, limits, variety)
  const indexes = new KnownIndexes()
  const dialect = mysqlDialect(mysql.TypedParameter, indexes, variety)
  return {
    driver,
    direct: null,
    dialect,
    emulations: emulationsOf(variety),
    naming: { table: flatTable, key: keyName },
    transactions: transactionWords(variety, limits.idleInTransaction),
    replication: null,
    keepsSession: true,
    pipelines: true,
    // Nothing else bounds how long one of them could keep the others waiting.
    // The commit is a command of its own, which the server's own commits are not.
    sharing: variety.endsLongWrites ? { driver, company: 3 } : null,
    migrationName: variety.name,
    openMigration: (on, by) => MysqlMigrationSession.open(on, by, variety),
    decode,
    explain: async (on, sql, bound) => {
      const { rows } = await on.run({ sql: `explain format=json ${sql}`, name: null }, bound)
      return rows.map(([line]) => String(line)).join('\n')
    },
    compareSchema: async (on, graph, learn) => {
      await indexes.read(on)
      return await compareSchema(on, graph, { dialect, variety }, learn)
    },
    applySchema: async (on, differences) => {
      await applySchema(on, differences)
      await indexes.read(on)
    },
    outdated: error => indexes.outdatedBy(error),
    describe: async on => (await import('./describe-database.ts')).describeDatabase(on, variety),
    forget: statement => driver.forget(statement),
    typedSql: async (parts, context) => (await import('./typed-sql.ts')).typedSql(parts, context),
  }
}

async function requireUsable(connection: MysqlConnection): Promise<Variety> {
  const { rows } = await connection.run({ sql: 'select version(), @@max_allowed_packet', name: null }, [])
  const [version = '', packet = 0] = rows[0] ?? []
  const variety = varietyOf(String(version))
  requireVersion(String(version), variety)
  if (Number(packet) < leastPacket)
    throw unusable(`its max_allowed_packet is ${Number(packet)}`, `Set it to ${leastPacket} or more.`)
  return variety
}

function requireVersion(version: string, { title, oldest }: Variety): void {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? []
  const [least, leastMinor] = oldest
  if (Number(major) < least || (Number(major) === least && Number(minor) < leastMinor))
    throw unusable(`it is ${title} ${version}`, `Plinth needs ${least}.${leastMinor} or newer.`)
}
