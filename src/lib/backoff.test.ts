import { expect, test } from 'vitest'
import { backoff } from './backoff.ts'

test('grows to its bound, and half of it is chance', () => {
  for (const [attempt, most] of [
    [1, 10],
    [2, 20],
    [3, 40],
    [9, 100],
    [60, 100],
  ] as const) {
    const pauses = Array.from({ length: 200 }, () => backoff(attempt, 10, 100))
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(most / 2)
      expect(pause).toBeLessThanOrEqual(most)
    }
    expect(new Set(pauses).size).toBeGreaterThan(100)
  }
})
