/**
 * Stops statements from inside: node:sqlite cannot interrupt one, but a function that SQLite calls at every so many rows can throw. It
 * costs 0.07 µs a call; which rows call it says guard-condition.ts.
 */

/** Thrown out of a statement whose time is over. */
export class Overtime extends Error {
  constructor() {
    super('The statement took longer than it may.')
    this.name = 'Overtime'
  }
}

/** Thrown out of a statement that nobody waits for any more. */
export class Cancelled extends Error {
  constructor() {
    super('The statement was cancelled.')
    this.name = 'Cancelled'
  }
}

/** Calls before which time does not count: a thread that had to wait for a processor has not worked for long. */
const grace = 16

export class Guard {
  #allowed = Number.POSITIVE_INFINITY
  #cancelled: (() => boolean) | null = null
  /** When the running statement called for the first time; 0 before that. */
  #began = 0
  #calls = 0

  /** Starts a statement that may take `allowed` milliseconds, counted from its first call. `cancelled` asks whether it is still wanted. */
  start(allowed: number, cancelled: (() => boolean) | null = null): void {
    this.#allowed = allowed
    this.#cancelled = cancelled
    this.#began = 0
    this.#calls = 0
  }

  check(): 1 {
    if (this.#cancelled?.() === true) throw new Cancelled()
    this.#calls++
    // The clock is asked here and not at the start, because most statements are done before their first call.
    if (this.#began === 0) this.#began = performance.now()
    else if (this.#calls > grace && performance.now() - this.#began > this.#allowed) throw new Overtime()
    return 1
  }
}
