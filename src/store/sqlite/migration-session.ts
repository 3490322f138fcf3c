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

const lockTable = 'plinth_migration_lock'

/** Milliseconds that one attempt waits for other writers. */
const lockWait = 2000

interface Holder {
  readonly token: string
  readonly host: string
  readonly process: number
  readonly since: string
}

export class SqliteMigrationSession implements MigrationSession {
  readonly #database: DatabaseSync
  readonly #token = randomUUID()
  #locked = false

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(`pragma busy_timeout = ${lockWait}`)
  }

  isOfType({ type }: ExistingColumn, wanted: string): boolean {
    return type === wanted
  }

  placeholder(): string {
    return '?'
  }

  /** A row says who it is: a file has no sessions whose end the database would notice. */
  async lock(): Promise<string | null> {
    const database = this.#database
    database.exec(
      `create table if not exists ${lockTable} (one integer primary key check (one = 1), token text not null, host text not null, process integer not null, since text not null) strict`,
    )
    const holder = (): string | null => {
      const found = database.prepare(`select token, host, process, since from ${lockTable}`).get() as Holder | undefined
      return found !== undefined && isAlive(found)
        ? `process ${found.process} on ${found.host}, since ${found.since}`
        : null
    }
    // Who has it may be writing just now, and is named all the same.
    const first = holder()
    if (first !== null) return first
    return this.#within(() => {
      const found = holder()
      if (found !== null) return found
      database
        .prepare(`replace into ${lockTable} (one, token, host, process, since) values (1, ?, ?, ?, ?)`)
        .run(this.#token, hostname(), process.pid, new Date().toISOString())
      this.#locked = true
      return null
    })
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

  /** Whoever took this one for dead goes on in its place. */
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

/** A process of another machine cannot be asked; after so long it is taken for dead. Every step looks whether it still has the lock. */
const longest = 3_600_000

function isAlive({ host, process: id, since }: Holder): boolean {
  if (host !== hostname()) return Date.now() - Date.parse(since) < longest
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
