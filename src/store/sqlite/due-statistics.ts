/** Has the statistics of tables gathered, when much has been written or a read has taken long: see statistics.ts. */
import { ReaderPool, type ReaderPoolOptions } from './reader-pool.ts'

/** Milliseconds until they are asked for again: to find out whether they are due takes a thread. */
const pause = 60_000

/** Milliseconds that counting may take. */
const longest = 600_000

export class DueStatistics {
  readonly #options: Pick<ReaderPoolOptions, 'file' | 'cache'>
  /** A thread that is there for it alone: long reads do not wait behind it. */
  #thread: ReaderPool | null = null
  #next = 0
  #closed = false

  constructor(options: Pick<ReaderPoolOptions, 'file' | 'cache'>) {
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
    let after = pause
    try {
      await thread.run({ kind: 'statistics' }, { deadline: Date.now() + longest, signal: null })
    } catch {
      // The database was busy, or has tables that take longer.
      after = 10 * pause
    }
    this.#next = Date.now() + after
    // Otherwise the store closes it.
    if (this.#closed) return
    await thread.close()
    this.#thread = null
  }
}
