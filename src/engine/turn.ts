/**
 * The order of what user code does in one transaction. A transaction does one thing at a time: every write has a savepoint, and savepoints only
 * nest. So a write that is started beside something else, as by `Promise.all`, waits until that has ended; reads go on beside each other. What
 * is started by a thing itself, in a hook, is a part of it, and waits for its like alone.
 */
import type { TransactionHandle } from '../query/index.ts'

type Work<T> = (inside: Turn) => Promise<T>

/** One thing that a transaction does, or the transaction as a whole. */
export class Turn {
  readonly of: TransactionHandle
  /** What is started from now on is no part of it. */
  over = false
  /** The last write that was started inside. It never fails. */
  #write: Promise<void> | null = null
  /** The reads that were started behind that write and go on. They never fail. */
  readonly #reads = new Set<Promise<void>>()

  constructor(of: TransactionHandle) {
    this.of = of
  }

  /** Runs a read as soon as the writes that were started before it have ended. */
  read<T>(work: Work<T>): Promise<T> {
    const reading = this.#write === null ? this.#run(work) : this.#write.then(() => this.#run(work))
    const ended = ending(reading)
    this.#reads.add(ended)
    void ended.then(() => this.#reads.delete(ended))
    return reading
  }

  /** Runs a write as soon as all that was started before it has ended. */
  write<T>(work: Work<T>): Promise<T> {
    const before = this.#reads.size === 0 ? this.#write : Promise.all([this.#write, ...this.#reads])
    const writing = before === null ? this.#run(work) : before.then(() => this.#run(work))
    const ended = ending(writing)
    this.#write = ended
    void ended.then(() => {
      if (this.#write === ended) this.#write = null
    })
    return writing
  }

  async #run<T>(work: Work<T>): Promise<T> {
    const inside = new Turn(this.of)
    try {
      return await work(inside)
    } finally {
      inside.over = true
    }
  }
}

const ending = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => undefined,
    () => undefined,
  )
