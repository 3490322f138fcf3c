/** UUIDs of version 7 (RFC 9562), strictly increasing within one generator. */
import { randomFillSync } from 'node:crypto'

export interface UuidSource {
  /** Milliseconds since 1970; defaults to the system clock. */
  readonly now?: () => number
  /** An integer from 0 to 2^32 - 1; defaults to the operating system's randomness. */
  readonly random?: () => number
}

const pool = new Uint32Array(256)
let used = pool.length

function systemRandom(): number {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const value = pool[used] ?? 0
  pool[used++] = 0
  return value
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/**
 * Makes a generator. Within one millisecond, and when the clock runs backwards, the random part counts up (RFC 9562 section 6.2,
 * method 2), so that ids made one after the other also sort one after the other.
 */
export function uuidGenerator(source: UuidSource = {}): () => string {
  const now = source.now ?? Date.now
  const random = source.random ?? systemRandom
  let time = -1
  /** Of the time: many ids are made within a millisecond. */
  let clock = ''
  let high = 0 // 12 bits
  let middle = 0 // 30 bits
  let low = 0 // 32 bits

  return () => {
    const moment = Math.floor(now())
    if (moment > time) {
      time = moment
      const digits = hex(time, 12)
      clock = `${digits.slice(0, 8)}-${digits.slice(8)}`
      high = random() & 0x7ff // its top bit is left free for counting: more than 2^60 ids fit behind any start
      middle = random() & 0x3fffffff
      low = random() >>> 0
    } else {
      // The step is random too, so that an id does not give away the next one.
      low += 1 + (random() & 0xffffff)
      if (low > 0xffffffff) {
        low -= 0x100000000
        middle += 1
      }
      if (middle > 0x3fffffff) {
        middle = 0
        high += 1
      }
    }
    const tail = hex(0x80000000 + middle, 8)
    return `${clock}-7${hex(high, 3)}-${tail.slice(0, 4)}-${tail.slice(4)}${hex(low, 8)}`
  }
}

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The lower-case form of a UUID of any version, or undefined when the text is none. */
export function canonicalUuid(text: string): string | undefined {
  return form.test(text) ? text.toLowerCase() : undefined
}
