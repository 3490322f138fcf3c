/** Time and ids that tests decide. */
import { uuidGenerator } from '../lib/index.ts'

/** A clock that stands still until it is told to move. */
export interface TestClock {
  /** Milliseconds of the epoch. */
  now(): number
  /** Moves on by `500`, `'90s'`, `'15m'`, `'2h'` or `'7d'`. */
  advance(by: number | string): void
  /** Stands at another moment. */
  set(to: Date | string): void
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export function testClock(start: Date | string): TestClock {
  let moment = momentOf(start)
  return {
    now: () => moment,
    advance(by) {
      moment += typeof by === 'number' ? by : durationOf(by)
    },
    set(to) {
      moment = momentOf(to)
    },
  }
}

function momentOf(value: Date | string): number {
  const moment = new Date(value).getTime()
  if (Number.isNaN(moment)) throw new TypeError(`"${String(value)}" is no moment`)
  return moment
}

function durationOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  if (match === null) throw new TypeError(`"${text}" is no duration; write 500, '90s', '15m', '2h' or '7d'`)
  return Number(match[1]) * units[match[2] as keyof typeof units]
}

/** Ids that are the same in every run: UUIDs of version 7 of the test's time, with a random part that only looks like one. */
export function testIds(clock: TestClock, seed: number): () => string {
  let state = seed >>> 0
  // mulberry32: small, and good enough to look different.
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return uuidGenerator({ now: clock.now, random })
}
