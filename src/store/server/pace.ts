/**
 * Whether a read is quick enough to share a connection with others. What it costs is not guessed from its form but tried: it begins on a
 * connection of its own, moves to a shared one after it was quick there, and leaves it for a while, longer each time, when it was not.
 * A read of one row by a unique key begins as a quick one.
 */

/** Milliseconds. */
const quick = 20
const slow = 50
const shortestPenalty = 1000
const longestPenalty = 60_000

const neededRuns = 2
const forgivenAfter = 1000
/**
 * A machine that is out of breath makes every read slow now and then: one slow run says nothing. Each counts 1 and is worn off by so many quick
 * ones; a read leaves when more than one run in a hundred is slow.
 */
const wornOffBy = 100
const mostSlowRuns = 3

export class Pace {
  #neededRuns: number
  #penalty = 0
  #slowUntil = 0
  #quickRuns = 0
  #slowRuns = 0

  constructor(bounded: boolean) {
    this.#neededRuns = bounded ? 0 : neededRuns
  }

  get isQuick(): boolean {
    if (this.#neededRuns > 0) return false
    return this.#slowUntil === 0 || performance.now() >= this.#slowUntil
  }

  /** It ran by itself. */
  ranAlone(milliseconds: number): void {
    if (this.#neededRuns > 0) this.#neededRuns = milliseconds < quick ? this.#neededRuns - 1 : neededRuns
  }

  /** It ran between others, and kept them waiting for so long. */
  ranShared(milliseconds: number): void {
    if (milliseconds > slow) {
      if (++this.#slowRuns >= mostSlowRuns) this.overran()
      return
    }
    if (this.#slowRuns > 0) this.#slowRuns = Math.max(0, this.#slowRuns - 1 / wornOffBy)
    if (this.#penalty > 0 && ++this.#quickRuns > forgivenAfter) this.#penalty = 0
  }

  /** The server stopped it, or it was slow too often. */
  overran(): void {
    this.#penalty = Math.min(longestPenalty, Math.max(shortestPenalty, this.#penalty * 4))
    this.#slowUntil = performance.now() + this.#penalty
    this.#quickRuns = 0
    this.#slowRuns = 0
  }
}
