/**
 * Moves the write-ahead log into the database now and then. Inside a commit that would hold up the event loop, so a thread does the work;
 * what was written meanwhile is little and is moved by the writer itself, because only a log that has been moved completely begins anew.
 */
import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { ReaderPool } from './reader-pool.ts'
import { walBacklog } from './wal-backlog.ts'

const megabyte = 1024 * 1024

/** The log is moved when so many bytes have been written that are not in the database. */
const due = 4 * megabyte

/** Where SQLite does not tell how much that is, a log that has this size is moved after so many commits: the file keeps its size when it begins anew. */
const dueCommits = 64

/**
 * To ask costs as much as a small statement. It is done after a commit that took so many milliseconds, and when commits of the size of those before
 * will have filled half of what may be missing, after so many at least and at most.
 */
const asked = { milliseconds: 3, least: 16, most: 128 }

/** Commits until half of what is still allowed will have been written, as so many have written so many bytes. */
function commitsUnasked(written: number, commits: number): number {
  const half = ((due - written) / 2) * (commits / Math.max(1, written))
  return Math.min(asked.most, Math.max(asked.least, Math.floor(half)))
}

export class Checkpoints {
  readonly #log: string
  readonly #pool: ReaderPool
  readonly #writer: DatabaseSync
  readonly #backlog: (() => number | null) | null
  readonly #moved: () => void
  #running = false
  #commits = 0
  /** The number of commits at which to ask again. */
  #askAt: number = asked.least
  /** Bytes that the last move has left in the log, because somebody still read what was before them; or the size of its file. */
  #left = 0

  /** `moved`: called when much has been written. */
  constructor(file: string, pool: ReaderPool, writer: DatabaseSync, moved: () => void) {
    this.#log = `${file}-wal`
    this.#pool = pool
    this.#writer = writer
    this.#backlog = walBacklog(writer)
    this.#moved = moved
  }

  /** To be called after each commit, with the milliseconds that it took. */
  committed(milliseconds: number): void {
    this.#commits++
    if (this.#running || (this.#commits < this.#askAt && milliseconds < asked.milliseconds)) return
    if (this.#isDue()) void this.#move()
  }

  #isDue(): boolean {
    this.#askAt = this.#commits + asked.least
    if (this.#backlog === null) {
      const size = this.#size()
      return size - this.#left >= due || (this.#commits >= dueCommits && size >= due)
    }
    const backlog = this.#backlog()
    if (backlog === null) return false
    this.#left = Math.min(this.#left, backlog)
    const written = backlog - this.#left
    this.#askAt = this.#commits + commitsUnasked(written, this.#commits)
    return written >= due
  }

  async #move(): Promise<void> {
    this.#running = true
    this.#commits = 0
    this.#askAt = asked.least
    try {
      await this.#pool.run({ kind: 'checkpoint' }, { deadline: Date.now() + 60_000, signal: null })
      if (this.#writer.isOpen && !this.#writer.isTransaction) this.#writer.exec('pragma wal_checkpoint(passive)')
    } catch {
      // It is made up for by a later one, at the latest by the commit that reaches the backstop (see connection.ts).
    } finally {
      this.#left = this.#backlog === null ? this.#size() : (this.#backlog() ?? 0)
      this.#running = false
    }
    this.#moved()
  }

  #size(): number {
    return statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0
  }
}
