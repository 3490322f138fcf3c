/** Database servers under these tests, and what is asked of each in its own words. */
import { setTimeout } from 'node:timers/promises'
import { type QueryExecutorProvider, sql } from 'kysely'
import { mysqlStore, type MysqlStoreOptions } from '../../src/store/mysql/index.ts'
import { postgresStore, type PostgresStoreOptions } from '../../src/store/postgres/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import { administer } from '../services/administration.ts'
import { type ServerName, serversOf } from '../services/index.ts'

export type StoreOptions = Partial<
  Pick<
    PostgresStoreOptions & MysqlStoreOptions,
    'connections' | 'lanes' | 'writeLanes' | 'queue' | 'patience' | 'lockTime' | 'statementTime' | 'prepared'
  >
>

export interface Engine {
  readonly name: ServerName
  readonly family: 'postgres' | 'mysql'
  store(url: string, options?: StoreOptions): Store
  /** Sets a limit of the session for the time of its statements that nothing would keep to. */
  readonly noTime: string
  /** Settings of a server that offers no TLS. */
  readonly withoutTls: Readonly<Record<string, string>>
  /** A query that takes so many seconds. */
  sleep(db: QueryExecutorProvider, seconds: number): Promise<unknown>
  /** What each other connection to the database does: nothing (`idle`), an open transaction (`open`), or its statement. */
  sessions(adminUrl: string): Promise<readonly string[]>
  /** How many transactions on the database wait for a lock. */
  waiting(adminUrl: string): Promise<number>
}

const postgres = (name: ServerName): Engine => ({
  name,
  family: 'postgres',
  noTime: "set statement_timeout = '1ms'",
  withoutTls: { ssl: 'off' },
  store: (url, options) => postgresStore({ url, ...options }),
  sleep: (db, seconds) => sql`select pg_sleep(${seconds})`.execute(db),
  sessions: adminUrl =>
    administer(
      'postgres',
      adminUrl,
      `select case when state = 'idle' then 'idle' when state like 'idle in transaction%' then 'open' else query end
       from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by 1`,
    ),
  waiting: async adminUrl => {
    const waiting = "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    return Number(await administer('postgres', adminUrl, `select count(*) ${waiting}`))
  },
})

/** InnoDB takes a new picture of its transactions only when nobody has looked at the last one for a tenth of a second. */
async function ofTransactions(adminUrl: string, statement: string): Promise<readonly string[]> {
  await setTimeout(110)
  return administer('mysql', adminUrl, statement)
}

const mysql = (name: ServerName): Engine => ({
  name,
  family: 'mysql',
  noTime: name.startsWith('mysql') ? 'set session max_execution_time = 1' : 'set session max_statement_time = 0.001',
  withoutTls: name.startsWith('mysql') ? { 'tls-version': '' } : { 'skip-ssl': '1' },
  store: (url, options) => mysqlStore({ url, ...options }),
  // Where a query does nothing but sleep, MySQL takes the order to stop for the end of the sleep.
  sleep: (db, seconds) => sql`select 1 from (select 1 as one) alone where sleep(${seconds}) > one`.execute(db),
  sessions: adminUrl =>
    ofTransactions(
      adminUrl,
      `select case when p.info is not null then p.info when t.trx_id is not null then 'open' else 'idle' end
       from information_schema.processlist p left join information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id
       where p.db = database() and p.id <> connection_id() order by 1`,
    ),
  waiting: async adminUrl => {
    const waiting = `from information_schema.innodb_trx t join information_schema.processlist p on p.id = t.trx_mysql_thread_id
      where p.db = database() and t.trx_state = 'LOCK WAIT'`
    return Number(await ofTransactions(adminUrl, `select count(*) ${waiting}`))
  },
})

/** PostgreSQL behind PgBouncer in transaction mode; what its sessions do is asked of the server itself. */
export const behindPooler = postgres('pgbouncer')

/** The older PostgreSQL with `PLINTH_TEST_LONG`: its driver is the same. */
export const engines: readonly Engine[] = [
  ...serversOf('postgres')
    .filter(name => name !== 'postgres-15' || process.env['PLINTH_TEST_LONG'] !== undefined)
    .map(postgres),
  ...serversOf('mysql').map(mysql),
]

/** Where what is tried takes long and MySQL does nothing else than MariaDB: it is tried there with `PLINTH_TEST_LONG`. */
export const fewerEngines = engines.filter(
  ({ name }) => name !== 'mysql-9.7' || process.env['PLINTH_TEST_LONG'] !== undefined,
)
