/** Migrates a database of MariaDB or MySQL. Each of its commands that change tables commits by itself. */
import { type ServerConnection, type ServerDriver, ServerMigrationSession } from '../server/index.ts'
import { refusal } from '../../error/index.ts'
import { commandsIn, type ExistingTable, flatName, identifier, type TransactionWork } from '../sql/index.ts'
import type { TableName } from '../contract/index.ts'
import { byCopy } from './alterations.ts'
import { existingTable } from './existing-tables.ts'
import { UnreadableColumn } from './column-definition.ts'
import { coordinatesSql, withCoordinates } from './coordinates.ts'
import { editedCommand, keptCommand, saysColumns } from './kept-definition.ts'
import { inMode, isModeSetting } from './session-mode.ts'
import { sessionsOf, sessionText } from './sessions.ts'
import type { Variety } from './variety.ts'

/** Seconds that a command waits for a lock: everybody who comes after it waits as long. */
const lockWait = 1

const lockName = "concat('plinth migrate ', left(sha2(database(), 256), 20))"

/** Sessions that a message names. */
const mostNamed = 5

/** The right PROCESS is missing (ER_SPECIFIC_ACCESS_DENIED_ERROR). */
const isDenied = (error: unknown): boolean => hasNumber(error, 1227)

/**
 * The algorithm or lock that the command names is not to be had (ER_ALTER_OPERATION_NOT_SUPPORTED, … with its reason), or not any more: MySQL
 * counts how often columns came and went at once, and how wide a row may become by it (ER_INNODB_MAX_ROW_VERSION, ER_INNODB_INSTANT_ADD_NOT_SUPPORTED_MAX_SIZE).
 */
const wayRefused: readonly number[] = [1845, 1846, 4092, 4158]

/** The algorithm that a command names at its end, and its lock. */
const namedWay = /,\s*algorithm\s*=\s*(?:instant|nocopy|inplace)(?:\s*,\s*lock\s*=\s*\w+)?(?=\s*(?:;|$))/giu

const changedTable = /^alter table ("(?:[^"]|"")+") /iu

const hasNumber = (error: unknown, number: number): boolean =>
  error instanceof Error && 'errno' in error && error.errno === number

export class MysqlMigrationSession extends ServerMigrationSession {
  readonly #variety: Variety

  private constructor(connection: ServerConnection, driver: ServerDriver, variety: Variety) {
    super(connection, driver)
    this.#variety = variety
  }

  static async open(
    connection: ServerConnection,
    driver: ServerDriver,
    variety: Variety,
  ): Promise<MysqlMigrationSession> {
    await connection.command(
      `set session lock_wait_timeout = ${lockWait}, session innodb_lock_wait_timeout = ${lockWait}`,
    )
    return new MysqlMigrationSession(connection, driver, variety)
  }

  placeholder(): string {
    return '?'
  }

  protected async tryLock(): Promise<boolean> {
    const [first] = await this.rows(`select get_lock(${lockName}, 0)`, [])
    return String(first?.[0]) === '1'
  }

  protected async lockHolder(): Promise<string | null> {
    const [[id] = []] = await this.rows(`select is_used_lock(${lockName})`, [])
    const holder = (await sessionsOf(this.connection)).find(session => session.id === String(id))
    return holder === undefined ? null : sessionText(holder, null)
  }

  table(name: TableName): Promise<ExistingTable | null> {
    return existingTable(this.connection, flatName(name), this.#variety)
  }

  async runNoted(sql: string, note: TransactionWork): Promise<void> {
    const commands = commandsIn(sql)
    const runAll = async (): Promise<void> => {
      for (const command of commands) {
        const [, table] = saysColumns(command) ? (changedTable.exec(command) ?? []) : []
        await this.connection.command(table === undefined ? command : await this.#whole(command, table, keptCommand))
      }
    }
    // A command may be read in a mode of its own; those that come after it are not.
    await (commands.some(isModeSetting) ? inMode(this.connection, null, runAll) : runAll())
    await this.run(note.sql, note.bound)
  }

  /** The columns that are changed are said anew as a whole, with what the database says of them by now. */
  override async runEdits(sql: string, note: TransactionWork, name: TableName): Promise<void> {
    for (const command of commandsIn(sql))
      await this.connection.command(await this.#whole(command, this.quoted(name), editedCommand))
    await this.run(note.sql, note.bound)
  }

  /** The command by what made the table, as the server prints it in the mode of this session. */
  async #whole(command: string, table: string, wholeBy: typeof editedCommand): Promise<string> {
    const name = table.slice(1, -1).replaceAll('""', '"')
    const [[, created] = []] = await this.rows(`show create table ${table}`, [])
    const systems = this.#variety.printsCoordinates
      ? []
      : await this.rows(`${coordinatesSql} and g_table_name = ?`, [name])
    try {
      return wholeBy(command, withCoordinates(String(created), systems))
    } catch (error) {
      if (!(error instanceof UnreadableColumn)) throw error
      throw refusal('migrate.edit-refused', { table: name, reason: error.message })
    }
  }

  override lockingForm(sql: string, error: unknown): string | null {
    if (!wayRefused.some(number => hasNumber(error, number))) return null
    const locking = sql.replaceAll(namedWay, `, ${byCopy.words}`)
    return locking === sql ? null : locking
  }

  /**
   * Which session has locked a table MariaDB does not tell without a plugin, and MySQL not to everybody: those with open transactions are named,
   * or, without the right to see them, the user's own, with what would show the others.
   */
  async holders(): Promise<string | null> {
    const open = await this.#openTransactions()
    const oneOf = (texts: readonly string[]): string => texts.join(', or ')
    if (open !== null)
      return open.length === 0 ? null : `It is held by ${open.length === 1 ? '' : 'one of these: '}${oneOf(open)}.`
    const own = await this.#othersHere()
    const [[account] = []] = await this.rows(
      "select concat(quote(substring_index(current_user(), '@', 1)), '@', quote(substring_index(current_user(), '@', -1)))",
      [],
    )
    const seen = own.length === 0 ? 'no session of this user' : oneOf(own)
    return `${this.#variety.title} does not tell this user who holds it: it may be ${seen}, or a session of another user. An administrator lets open transactions be named by: grant process on *.* to ${String(account)};`
  }

  /** Null where the user may not see those of others. */
  async #openTransactions(): Promise<readonly string[] | null> {
    const asked = `select trx_mysql_thread_id, trx_started from information_schema.innodb_trx where trx_mysql_thread_id <> connection_id() limit ${mostNamed}`
    try {
      const rows = await this.rows(asked, [])
      const sessions = new Map((await sessionsOf(this.connection)).map(session => [session.id, session]))
      return rows.flatMap(([id, since]) => {
        const session = sessions.get(String(id))
        return session === undefined ? [] : [sessionText(session, `in a transaction since ${String(since)}`)]
      })
    } catch (error) {
      if (isDenied(error)) return null
      // MySQL tells of no transaction while the statement of one holds a character of four bytes (ER_CANNOT_CONVERT_STRING).
      if (hasNumber(error, 3854)) return await this.#othersHere()
      throw error
    }
  }

  /** Other sessions in this database that the user may see. */
  async #othersHere(): Promise<readonly string[]> {
    const [[me, database] = []] = await this.rows('select connection_id(), database()', [])
    return (await sessionsOf(this.connection))
      .filter(session => session.database === String(database) && session.id !== String(me))
      .toSorted((one, other) => other.seconds - one.seconds)
      .slice(0, mostNamed)
      .map(session => sessionText(session, `for ${session.seconds} s`))
  }

  protected quoted(name: TableName): string {
    return identifier(flatName(name))
  }
}
