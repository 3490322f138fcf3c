/** Migrates a SQLite file through a connection of its own. */
import { hostname } from 'node:os'
import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import {
  commandsIn,
  type ExistingColumn,
  type ExistingTable,
  flatName,
  identifier,
  type MigrationSession,
  type SessionCell,
  type SessionValue,
  type TransactionWork,
} from '../sql/index.ts'
import type { TableName } from '../contract/index.ts'
import { triggersOf } from './catalogue.ts'
import { tellDuplicates } from './duplicates.ts'
import { isBusy } from './driver-error.ts'
import { remakeTable } from './remake-table.ts'
import { existingTable } from './schema.ts'
import { soleHolder } from './sole-holder.ts'

const lockTable = 'plinth_migration_lock'

/** Milliseconds that one attempt waits for other writers. */
const lockWait = 2000

interface Holder {
  readonly host: string
  readonly process: number
  readonly since: string
}

export class SqliteMigrationSession implements MigrationSession {
  readonly #database: DatabaseSync
  readonly #file: string
  readonly #token = randomUUID()
  #held: Disposable | null = null
  #locked = false

  /** `file`: of the database. */
  constructor(database: DatabaseSync, file: string) {
    this.#database = database
    this.#file = file
    database.exec(`pragma busy_timeout = ${lockWait}`)
  }

  isOfType({ type }: ExistingColumn, wanted: string): boolean {
    return type === wanted
  }

  placeholder(): string {
    return '?'
  }

  /** A row says who it is, for others to name. */
  async lock(): Promise<string | null> {
    const database = this.#database
    database.exec(
      `create table if not exists ${lockTable} (one integer primary key check (one = 1), token text not null, host text not null, process integer not null, since text not null) strict`,
    )
    this.#held = soleHolder(`${this.#file}-migrating`)
    if (this.#held === null) {
      const found = database.prepare(`select host, process, since from ${lockTable}`).get() as Holder | undefined
      return found === undefined ? 'another process' : `process ${found.process} on ${found.host}, since ${found.since}`
    }
    this.#within(() =>
      database
        .prepare(`replace into ${lockTable} (one, token, host, process, since) values (1, ?, ?, ?, ?)`)
        .run(this.#token, hostname(), process.pid, new Date().toISOString()),
    )
    this.#locked = true
    return null
  }

  async requireLock(): Promise<void> {
    this.#requireLock()
  }

  async table(name: TableName): Promise<ExistingTable | null> {
    return existingTable(this.#database, flatName(name), false)
  }

  async hasMoreRows(name: TableName, than: number): Promise<boolean> {
    return (
      this.#database.prepare(`select 1 from ${identifier(flatName(name))} limit 1 offset ${than}`).get() !== undefined
    )
  }

  async rows(sql: string, bound: readonly SessionValue[]): Promise<readonly (readonly SessionCell[])[]> {
    return this.#database
      .prepare(sql)
      .all(...bound)
      .map(row => Object.values(row) as SessionCell[])
  }

  async run(sql: string, bound: readonly SessionValue[]): Promise<number> {
    return this.#within(() => Number(this.#database.prepare(sql).run(...bound).changes))
  }

  async runAlone(sql: string): Promise<void> {
    this.#database.exec(sql)
  }

  async runNoted(sql: string, note: TransactionWork, rebuilds: TableName | null): Promise<void> {
    const database = this.#database
    if (rebuilds === null) return this.#noted(note, () => database.exec(sql))
    this.#whileGone(() =>
      this.#noted(note, () => {
        const triggers = triggersOf(database, rebuilds.name)
        database.exec(sql)
        for (const trigger of triggers) database.exec(trigger.sql)
        this.#checkReferences()
      }),
    )
  }

  async runEdits(sql: string, note: TransactionWork, table: TableName): Promise<void> {
    this.#whileGone(() => this.#noted(note, () => remakeTable(this.#database, flatName(table), commandsIn(sql))))
  }

  #noted(note: TransactionWork, work: () => void): void {
    try {
      this.#within(() => {
        work()
        this.#database.prepare(note.sql).run(...note.bound)
      })
    } catch (error) {
      tellDuplicates(this.#database, error)
      throw error
    }
  }

  /** A table that is made anew is gone for a moment; the pragmas do nothing inside a transaction. Views that name it must not be looked at. */
  #whileGone(work: () => void): void {
    const database = this.#database
    database.exec('pragma foreign_keys = off; pragma legacy_alter_table = on')
    try {
      work()
    } finally {
      database.exec('pragma foreign_keys = on; pragma legacy_alter_table = off')
    }
  }

  lockingForm(): null {
    return null
  }

  isLockRefused(error: unknown): boolean {
    return isBusy(error)
  }

  /** SQLite knows that a file is locked, not by whom. */
  async holders(): Promise<string | null> {
    return null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#locked && !this.#database.isTransaction)
        this.#database.prepare(`delete from ${lockTable} where token = ?`).run(this.#token)
    } finally {
      this.#held?.[Symbol.dispose]()
      this.#database.close()
    }
  }

  #within<T>(work: () => T): T {
    const database = this.#database
    database.exec('begin immediate')
    try {
      if (this.#locked) this.#requireLock()
      const result = work()
      database.exec('commit')
      return result
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      throw error
    }
  }

  /** Who gave the file back may have removed the one that somebody else had opened already: of two, the later goes on. */
  #requireLock(): void {
    const found = this.#database.prepare(`select 1 from ${lockTable} where token = ?`).get(this.#token)
    if (found === undefined) throw new Error('Another process has taken over the migration of this file.')
  }

  #checkReferences(): void {
    const broken = this.#database.prepare('pragma foreign_key_check').get()
    if (broken === undefined) return
    throw new Error(
      `A row of "${String(broken['table'])}" refers to a row of "${String(broken['parent'])}" that does not exist.`,
    )
  }
}
