/** Database servers under these tests, and what is asked of each in its own words. */
import { type QueryExecutorProvider, sql } from 'kysely'
import { mysqlStore, type MysqlStoreOptions } from '../../src/store/mysql/index.ts'
import { postgresStore, type PostgresStoreOptions } from '../../src/store/postgres/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import { administer } from '../services/administration.ts'
import { type ServerName, serversOf } from '../services/index.ts'

export type StoreOptions = Partial<
  Pick<
    PostgresStoreOptions & MysqlStoreOptions,
    'connections' | 'queue' | 'patience' | 'lockTime' | 'statementTime' | 'prepared'
  >
> & {
  /** Of those that have lanes. */
  readonly lanes?: number
}

export interface Engine {
  readonly name: ServerName
  readonly family: 'postgres' | 'mysql'
  store(url: string, options?: StoreOptions): Store
  /** A query that takes so many seconds. */
  sleep(db: QueryExecutorProvider, seconds: number): Promise<unknown>
  /** What each other connection to the database does: nothing (`idle`), an open transaction (`open`), or its statement. */
  sessions(adminUrl: string): Promise<readonly string[]>
}

const postgres = (name: ServerName): Engine => ({
  name,
  family: 'postgres',
  store: (url, options) => postgresStore({ url, ...options }),
  sleep: (db, seconds) => sql`select pg_sleep(${seconds})`.execute(db),
  sessions: adminUrl =>
    administer(
      'postgres',
      adminUrl,
      `select case when state = 'idle' then 'idle' when state like 'idle in transaction%' then 'open' else query end
       from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by 1`,
    ),
})

const mysql = (name: ServerName): Engine => ({
  name,
  family: 'mysql',
  store: (url, { lanes: _, ...options } = {}) => mysqlStore({ url, ...options }),
  sleep: (db, seconds) => sql`select sleep(${seconds})`.execute(db),
  // What InnoDB says of its transactions is as of up to a tenth of a second ago.
  sessions: adminUrl =>
    administer(
      'mysql',
      adminUrl,
      `select case when p.info is not null then p.info when t.trx_id is not null then 'open' else 'idle' end
       from information_schema.processlist p left join information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id
       where p.db = database() and p.id <> connection_id() order by 1`,
    ),
})

/** PostgreSQL behind PgBouncer in transaction mode; what its sessions do is asked of the server itself. */
export const behindPooler = postgres('pgbouncer')

export const engines: readonly Engine[] = [...serversOf('postgres').map(postgres), ...serversOf('mysql').map(mysql)]
