/**
 * Moves the write-ahead log into the database now and then. Inside a commit that would hold up the event loop, so a thread does the work;
 * what was written meanwhile is little and is moved by the writer itself, because only a log that has been moved completely begins anew.
 */
import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { ReaderPool } from './reader-pool.ts'

const megabyte = 1024 * 1024

/** The log is moved when it has grown by `growth` bytes, or holds as many and has seen `commits` since the last time. */
const due = { growth: 4 * megabyte, commits: 64 }

/** How large the log is costs as much as a small statement to ask: it is asked after so many commits, and after one that took so many milliseconds. */
const asked = { commits: 16, milliseconds: 3 }

export class Checkpoints {
  readonly #log: string
  readonly #pool: ReaderPool
  readonly #writer: DatabaseSync
  #running = false
  #commits = 0
  #sizeBefore = 0

  constructor(file: string, pool: ReaderPool, writer: DatabaseSync) {
    this.#log = `${file}-wal`
    this.#pool = pool
    this.#writer = writer
  }

  /** To be called after each commit, with the milliseconds that it took. */
  committed(milliseconds: number): void {
    this.#commits++
    if (this.#running || (this.#commits % asked.commits !== 0 && milliseconds < asked.milliseconds)) return
    const size = this.#size()
    const grown = size - this.#sizeBefore >= due.growth
    if (grown || (this.#commits >= due.commits && size >= due.growth)) void this.#move()
  }

  async #move(): Promise<void> {
    this.#running = true
    this.#commits = 0
    try {
      await this.#pool.run({ kind: 'checkpoint' }, { deadline: Date.now() + 60_000, signal: null })
      if (this.#writer.isOpen && !this.#writer.isTransaction) this.#writer.exec('pragma wal_checkpoint(passive)')
    } catch {
      // It is made up for by a later one, at the latest by the commit that reaches the backstop (see connection.ts).
    } finally {
      this.#sizeBefore = this.#size()
      this.#running = false
    }
  }

  /** The file keeps its size when the log begins anew. */
  #size(): number {
    return statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0
  }
}
