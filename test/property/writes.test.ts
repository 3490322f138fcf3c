/**
 * Random writes in random applications: every store has to do what the oracle does, and nothing else. `PLINTH_TEST_LONG` tries more worlds on all
 * stores, `PLINTH_TEST_SEED` begins elsewhere.
 */
import { afterAll, describe, expect, test } from 'vitest'
import type { WriteOutcome } from '../oracle/index.ts'
import { continuousWrites, examineWrites, longWrites } from './examine-writes.ts'
import { storesUnderTest } from './stores.ts'

const long = process.env['PLINTH_TEST_LONG'] !== undefined
const firstSeed = Number(process.env['PLINTH_TEST_SEED'] ?? 1)
const budget = long ? longWrites : continuousWrites
const seeds = Array.from({ length: budget.worlds }, (_, index) => firstSeed + index)

/** What a write means does not depend on the store, and servers carry it out more slowly: they are for the long run. */
const stores = storesUnderTest.filter(({ name }) => long || name === 'memory' || name === 'sqlite')

const counts: Record<WriteOutcome['kind'], number> = { done: 0, refused: 0, undecided: 0 }
const reasons = new Map<string, number>()

afterAll(async () => {
  for (const { end } of storesUnderTest) await end?.()
  const why = [...reasons].toSorted(([, one], [, other]) => other - one).map(([reason, count]) => `${count} ${reason}`)
  process.stdout.write(
    `\nwrites, ${budget.worlds} worlds from seed ${firstSeed}: ${counts.done} done, ${counts.refused} refused, ` +
      `${counts.undecided} undecided (${why.join('; ')})\n`,
  )
  // An oracle that decides little finds little.
  expect(counts.undecided).toBeLessThan(counts.done)
})

describe.each(stores)('$name does what the oracle does', under => {
  test.each(seeds)('world %i', { timeout: 120_000 }, seed =>
    examineWrites(seed, under, budget.writes, ({ expected, code, wanted, found, answers, untold }, request, by) => {
      counts[expected.kind]++
      if (expected.kind === 'undecided') reasons.set(expected.why, (reasons.get(expected.why) ?? 0) + 1)
      else {
        const told = JSON.stringify({ request, by, why: expected.kind === 'refused' ? expected.why : null, code })
        expect(code === null ? 'done' : 'refused', told).toBe(expected.kind)
      }
      expect(found, JSON.stringify({ request, by })).toEqual(wanted)
      if (answers !== null) expect(answers.found, JSON.stringify({ request, by })).toEqual(answers.wanted)
      expect(untold, JSON.stringify({ request, by })).toEqual([])
    }),
  )
})
