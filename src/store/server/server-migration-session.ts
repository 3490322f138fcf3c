/** What the migration sessions of database servers have in common: one connection to the end. */
import type {
  ExistingColumn,
  ExistingTable,
  MigrationSession,
  SessionCell,
  SessionValue,
  TransactionWork,
} from '../sql/index.ts'
import type { TableName } from '../contract/index.ts'
import { pauseBefore } from '../../lib/index.ts'
import type { ServerConnection, ServerDriver } from './connection.ts'
import { endOf } from './within.ts'

/** About a second and a half: for so long a busy server may list a session that has ended, with its lock. */
const mostAttempts = 12

export abstract class ServerMigrationSession implements MigrationSession {
  protected readonly connection: ServerConnection
  readonly #driver: ServerDriver

  constructor(connection: ServerConnection, driver: ServerDriver) {
    this.connection = connection
    this.#driver = driver
  }

  /** A lock of the session; whether it was granted, at once. */
  protected abstract tryLock(): Promise<boolean>
  /** Who has it; null when that session has ended meanwhile. */
  protected abstract lockHolder(): Promise<string | null>
  abstract table(name: TableName): Promise<ExistingTable | null>
  abstract holders(name: TableName): Promise<string | null>
  abstract placeholder(position: number): string
  abstract runNoted(sql: string, note: TransactionWork, rebuilds: TableName | null): Promise<void>
  protected abstract quoted(name: TableName): string

  /** The lock of a session that has just ended, or was killed, is free as soon as the server has noticed. */
  async lock(): Promise<string | null> {
    for (let attempt = 1; ; attempt++) {
      if (await this.tryLock()) return null
      if (attempt > mostAttempts) return (await this.lockHolder()) ?? 'a session that has just ended'
      await pauseBefore(attempt, 20, 200)
    }
  }

  /** The lock ends with the connection, and only with it. */
  async requireLock(): Promise<void> {
    await this.rows('select 1', [])
  }

  isOfType({ type }: ExistingColumn, wanted: string): boolean {
    return type === wanted
  }

  async hasMoreRows(name: TableName, than: number): Promise<boolean> {
    const rows = await this.rows(`select 1 from ${this.quoted(name)} limit 1 offset ${than}`, [])
    return rows.length > 0
  }

  async rows(sql: string, bound: readonly SessionValue[]): Promise<readonly (readonly SessionCell[])[]> {
    return (await this.connection.run({ sql, name: null }, bound)).rows as readonly (readonly SessionCell[])[]
  }

  async run(sql: string, bound: readonly SessionValue[]): Promise<number> {
    return (await this.connection.run({ sql, name: null }, bound)).count
  }

  async runAlone(sql: string, _patience: number): Promise<void> {
    await this.connection.command(sql)
  }

  /** Most servers have commands for all of it. */
  async runEdits(sql: string, note: TransactionWork, _table: TableName): Promise<void> {
    await this.runNoted(sql, note, null)
  }

  lockingForm(_sql: string, _error: unknown): string | null {
    return null
  }

  isLockRefused(error: unknown): boolean {
    const { kind } = this.#driver.failureOf(error)
    // One that was chosen to end a deadlock has had its lock refused too.
    return kind === 'lock' || kind === 'conflict'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endOf(this.connection)
  }
}
