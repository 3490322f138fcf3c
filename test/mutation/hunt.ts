/** Runs the tests of the planner until one of them fails, and tells which one; with a sound planner none does. */
import { deepEqual, equal } from 'node:assert/strict'
import { memoryStore } from '../../src/store/memory/index.ts'
import { storeConformance } from '../../src/testing/conformance/index.ts'
import { continuousBudget, examine } from '../property/examine.ts'
import { continuousWrites, examineWrites } from '../property/examine-writes.ts'
import { settle, type StoreUnderTest, storesUnderTest } from '../property/stores.ts'
import { randomWorld } from '../property/world.ts'
import type { Fault } from './fault.ts'

/** The name of the world that told the planner from the oracle, or null. The budget is that of the property test. */
async function property(most: number): Promise<string | null> {
  for (let seed = 1; seed <= Math.min(continuousBudget.worlds, most); seed++) {
    const world = randomWorld(seed)
    const engine = await settle(world, memoryUnderTest())
    try {
      await examine({
        world,
        budget: continuousBudget,
        shrink: false,
        ask: async (_request, each) => {
          const { difference } = await each(engine)
          if (difference !== null) throw new Error(difference.what)
        },
      })
    } catch {
      return `world ${seed}`
    }
  }
  return null
}

/** The name of the world in which a write did something else than the oracle, or null. */
async function writes(most: number): Promise<string | null> {
  for (let seed = 1; seed <= Math.min(continuousWrites.worlds, most); seed++) {
    try {
      await examineWrites(seed, memoryUnderTest(), continuousWrites.writes, ({ expected, code, wanted, found }) => {
        if (expected.kind !== 'undecided') equal(code === null ? 'done' : 'refused', expected.kind)
        deepEqual(found, wanted)
      })
    } catch {
      return `writes of world ${seed}`
    }
  }
  return null
}

function memoryUnderTest(): StoreUnderTest {
  const memory = storesUnderTest.find(({ name }) => name === 'memory')
  if (memory === undefined) throw new Error('The memory store is not among the stores under test.')
  return memory
}

/** The name of the conformance case that failed, or null. */
async function conformance(): Promise<string | null> {
  const cases: { readonly name: string; readonly run: () => Promise<void> }[] = []
  const test = Object.assign((name: string, run: () => Promise<void>): void => void cases.push({ name, run }), {
    skip(): void {},
  })
  const describe = (_name: string, body: () => void): void => body()
  storeConformance({ name: 'memory', open: () => memoryStore(), runner: { describe, test } })
  for (const { name, run } of cases) {
    try {
      await run()
    } catch {
      return name
    }
  }
  return null
}

const hunts = { property, conformance, writes }
const orders = {
  property: ['property', 'conformance', 'writes'],
  conformance: ['conformance', 'writes', 'property'],
} as const

/** Without a fault, few worlds: the property tests themselves try all of them, and this shows that hunting makes no difference. */
const fewer = 4

/** The name of the test that has found the fault, or null. */
export async function hunt(fault: Fault | null): Promise<string | null> {
  for (const name of orders[fault?.first ?? 'property']) {
    const by = await hunts[name](fault === null ? fewer : Infinity)
    if (by !== null) return `${name}: ${by}`
  }
  return null
}
