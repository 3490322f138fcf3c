/** Has one random application write everything that the budget allows, and tells of each write what has become of all rows. */
import { type ChangeRecord, createEngine } from '../../src/engine/index.ts'
import type { Caller } from '../../src/query/index.ts'
import type { Rows, WriteRequest } from '../oracle/index.ts'
import { allRows, withoutScopes } from './all-rows.ts'
import { type ComparedWrite, compareWrite } from './compare-write.ts'
import { forWrites } from './for-writes.ts'
import { randomOf } from './random.ts'
import { withRandomWriteRules } from './rules.ts'
import { settle, type StoreUnderTest } from './stores.ts'
import { randomWorld, type RandomWorld } from './world.ts'
import { Writes } from './writes.ts'

export interface WriteBudget {
  readonly worlds: number
  /** In each world. */
  readonly writes: number
}

export const continuousWrites: WriteBudget = { worlds: 32, writes: 60 }
export const longWrites: WriteBudget = { worlds: 300, writes: 100 }

/** `tell` throws when a write has done something else than it should have. */
export async function examineWrites(
  seed: number,
  under: StoreUnderTest,
  writes: number,
  tell: (compared: ComparedWrite, request: WriteRequest, by: Caller) => void,
): Promise<void> {
  const random = randomOf(seed ^ 0x5eed)
  const start = forWrites(randomWorld(seed), random)
  const world: RandomWorld = { ...start, graph: withRandomWriteRules(start.graph, random) }
  const engine = await settle(world, under)
  const changes: ChangeRecord[] = []
  engine.transactions.onCommit(committed => void changes.push(...committed.changes))
  const everything = createEngine({ graph: withoutScopes(world.graph), store: engine.store })
  try {
    const requests = new Writes(random)
    let rows: Rows = await allRows(everything, world.graph)
    for (let index = 0; index < writes; index++) {
      const by = random.pick(world.callers)
      const request = requests.next({ ...world, rows })
      const compared = await compareWrite(
        { engine, everything, changes },
        { ...world, rows },
        request,
        by,
        requests.answer(world, request.model),
      )
      tell(compared, request, by)
      rows = compared.rows
    }
  } finally {
    await engine.store.close()
  }
}
