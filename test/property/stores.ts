/** Every store that answers are compared of, and how a world is put into one. */
import { createEngine, type Engine } from '../../src/engine/index.ts'
import type { Caller, ExecutionContext } from '../../src/query/index.ts'
import type { Eventually, Store } from '../../src/store/contract/index.ts'
import { memoryStore } from '../../src/store/memory/index.ts'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { insertRows } from '../../src/testing/conformance/stored-rows.ts'
import { serverStores } from '../fixtures/server-stores.ts'
import { type ServerName, serversOf, unavailable } from '../services/index.ts'
import { now } from './pools.ts'
import { inOrder } from './rows.ts'
import type { RandomWorld } from './world.ts'

export interface StoreUnderTest {
  readonly name: string
  open(): Eventually<Store>
  /** Removes what all its stores have left. */
  end?(): Promise<void>
}

/** A new store has to be added here, and nowhere else. */
export const storesUnderTest: readonly StoreUnderTest[] = [
  { name: 'memory', open: () => memoryStore() },
  { name: 'sqlite', open: () => sqliteStore({ file: ':memory:' }) },
  ...serversOf('postgres').flatMap(onServer),
  ...serversOf('mysql').flatMap(onServer),
]

/**
 * Where a world is tried: everywhere in the long run; otherwise servers of one family take turns, as they differ little, and half of the time
 * of the whole test would be theirs.
 */
export function storesOf(seed: number): readonly StoreUnderTest[] {
  if (process.env['PLINTH_TEST_LONG'] !== undefined) return storesUnderTest
  const others = (['postgres', 'mysql'] as const).flatMap(family => {
    const servers = serversOf(family)
    return servers.filter((_, index) => index !== seed % servers.length)
  })
  return storesUnderTest.filter(({ name }) => !others.some(other => other === name))
}

/** A server that is not here is told at the end of the run. */
function onServer(name: ServerName): StoreUnderTest[] {
  if (unavailable(name) !== null) return []
  const stores = serverStores(name)
  return [{ name, open: () => stores.open(), end: () => stores.drop() }]
}
export function contextOf(caller: Caller): ExecutionContext {
  return {
    caller,
    now,
    deadline: Date.now() + 60_000,
    signal: null,
    observe: null,
    trace: 'property',
    transaction: null,
    consistency: null,
  }
}

/** An engine on a fresh store that holds the rows of the world. */
export async function settle(world: RandomWorld, under: StoreUnderTest): Promise<Engine> {
  const store = await under.open()
  const engine = createEngine({ graph: world.graph, store })
  await store.open(engine.graph)
  await store.applySchema(await store.compareSchema(engine.graph))
  const names = inOrder(world.graph).map(model => model.name)
  await insertRows(store, engine.graph, Object.fromEntries(names.map(name => [name, world.rows[name] ?? []])))
  return engine
}
