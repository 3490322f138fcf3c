/** Names for statements: one is given when a statement runs for the second time (semantics 14). */
import type { Statement } from './connection.ts'

let count = 0

export class StatementOnce implements Statement {
  readonly sql: string
  name: string | null = null
  #runs = 0

  constructor(sql: string) {
    this.sql = sql
  }

  /** Itself, for the next run. */
  next(): this {
    if (this.#runs < 2 && ++this.#runs === 2) this.name = `plinth_${++count}`
    return this
  }
}
