/**
 * Random models, rules, rows and requests: every store has to answer what the oracle answers. `PLINTH_TEST_LONG` tries more worlds,
 * `PLINTH_TEST_SEED` begins elsewhere.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { Coverage } from './coverage.ts'
import { continuousBudget, examine, longBudget } from './examine.ts'
import { settle, storesUnderTest } from './stores.ts'
import { randomWorld } from './world.ts'

const budget = process.env['PLINTH_TEST_LONG'] === undefined ? continuousBudget : longBudget
const firstSeed = Number(process.env['PLINTH_TEST_SEED'] ?? 1)
const coverage = new Coverage()

afterAll(async () => {
  for (const { end } of storesUnderTest) await end?.()
  process.stdout.write(`\nproperty test, ${budget.worlds} worlds from seed ${firstSeed}\n${coverage.print()}\n`)
})

describe('every store answers what the oracle answers', () => {
  for (let seed = firstSeed; seed < firstSeed + budget.worlds; seed++) {
    test(`world ${seed}`, { timeout: 120_000 }, async () => {
      const world = randomWorld(seed)
      const engines = await Promise.all(
        storesUnderTest.map(async under => ({ under, engine: await settle(world, under) })),
      )
      try {
        await examine({
          world,
          budget,
          shrink: true,
          ask: async (request, each) => {
            coverage.note(world, request)
            for (const { under, engine } of engines) {
              const { refused, difference } = await each(engine)
              coverage.count(refused)
              expect(difference, `${under.name} differs from the oracle`).toBeNull()
            }
          },
        })
      } finally {
        for (const { engine } of engines) await engine.store.close()
      }
    })
  }
})
