/** Has the statistics of tables gathered, when much has been written or a read has taken long: see statistics.ts. */
import type { WritingOptions } from './connection.ts'
import { ReaderPool } from './reader-pool.ts'

/** Milliseconds until they are asked for again: to find out whether they are due takes a thread. */
const pause = 60_000

/**
 * They rest so many times as long as counting took, also when it came to nothing: SQLite guesses by the shape of a table how many rows it holds, and
 * one that it guesses wrong, or that takes too long, would be counted without end.
 */
const rest = 50

/** Milliseconds that counting may take. */
const longest = 600_000

export class DueStatistics {
  readonly #options: WritingOptions
  /** A thread that is there for it alone: long reads do not wait behind it. */
  #thread: ReaderPool | null = null
  #next = 0
  #closed = false

  constructor(options: WritingOptions) {
    this.#options = options
  }

  consider(): void {
    if (this.#closed || this.#thread !== null || Date.now() < this.#next) return
    void this.#gather(new ReaderPool({ ...this.#options, threads: 1, queue: 1 }))
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#thread?.close()
  }

  async #gather(thread: ReaderPool): Promise<void> {
    this.#thread = thread
    const started = Date.now()
    let after = pause
    try {
      await thread.run({ kind: 'statistics' }, { deadline: Date.now() + longest, signal: null })
    } catch {
      // The database was busy, or has tables that take longer.
      after = 10 * pause
    }
    const ended = Date.now()
    this.#next = ended + Math.max(after, rest * (ended - started))
    // Otherwise the store closes it.
    if (this.#closed) return
    await thread.close()
    this.#thread = null
  }
}
