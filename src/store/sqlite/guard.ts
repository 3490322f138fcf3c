/**
 * Stops statements from inside: node:sqlite cannot interrupt one, but a function that SQLite calls at every so many rows can throw. It
 * costs 0.07 µs a call, or 0.01 µs a row when only one row in 64 calls it.
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

export class Guard {
  /** When the running statement has to be done, on the clock of `performance.now()`. */
  until = Number.POSITIVE_INFINITY
  /** Asks from outside whether the running statement is still wanted. */
  cancelled: (() => boolean) | null = null
  #calls = 0

  check(): 1 {
    if (performance.now() > this.until) throw new Overtime()
    if (this.cancelled?.() === true) throw new Cancelled()
    return 1
  }

  /** For calls at every row: looks at the clock at one in 64. */
  checkSometimes(): 1 {
    this.#calls = (this.#calls + 1) & 63
    return this.#calls === 0 ? this.check() : 1
  }
}
