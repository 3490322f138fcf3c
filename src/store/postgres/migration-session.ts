/** Migrates a PostgreSQL database. */
import { type ServerConnection, type ServerDriver, ServerMigrationSession } from '../server/index.ts'
import { type ExistingColumn, type ExistingTable, identifier, type TransactionWork } from '../sql/index.ts'
import type { TableName } from '../contract/index.ts'
import { existingTable } from './existing-tables.ts'
import { bareType, collationIn } from './native-form.ts'

/** Milliseconds that a command waits for a lock: everybody who comes after it waits as long. */
const lockWait = 1000
/** The key of the advisory lock: "plinth", in letters of the alphabet, and one for each schema. */
const lockKey = 0x706c6e74
const schemaKey = 'hashtext(current_schema())'

export class PostgresMigrationSession extends ServerMigrationSession {
  readonly #schema: string | null

  private constructor(connection: ServerConnection, driver: ServerDriver, schema: string | null) {
    super(connection, driver)
    this.#schema = schema
  }

  static async open(
    connection: ServerConnection,
    driver: ServerDriver,
    schema: string | null,
  ): Promise<PostgresMigrationSession> {
    await connection.command(`set lock_timeout = ${lockWait}; set statement_timeout = 0`)
    if (schema !== null) {
      await connection.command(`create schema if not exists ${identifier(schema)}`)
      await connection.command(`set search_path = ${identifier(schema)}, public`)
    }
    return new PostgresMigrationSession(connection, driver, schema)
  }

  placeholder(position: number): string {
    return `$${position}`
  }

  protected async tryLock(): Promise<boolean> {
    const [first] = await this.rows(`select pg_try_advisory_lock(${lockKey}, ${schemaKey})`, [])
    return first?.[0] === 't'
  }

  protected async lockHolder(): Promise<string | null> {
    const [holder] = await this.rows(
      `select format('session %s of %s (%s), since %s', a.pid, a.usename, coalesce(a.client_addr::text, 'this machine'), a.backend_start)
      from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.granted and l.classid = ${lockKey} and l.objid = (${schemaKey}::bigint & 4294967295)::oid
      and l.database = (select oid from pg_database where datname = current_database())`,
      [],
    )
    return holder === undefined ? null : String(holder[0])
  }

  table({ namespace, name }: TableName): Promise<ExistingTable | null> {
    return existingTable(this.connection, namespace ?? this.#schema, name)
  }

  override isOfType({ type, collation }: ExistingColumn, wanted: string): boolean {
    return type === bareType(wanted) && (collation ?? 'default') === (collationIn(wanted) ?? 'default')
  }

  override async runAlone(sql: string, patience: number): Promise<void> {
    const { connection } = this
    await connection.command(`set lock_timeout = ${Math.max(1, Math.round(patience))}`)
    try {
      await connection.command(sql)
    } finally {
      if (connection.usable) await connection.command(`set lock_timeout = ${lockWait}`)
    }
  }

  async runNoted(sql: string, note: TransactionWork): Promise<void> {
    const { connection } = this
    await connection.command('begin')
    try {
      await connection.command(sql)
      await connection.run({ sql: note.sql, name: null }, note.bound)
      await connection.command('commit')
    } catch (error) {
      if (connection.usable) await connection.command('rollback')
      throw error
    }
  }

  async holders(name: TableName): Promise<string | null> {
    const rows = await this.rows(
      `select distinct format('session %s of %s (%s, for %s s): %s', a.pid, a.usename, a.state, extract(epoch from now() - a.xact_start)::int, left(a.query, 100))
      from pg_locks l join pg_stat_activity a using (pid)
      where l.relation = to_regclass($1) and l.granted and a.pid <> pg_backend_pid() limit 5`,
      [this.quoted(name)],
    )
    return rows.length === 0 ? null : `It is held by ${rows.map(([line]) => String(line)).join('; ')}.`
  }

  protected quoted({ namespace, name }: TableName): string {
    const schema = namespace ?? this.#schema
    return schema === null ? identifier(name) : `${identifier(schema)}.${identifier(name)}`
  }
}
