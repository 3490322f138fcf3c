/** The store of PostgreSQL and of what speaks its protocol. */
import { refusal } from '../../error/index.ts'
import { postgresAddresses, readServerAddress, type ServerAddress } from '../../lib/index.ts'
import { type Capabilities, fullCapabilities } from '../../query/index.ts'
import { requireStoreOptions } from '../contract/index.ts'
import { type ServerDatabase, serverOptionForms, ServerStore, unusable, withFirstConnection } from '../server/index.ts'
import type { PostgresConnection } from './connection.ts'
import { postgresDialect } from './dialect.ts'
import { loadPg, type PgDriver } from './driver.ts'
import { postgresEmulations } from './emulations.ts'
import { decode } from './encode.ts'
import { type ConnectionLimits, PostgresDriver } from './postgres-driver.ts'
import { identityOf, type PostgresReplica, positions, replication } from './replication.ts'
import { PostgresMigrationSession } from './migration-session.ts'
import { applySchema, compareSchema } from './schema.ts'
import { keyName } from './table.ts'

export interface PostgresStoreOptions {
  /**
   * `postgres://user:password@host:5432/database`. Parameters: `schema`, `application_name`, `pgbouncer` (true or false, where it cannot be
   * found out), `host` for a Unix socket, and `sslmode`, `sslrootcert`, `sslcert`, `sslkey`. A remote host is reached by TLS and verified
   * unless `sslmode` says otherwise.
   */
  readonly url: string
  /** The way past a pooler, for what needs a session: comparing and changing tables. */
  readonly directUrl?: string
  /**
   * Streaming replicas to read from: URLs of the same form. A read goes there when its caller may see what is a little older, and never when
   * the replica has not yet what this caller has written. Each has connections of its own, as many as the primary.
   */
  readonly replicas?: readonly string[]
  /** Milliseconds that a replica may be behind to be read from; 10,000 by default. */
  readonly replicaLag?: number
  /** Connections for transactions and for reads that may take long; 10 by default. */
  readonly connections?: number
  /** Connections that quick reads share, many statements under way on each; 2 by default, 0 for none. */
  readonly lanes?: number
  /** Connections on which quick writes share their commits; 1 by default, 0 for none. Not through a pooler. */
  readonly writeLanes?: number
  /** Requests that may wait for a connection before 503 is answered; 1,000 by default. */
  readonly queue?: number
  /** Milliseconds that a request waits for a connection; 4,000 by default. */
  readonly patience?: number
  /** Milliseconds that a statement waits for a lock; 2,000 by default. */
  readonly lockTime?: number
  /**
   * Milliseconds after which the server itself stops a statement; 60,000 by default, 0 for never. A request's own time ends long before: this
   * is for when the server could not be asked to stop.
   */
  readonly statementTime?: number
  /** Statements that each connection keeps prepared; 500 by default. */
  readonly prepared?: number
}

const optionForms = {
  ...serverOptionForms,
  directUrl: 'text',
  replicas: 'texts',
  replicaLag: 'number',
} as const

/**
 * Keeps rows in PostgreSQL 13 or newer, through the package `pg`.
 *
 * Storage: ids as `uuid`; texts and enums as `text` with the collation `C`, so they compare by code point; whole numbers as `bigint`;
 * decimals as `numeric`; floats as `double precision`; dates as `date`; times as `time(3)`; datetimes as `timestamp(3) with time zone`;
 * JSON as `jsonb`; bytes as `bytea`; arrays as arrays.
 *
 * @example
 * export default createApp({ schema, rules, store: postgresStore({ url: 'postgres://app@localhost/app' }) })
 */
export function postgresStore(options: PostgresStoreOptions): ServerStore {
  requireStoreOptions<PostgresStoreOptions>('postgresStore', options, optionForms, 'url')
  const address = addressOf(options.url)
  const direct = options.directUrl === undefined ? null : addressOf(options.directUrl)
  const { connections = 10, lanes = 2, writeLanes = 1, queue = 1000, patience = 4000 } = options
  const { lockTime = 2000, statementTime = 60_000, prepared = 500 } = options
  const limits: ConnectionLimits = {
    connect: Math.min(patience, connectTime),
    quick: quickTime,
    quickLock: quickLockTime,
    statement: statementTime,
    lock: lockTime,
    idleInTransaction: idleTime,
    prepared,
  }
  const { replicaLag = 10_000 } = options
  const replicas = (options.replicas ?? []).map(url => replicaAddressOf(url, address))
  const pools = {
    size: connections,
    queue,
    patience,
    lanes,
    writeLanes,
    ...(replicas.length === 0 ? {} : { positions }),
  }
  return new ServerStore(about, pools, () => reach(address, direct, limits, { addresses: replicas, lag: replicaLag }))
}

const capabilities: Capabilities = Object.freeze({
  ...fullCapabilities,
  // What a list holds takes a subquery, which checks may not have.
  checksLists: false,
  reservedColumns: new Set(['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax']),
  linksAsSet: true,
})
const about = { name: 'postgres', capabilities, emulations: postgresEmulations }

/** Tables are looked for where the primary has them. */
function replicaAddressOf(url: string, primary: ServerAddress): ServerAddress {
  const address = addressOf(url)
  const { schema } = address.parameters
  const { schema: wanted } = primary.parameters
  if (schema !== undefined && schema !== wanted)
    throw refusal('boot.database-address', { problem: `a replica has the schema of its primary, not "${schema}"` })
  return wanted === undefined ? address : { ...address, parameters: { ...address.parameters, schema: wanted } }
}

function addressOf(url: string): ServerAddress {
  const read = readServerAddress(url, postgresAddresses)
  if (!read.ok) throw refusal('boot.database-address', { problem: read.problem })
  return read.address
}

/** Milliseconds until a connection must be made. */
const connectTime = 3000
/** Milliseconds that a quick read or write may hold up the ones behind it. */
const quickTime = 100
/** Milliseconds that a write waits for a lock together with others: shorter than the second after which the server looks for deadlocks. */
const quickLockTime = 50
/** Milliseconds of silence after which the server ends a transaction whose process is gone. */
const idleTime = 30_000

const isolationLevels = {
  default: 'read committed',
  serializable: 'serializable',
  snapshot: 'repeatable read read only',
} as const

const oldest = 130_000

interface Replicas {
  readonly addresses: readonly ServerAddress[]
  readonly lag: number
}

/** Connects for the first time, and looks who answers. */
async function reach(
  address: ServerAddress,
  direct: ServerAddress | null,
  limits: ConnectionLimits,
  replicas: Replicas,
): Promise<ServerDatabase> {
  const pg = await loadPg()
  const first = new PostgresDriver(pg, address, limits, true)
  const { facts, identity } = await withFirstConnection(first, async connection => ({
    facts: await factsOf(connection),
    identity: replicas.addresses.length > 0 ? (await identityOf(connection)).database : null,
  }))
  const told = address.parameters['pgbouncer']
  const pooled = told === undefined ? facts.pooled : told === 'true'
  const schema = address.parameters['schema'] ?? null
  if (facts.version < oldest)
    throw unusable(`it is PostgreSQL ${facts.versionText}, and Plinth needs 13 or newer`, 'Upgrade it.')
  if (facts.encoding !== 'UTF8')
    throw unusable(`its encoding is ${facts.encoding}`, 'Create the database with encoding UTF8.')
  if (!facts.simpleCaseMapping && !facts.icu)
    throw unusable('it has neither ICU nor the collation pg_c_utf8', 'Use a server that was built with ICU.')
  const driver = new PostgresDriver(pg, address, limits, pooled)
  const local = driver.transactionSettings.map(setting => `; set local ${setting}`).join('')
  const copies = replicas.addresses.map(each => replicaOf(pg, each, limits))
  const dialect = postgresDialect({ schema, simpleCaseMapping: facts.simpleCaseMapping })
  return {
    driver,
    direct: direct === null ? null : new PostgresDriver(pg, direct, limits, false),
    dialect,
    emulations: postgresEmulations,
    naming: { table: ({ namespace, table }) => ({ namespace, name: table }), key: keyName },
    transactions: {
      errorsAbort: true,
      ended: null,
      begin: isolation => [`begin isolation level ${isolationLevels[isolation]}${local}`],
    },
    replication: identity === null ? null : replication(copies, identity, replicas.lag),
    keepsSession: !pooled,
    outdated: () => false,
    pipelines: !pooled,
    sharing: pooled ? null : { driver, company: 0 },
    migrationName: 'postgres',
    openMigration: (on, by) => PostgresMigrationSession.open(on, by, schema),
    decode: (cell, decoding) => decode(cell as string | null, decoding),
    explain: async (on, sql, bound) => {
      const { rows } = await on.run({ sql: `explain ${sql}`, name: null }, bound)
      return rows.map(([line]) => String(line)).join('\n')
    },
    compareSchema: (on, graph, learn) => compareSchema(on, graph, dialect, schema, learn),
    applySchema,
    describe: async on => (await import('./describe-database.ts')).describeDatabase(on, schema),
    forget(statement) {
      driver.forget(statement)
      for (const { drivers } of copies) drivers.direct.forget(statement)
    },
    typedSql: async (parts, context) => (await import('./typed-sql.ts')).typedSql(parts, context),
  }
}

function replicaOf(pg: PgDriver, address: ServerAddress, limits: ConnectionLimits): PostgresReplica {
  const { host, port } = address
  const told = address.parameters['pgbouncer']
  return {
    name: host.startsWith('/') ? host : `${host}:${port}`,
    drivers: {
      direct: new PostgresDriver(pg, address, limits, false),
      pooled: new PostgresDriver(pg, address, limits, true),
    },
    pooled: told === undefined ? null : told === 'true',
  }
}

interface Facts {
  readonly version: number
  readonly versionText: string
  readonly encoding: string
  readonly icu: boolean
  readonly simpleCaseMapping: boolean
  readonly pooled: boolean
}

const factsSql = `select current_setting('server_version_num'), current_setting('server_version'), current_setting('server_encoding'),
  exists (select 1 from pg_collation where collname = 'und-x-icu'),
  exists (select 1 from pg_collation where collname = 'pg_c_utf8'), pg_backend_pid()`

async function factsOf(connection: PostgresConnection): Promise<Facts> {
  const { rows } = await connection.run({ sql: factsSql, name: null }, [])
  const [version, versionText, encoding, icu, builtin, process] = rows[0] ?? []
  return {
    version: Number(version),
    versionText: String(versionText),
    encoding: String(encoding),
    icu: icu === 't',
    simpleCaseMapping: builtin === 't',
    // A pooler gives out process ids of its own.
    pooled: connection.processId !== null && Number(process) !== connection.processId,
  }
}
