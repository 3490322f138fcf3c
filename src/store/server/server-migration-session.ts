/** What the migration sessions of database servers have in common: one connection to the end. */
import type {
  ExistingTable,
  MigrationSession,
  SessionCell,
  SessionValue,
  TableName,
  TransactionWork,
} from '../sql/index.ts'
import type { ServerConnection, ServerDriver } from './connection.ts'
import { endOf } from './within.ts'

export abstract class ServerMigrationSession implements MigrationSession {
  protected readonly connection: ServerConnection
  readonly #driver: ServerDriver

  constructor(connection: ServerConnection, driver: ServerDriver) {
    this.connection = connection
    this.#driver = driver
  }

  abstract lock(): Promise<string | null>
  abstract table(name: TableName): Promise<ExistingTable | null>
  abstract holders(name: TableName): Promise<string | null>
  abstract placeholder(position: number): string
  abstract runNoted(sql: string, note: TransactionWork, rebuilds: TableName | null): Promise<void>
  protected abstract quoted(name: TableName): string

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

  isLockRefused(error: unknown): boolean {
    const { kind } = this.#driver.failureOf(error)
    // One that was chosen to end a deadlock has had its lock refused too.
    return kind === 'lock' || kind === 'conflict'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endOf(this.connection)
  }
}
