/** A transaction of a SQLite store: who sees what it sees, and the turns of what wants its connection. */
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { refusal } from '../../error/index.ts'
import type { TransactionHandle } from '../../query/index.ts'
import type { Eventually } from '../contract/index.ts'
import type { Guard } from './guard.ts'

export interface SnapshotConnection {
  readonly database: DatabaseSync
  readonly guard: Guard
}

/** An open transaction, or one that was. */
export class SqliteTransaction implements TransactionHandle {
  readonly store = 'sqlite'
  remembered: unknown = null
  /** On the clock of `performance.now()`. */
  readonly until: number
  open = true
  /** Savepoints that are open. */
  depth = 0
  /** The connection of a snapshot, which only reads; null: the writer's. */
  readonly snapshot: SnapshotConnection | null
  /** It waits for more than the store. Otherwise it shares its commit, and nothing in it may wait. */
  readonly held: boolean
  /** Whether a thread can read among the changes of this transaction (see `openInsider`). */
  threadsCanRead: boolean
  /**
   * Whether other connections see what this transaction sees: it is held and has not changed anything yet. Nobody else can have either, since it
   * has the writer to itself.
   */
  seenByOthers: boolean
  /** The read that a thread carries out among the changes of this transaction. It never fails. */
  #reading: Promise<void> | null = null
  #end: AbortController | null = null

  constructor(
    limit: number,
    {
      snapshot = null,
      held = false,
      watched = false,
    }: { snapshot?: SnapshotConnection | null; held?: boolean; watched?: boolean } = {},
  ) {
    this.until = performance.now() + limit
    this.snapshot = snapshot
    this.held = held
    this.threadsCanRead = held && watched
    this.seenByOthers = held
  }

  /**
   * Runs `body` as soon as no thread reads among the changes, which is at once but for those that user code starts beside such a read. The
   * thread has the lock of the page cache until its statement ends: who touched the writer's connection meanwhile would hold up the process.
   *
   * Whoever has read goes on first, for as long as that needs nothing but the store. It may be inside of a savepoint: what others changed
   * there would be undone with it.
   */
  whenFree<T>(body: () => Eventually<T>): Eventually<T> {
    return this.#reading === null ? body() : this.#reading.then(() => nextTurn()).then(() => this.whenFree(body))
  }

  /** Has a thread read among the changes. `read` has to end soon after its signal, and must not settle before the thread is done. */
  readOnThread<T>(read: (ended: AbortSignal) => Promise<T>): Promise<T> {
    this.#end ??= new AbortController()
    const reading = read(this.#end.signal)
    const done = (): void => void (this.#reading = null)
    this.#reading = reading.then(done, done)
    return reading
  }

  /** Nothing is taken any more. Null: the connection is free; otherwise it is when the promise is fulfilled. */
  close(): Promise<void> | null {
    this.open = false
    this.#end?.abort(refusal('writes.transaction-over', {}))
    return this.#reading
  }
}
