/** A connection that migrates: the runner's only way to the database. */
import type { TableName } from '../../contract/index.ts'
import type { ExistingColumn, ExistingTable } from '../schema-dialect.ts'

/** As text: every driver binds it, and every database makes a number of it where a column is one. */
export type SessionValue = string

/** As drivers hand it over. */
export type SessionCell = string | number | bigint | null

export interface TransactionWork {
  readonly sql: string
  readonly bound: readonly SessionValue[]
}

export interface MigrationSession extends AsyncDisposable {
  /** Asks to be the only one that migrates this database; it is until the session ends. Null: granted; else who is. */
  lock(): Promise<string | null>
  /** Fails when it is not the only one any more. */
  requireLock(): Promise<void>
  table(name: TableName): Promise<ExistingTable | null>
  /** Whether the column is of that type, as a step that gives it one writes it. */
  isOfType(column: ExistingColumn, type: string): boolean
  /** Whether the table has more rows than this. */
  hasMoreRows(name: TableName, than: number): Promise<boolean>
  rows(sql: string, bound: readonly SessionValue[]): Promise<readonly (readonly SessionCell[])[]>
  /** Runs one command and tells how many rows it touched. */
  run(sql: string, bound: readonly SessionValue[]): Promise<number>
  /** Runs a command behind which nobody waits; it may itself wait so many milliseconds for locks. */
  runAlone(sql: string, patience: number): Promise<void>
  /**
   * Runs the command and then the note about it: both or neither where the database can take commands that change tables back. `rebuilds`:
   * the command makes this table anew.
   */
  runNoted(sql: string, note: TransactionWork, rebuilds: TableName | null): Promise<void>
  /**
   * Changes a table by what no single command of the database does and leaves the rest as it is: the text that made it is changed, and the table
   * made anew by that, or the column. Then the note, as above.
   */
  runEdits(sql: string, note: TransactionWork, table: TableName): Promise<void>
  /** A mark for a value in a command: `$1`. */
  placeholder(position: number): string
  /**
   * Where the error says that the server does not carry the command out as quickly as the command wants, for how this table is kept: the command as
   * it is always carried out, while nobody writes. Null for any other error.
   */
  lockingForm(sql: string, error: unknown): string | null
  /** Whether the error says that a lock was not granted in time. */
  isLockRefused(error: unknown): boolean
  /** Who has locks on the table, or may have, in a sentence; null where the database knows of nobody. */
  holders(name: TableName): Promise<string | null>
}
