/**
 * Streaming replication (postgresql.org/docs/current/warm-standby.html). A position is a place in the write-ahead log as 16 hexadecimal
 * digits, behind the first digits of what tells this database from all others, so that positions compare as texts.
 */
import { refusal } from '../../error/index.ts'
import { type ReachedReplica, type ReplicaAddress, type Replication, StatementOnce } from '../server/index.ts'
import type { PostgresConnection } from './connection.ts'
import type { PostgresDriver } from './postgres-driver.ts'

export interface PostgresReplica {
  readonly name: string
  /** For sessions of its own, and behind a pooler in transaction mode. */
  readonly drivers: { readonly direct: PostgresDriver; readonly pooled: PostgresDriver }
  /** What its URL says of a pooler; null: it is found out. */
  readonly pooled: boolean | null
}

/** `database`: the identity of the primary's database, see `identityOf`. */
export function replication(replicas: readonly PostgresReplica[], database: string, maximumLag: number): Replication {
  const tag = tagOf(database)
  return {
    ...positions,
    replicas: replicas.map(replica => addressOf(replica, database)),
    maximumLag,
    async current(primary) {
      const { rows } = await primary.run(currentStatement.next(), [])
      return positionOf(tag, rows[0]?.[0])
    },
    async replayed(replica) {
      const { rows } = await replica.run(replayedStatement, [])
      const [lsn = null] = rows[0] ?? []
      return lsn === null ? null : positionOf(tag, lsn)
    },
    includes: (position, after) => isPosition(after) && after.startsWith(tag) && after <= position,
  }
}

export const positions = Object.freeze({
  latest(one: string, other: string): string {
    if (!isPosition(one)) return one
    if (!isPosition(other)) return other
    // Of another database, which this one has replaced: nothing is known of what was seen there.
    if (one.slice(0, tagLength) !== other.slice(0, tagLength)) return unknown
    return one < other ? other : one
  },
})

const unknown = 'latest'

const tagLength = 8
const isPosition = (text: string): boolean => text.length === 25 && /^[0-9a-z]{8}-[0-9a-f]{16}$/.test(text)

/** `16/B374D848`: two halves in hexadecimal digits. */
function positionOf(tag: string, lsn: unknown): string {
  const [high = '', low = ''] = String(lsn).split('/')
  return `${tag}-${high.toLowerCase().padStart(8, '0')}${low.toLowerCase().padStart(8, '0')}`
}

/**
 * What a commit waited for is in the flushed part of the log, and so on its way to the replicas. A session that does not wait for the disk
 * has to look at what is written into memory.
 */
const currentStatement = new StatementOnce(
  `select case current_setting('synchronous_commit') when 'off' then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end`,
)
/** Nothing of a server that has been promoted, or never followed one. */
const replayedStatement = { sql: 'select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() end', name: null }

const identitySql = `select (select system_identifier from pg_control_system()) || '.' || oid, pg_backend_pid()
  from pg_database where datname = current_database()`

/** The cluster's identifier, which its copies share, and the database in it. */
export async function identityOf(
  connection: PostgresConnection,
): Promise<{ readonly database: string; readonly pooled: boolean }> {
  const { rows } = await connection.run({ sql: identitySql, name: null }, [])
  const [database, process] = rows[0] ?? []
  // A pooler gives out process ids of its own.
  return {
    database: String(database),
    pooled: connection.processId !== null && Number(process) !== connection.processId,
  }
}

function addressOf({ name, drivers, pooled }: PostgresReplica, database: string): ReplicaAddress {
  return {
    name,
    async reach(): Promise<ReachedReplica> {
      const monitor = await connect(name, drivers.pooled)
      try {
        const found = await identityOf(monitor)
        if (found.database !== database) throw unusable(name, 'it is no copy of the database that DATABASE_URL names')
        const isPooled = pooled ?? found.pooled
        return { driver: isPooled ? drivers.pooled : drivers.direct, pipelines: !isPooled, monitor }
      } catch (error) {
        monitor.destroy()
        throw error
      }
    },
  }
}

async function connect(name: string, driver: PostgresDriver): Promise<PostgresConnection> {
  try {
    return await driver.connect('work')
  } catch (error) {
    const failure = driver.failureOf(error)
    throw failure.kind === 'misconfigured' ? unusable(name, String(failure.error.parameters['reason']), error) : error
  }
}

const unusable = (replica: string, problem: string, cause?: unknown): Error =>
  refusal('boot.replica-unusable', { replica, problem }, cause instanceof Error ? { cause } : {})

/** Enough to tell two databases apart by accident; it is no secret and protects nothing. */
function tagOf(database: string): string {
  let hash = 0n
  for (const character of database) hash = (hash * 1_000_003n + BigInt(character.codePointAt(0) ?? 0)) % 36n ** 8n
  return hash.toString(36).padStart(tagLength, '0')
}
