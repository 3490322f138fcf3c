/** Migrates a MariaDB database. Each of its commands that change tables commits by itself. */
import { type ServerConnection, type ServerDriver, ServerMigrationSession } from '../server/index.ts'
import { commandsIn, type ExistingTable, type TableName, type TransactionWork } from '../sql/index.ts'
import { identifier } from './encode.ts'
import { existingTable } from './existing-tables.ts'

/** Seconds that a command waits for a lock: everybody who comes after it waits as long. */
const lockWait = 1

/** MariaDB's databases are no namespaces of one: they are a part of the name. */
const physicalName = ({ namespace, name }: TableName): string => (namespace === null ? name : `${namespace}_${name}`)

const lockName = "concat('plinth migrate ', left(sha1(database()), 20))"

/** The right PROCESS is missing (ER_SPECIFIC_ACCESS_DENIED_ERROR). */
const isDenied = (error: unknown): boolean => error instanceof Error && 'errno' in error && error.errno === 1227

export class MysqlMigrationSession extends ServerMigrationSession {
  static async open(connection: ServerConnection, driver: ServerDriver): Promise<MysqlMigrationSession> {
    await connection.command(
      `set session lock_wait_timeout = ${lockWait}, session innodb_lock_wait_timeout = ${lockWait}, session max_statement_time = 0`,
    )
    return new MysqlMigrationSession(connection, driver)
  }

  placeholder(): string {
    return '?'
  }

  protected async tryLock(): Promise<boolean> {
    const [first] = await this.rows(`select get_lock(${lockName}, 0)`, [])
    return String(first?.[0]) === '1'
  }

  protected async lockHolder(): Promise<string | null> {
    const [holder] = await this.rows(
      `select concat('session ', id, ' of ', user, ' at ', host) from information_schema.processlist where id = is_used_lock(${lockName})`,
      [],
    )
    return holder === undefined ? null : String(holder[0])
  }

  table(name: TableName): Promise<ExistingTable | null> {
    return existingTable(this.connection, physicalName(name))
  }

  async runNoted(sql: string, note: TransactionWork): Promise<void> {
    for (const command of commandsIn(sql)) await this.connection.command(command)
    await this.run(note.sql, note.bound)
  }

  /**
   * Which session has locked a table MariaDB does not tell without a plugin: those with open transactions are named, or, without the right to
   * see them, the user's own, with what would show the others.
   */
  async holders(): Promise<string | null> {
    const session =
      "concat('session ', p.id, ' of ', p.user, ' at ', p.host, ' (', %s, '): ', left(ifnull(p.info, p.command), 100))"
    const since = "'in a transaction since ', t.trx_started"
    const open = await this.rows(
      `select ${session.replace('%s', since)} from information_schema.innodb_trx t
      join information_schema.processlist p on p.id = t.trx_mysql_thread_id where p.id <> connection_id() limit 5`,
      [],
    ).catch((error: unknown) => {
      if (isDenied(error)) return null
      throw error
    })
    const oneOf = (rows: readonly (readonly unknown[])[]): string => rows.map(([line]) => String(line)).join(', or ')
    if (open !== null)
      return open.length === 0 ? null : `It is held by ${open.length === 1 ? '' : 'one of these: '}${oneOf(open)}.`
    const own = await this.rows(
      `select ${session.replace('%s', "'for ', p.time, ' s'")} from information_schema.processlist p
      where p.db = database() and p.id <> connection_id() order by p.time desc limit 5`,
      [],
    )
    const [[account] = []] = await this.rows(
      "select concat(quote(substring_index(current_user(), '@', 1)), '@', quote(substring_index(current_user(), '@', -1)))",
      [],
    )
    const seen = own.length === 0 ? 'no session of this user' : oneOf(own)
    return `MariaDB does not tell this user who holds it: it may be ${seen}, or a session of another user. An administrator lets open transactions be named by: grant process on *.* to ${String(account)};`
  }

  protected quoted(name: TableName): string {
    return identifier(physicalName(name))
  }
}
