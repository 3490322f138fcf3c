/** Asks one world everything that the budget allows, and stops at the first difference from the oracle. */
import fc from 'fast-check'
import type { Engine } from '../../src/engine/index.ts'
import type { AggregateRequest, FindRequest } from '../../src/query/index.ts'
import { compareAggregate, type Compared, compareFind } from './compare.ts'
import { Requests } from './requests.ts'
import type { RandomWorld } from './world.ts'

/** How much is tried. The same in every run, so that a fault is found or not found, and never sometimes. */
export interface Budget {
  readonly worlds: number
  readonly finds: number
  readonly aggregates: number
}

export const continuousBudget: Budget = { worlds: 40, finds: 40, aggregates: 12 }
export const longBudget: Budget = { worlds: 400, finds: 120, aggregates: 40 }

export interface Examination {
  readonly world: RandomWorld
  readonly budget: Budget
  /** Whether a request that fails is made smaller before it is told. */
  readonly shrink: boolean
  /** Asks every store; throws when one of them differs. */
  ask(request: FindRequest | AggregateRequest, each: (engine: Engine) => Promise<Compared>): Promise<void>
}

export async function examine({ world, budget, shrink, ask }: Examination): Promise<void> {
  const requests = new Requests(world)
  const caller = fc.constantFrom(...world.callers)
  const options = { seed: world.seed, endOnFailure: !shrink }
  await fc.assert(
    fc.asyncProperty(requests.find(), caller, fc.integer({ min: 1, max: 3 }), (filled, by, size) =>
      ask(filled.request, engine => compareFind(engine, world, { ...filled, caller: by }, size)),
    ),
    { ...options, numRuns: budget.finds },
  )
  await fc.assert(
    fc.asyncProperty(requests.aggregate(), caller, (filled, by) =>
      ask(filled.request, engine => compareAggregate(engine, world, { ...filled, caller: by })),
    ),
    { ...options, numRuns: budget.aggregates },
  )
}
