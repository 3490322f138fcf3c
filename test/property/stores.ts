/** Every store that answers are compared of, and how a world is put into one. */
import { createEngine, type Engine, storedValue } from '../../src/engine/index.ts'
import type { Value } from '../../src/model/index.ts'
import { type Caller, type ExecutionContext, type InsertPlan, planFormat } from '../../src/query/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import { memoryStore } from '../../src/store/memory/index.ts'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { now } from './pools.ts'
import { inOrder } from './rows.ts'
import type { RandomWorld } from './world.ts'

export interface StoreUnderTest {
  readonly name: string
  open(): Store
}

/** A new store has to be added here, and nowhere else. */
export const storesUnderTest: readonly StoreUnderTest[] = [
  { name: 'memory', open: () => memoryStore() },
  { name: 'sqlite', open: () => sqliteStore({ file: ':memory:' }) },
]

export function contextOf(caller: Caller): ExecutionContext {
  return {
    caller,
    now,
    deadline: Date.now() + 60_000,
    signal: null,
    observe: null,
    trace: 'property',
    transaction: null,
  }
}

/** An engine on a fresh store that holds the rows of the world. */
export async function settle(world: RandomWorld, under: StoreUnderTest): Promise<Engine> {
  const store = under.open()
  const engine = createEngine({ graph: world.graph, store })
  await store.open(engine.graph)
  await store.applySchema(await store.compareSchema(engine.graph))
  const context = contextOf({ class: 'system', key: [], attributes: {}, reason: 'property test' })
  for (const model of inOrder(world.graph)) {
    const rows = world.rows[model.name] ?? []
    if (rows.length === 0) continue
    const fields = Object.values(model.fields)
    const plan: InsertPlan = {
      format: planFormat,
      kind: 'insert',
      model: model.name,
      caller: 'system',
      parameters: [],
      fields: fields.map(({ name, type }) => ({ field: name, type })),
      many: true,
      check: null,
      ignoreConflictOn: null,
      returning: [],
    }
    const insert = store.prepareInsert(plan)
    // One by one: a row may refer to the one before it.
    for (const row of rows) {
      const values: Value[] = fields.map(({ name }) => storedValue(model, name, row[name] ?? null))
      const { count } = await insert.run([values], [], context)
      if (count !== 1) throw new Error(`A row of ${model.name} was not inserted into ${under.name}.`)
    }
    insert.release()
  }
  return engine
}
