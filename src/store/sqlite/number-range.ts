/**
 * Numbers that a statement has calculated, if they are within their range. SQLite makes a float of an integer that runs over, and Infinity of
 * a float; only its sum() refuses.
 */
import type { SQLInputValue } from 'node:sqlite'

const primaryCode = 1
const words = 'integer overflow'

/** In SQLite's own words, so that both are known by the same, also when they come from a thread. */
class Overflow extends Error {
  readonly errcode = primaryCode

  constructor() {
    super(words)
    this.name = 'Overflow'
  }
}

export const isOverflow = (code: number, error: unknown): boolean =>
  code === primaryCode && error instanceof Error && error.message === words

/** A whole number that is neither greater than the limit nor less than its opposite. */
export function within(number: SQLInputValue, limit: SQLInputValue): SQLInputValue {
  if (number === null) return null
  if (typeof number !== 'bigint' || typeof limit !== 'bigint' || number > limit || number < -limit) throw new Overflow()
  return number
}

/** A sum that was made in two halves: of what lies above the last 32 bits of each number, and of these. */
export function total(above: SQLInputValue, below: SQLInputValue): SQLInputValue {
  if (typeof above !== 'bigint' || typeof below !== 'bigint') return null
  const sum = above * 2n ** 32n + below
  if (sum !== BigInt.asIntN(64, sum)) throw new Overflow()
  return sum
}

export function finite(number: SQLInputValue): SQLInputValue {
  if (typeof number === 'number' && !Number.isFinite(number)) throw new Overflow()
  return number
}
