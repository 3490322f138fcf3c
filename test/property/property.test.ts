/**
 * Random models, rules, rows and requests: every store has to answer what the oracle answers. `PLINTH_TEST_LONG` tries more worlds,
 * `PLINTH_TEST_SEED` begins elsewhere.
 */
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/index.ts'
import type { AggregateRequest, FindRequest } from '../../src/query/index.ts'
import { compareAggregate, type Compared, compareFind } from './compare.ts'
import { Coverage } from './coverage.ts'
import { Requests } from './requests.ts'
import { settle, storesUnderTest } from './stores.ts'
import { type RandomWorld, randomWorld } from './world.ts'

const long = process.env['PLINTH_TEST_LONG'] !== undefined
const firstSeed = Number(process.env['PLINTH_TEST_SEED'] ?? 1)
const worlds = long ? 400 : 40
const findsPerWorld = long ? 120 : 40
const aggregatesPerWorld = long ? 40 : 12

const coverage = new Coverage()

afterAll(() => {
  process.stdout.write(`\nproperty test, ${worlds} worlds from seed ${firstSeed}\n${coverage.print()}\n`)
})

describe('every store answers what the oracle answers', () => {
  for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
    test(`world ${seed}`, async () => {
      const world = randomWorld(seed)
      const engines = await Promise.all(
        storesUnderTest.map(async under => ({ under, engine: await settle(world, under) })),
      )
      const ask = async (
        request: FindRequest | AggregateRequest,
        each: (engine: Engine) => Promise<Compared>,
      ): Promise<void> => {
        coverage.note(world, request)
        for (const { under, engine } of engines) {
          const { refused, difference } = await each(engine)
          if (refused) coverage.refused++
          else coverage.answered++
          expect(difference, `${under.name} differs from the oracle`).toBeNull()
        }
      }
      try {
        await checkWorld(world, ask)
      } finally {
        for (const { engine } of engines) await engine.store.close()
      }
    })
  }
})

async function checkWorld(
  world: RandomWorld,
  ask: (request: FindRequest | AggregateRequest, each: (engine: Engine) => Promise<Compared>) => Promise<void>,
): Promise<void> {
  const requests = new Requests(world)
  const caller = fc.constantFrom(...world.callers)
  const options = { seed: world.seed, endOnFailure: false }
  await fc.assert(
    fc.asyncProperty(requests.find(), caller, fc.integer({ min: 1, max: 3 }), (filled, by, size) =>
      ask(filled.request, engine => compareFind(engine, world, { ...filled, caller: by }, size)),
    ),
    { ...options, numRuns: findsPerWorld },
  )
  await fc.assert(
    fc.asyncProperty(requests.aggregate(), caller, (filled, by) =>
      ask(filled.request, engine => compareAggregate(engine, world, { ...filled, caller: by })),
    ),
    { ...options, numRuns: aggregatesPerWorld },
  )
}
