import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

/** Milliseconds. */
const slow = 60

test('a read begins alone unless one key bounds it, and is shared after it was quick there', () => {
  expect(new Pace(true).isQuick).toBe(true)
  const pace = new Pace(false)
  expect(pace.isQuick).toBe(false)
  pace.ranAlone(1)
  pace.ranAlone(slow)
  pace.ranAlone(1)
  expect(pace.isQuick).toBe(false)
  pace.ranAlone(1)
  expect(pace.isQuick).toBe(true)
})

test('a machine that is out of breath now and then sends no quick read away', () => {
  const pace = new Pace(true)
  for (let run = 1; run <= 20_000; run++) pace.ranShared(run % 150 < 1 ? slow : 1)
  expect(pace.isQuick).toBe(true)
})

test('a read that is slow for every twentieth value leaves, and so does one that is always slow', () => {
  const often = new Pace(true)
  let runs = 0
  while (often.isQuick && runs < 1000) often.ranShared(++runs % 20 < 1 ? slow : 1)
  expect(runs).toBeLessThan(100)
  const always = new Pace(true)
  for (let run = 0; run < 3; run++) always.ranShared(slow)
  expect(always.isQuick).toBe(false)
})

test('what the server had to stop leaves at once', () => {
  const pace = new Pace(true)
  pace.overran()
  expect(pace.isQuick).toBe(false)
})
