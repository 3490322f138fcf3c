/** A store with the harbour's models and rows in it, and the db of everybody who works there. */
import { createEngine, type Engine, storedValue } from '../../engine/index.ts'
import type { FieldNode, ModelGraph, ModelNode, Value } from '../../model/index.ts'
import { createDb, type Db, type SystemDb } from '../../operation/index.ts'
import {
  anonymous,
  type Caller,
  type ExecutionContext,
  type InsertPlan,
  planFormat,
  systemCaller,
} from '../../query/index.ts'
import type { Store } from '../../store/contract/index.ts'
import type { Need } from './case.ts'
import { keys, moment, startRows } from './rows.ts'
import { harbourGraph, type harbours } from './schema.ts'

export type HarbourDb = Db<typeof harbours>
export type HarbourSystemDb = SystemDb<typeof harbours>

export interface Fixture {
  readonly store: Store
  readonly engine: Engine
  readonly anonymous: HarbourDb
  /** Owner of Aurora, and master: may see deleted vessels and change harbours. */
  readonly ann: HarbourDb
  /** Owner of Borealis, captain of it and of Aurora; a pilot. */
  readonly bob: HarbourDb
  /** Owner of Corvus, which sails under a black flag and is nobody else's to see; a plain member. */
  readonly cyd: HarbourDb
  readonly system: HarbourSystemDb
  contextOf(caller: Caller): ExecutionContext
}

const system = systemCaller('conformance suite')

export function callerNamed(name: 'ann' | 'bob' | 'cyd'): Caller {
  const row = startRows['Person']?.find(({ id }) => id === keys[name])
  return { class: 'signedIn', key: [keys[name]], attributes: row ?? {}, reason: null }
}

function contextOf(caller: Caller): ExecutionContext {
  return {
    caller,
    now: moment,
    deadline: Date.now() + 30_000,
    signal: null,
    observe: null,
    trace: 'conformance',
    transaction: null,
    consistency: null,
  }
}

/**
 * Opens the store for the harbour. What the store cannot hold or compute is left out of the models, so that all the rest can be tried;
 * but for what a case `needs`, which the store then has to refuse.
 */
export async function openFixture(store: Store, needs: readonly Need[]): Promise<Fixture> {
  const has = (need: Need): boolean => store.capabilities[need] || needs.includes(need)
  const graph = without(harbourGraph, { uniques: !has('unique'), computed: !has('joins') || !has('aggregates') })
  const engine = createEngine({ graph, store })
  await store.open(engine.graph)
  await store.applySchema(await store.compareSchema(engine.graph))
  await insertRows(store, engine.graph, startRows)
  const db = (caller: Caller): HarbourDb => createDb(engine, () => contextOf(caller)) as unknown as HarbourDb
  return {
    store,
    engine,
    anonymous: db(anonymous),
    ann: db(callerNamed('ann')),
    bob: db(callerNamed('bob')),
    cyd: db(callerNamed('cyd')),
    system: db(system) as unknown as HarbourSystemDb,
    contextOf,
  }
}

/**
 * Puts rows in canonical form into a store by its own means, in one transaction if it has them. Operations could not set the fields that
 * the server owns. Models come in the given order, so each may refer to those before it.
 */
export async function insertRows(
  store: Store,
  graph: ModelGraph,
  rows: Readonly<Record<string, readonly Readonly<Record<string, Value>>[]>>,
): Promise<void> {
  const context = contextOf(system)
  if (!store.capabilities.transactions) return insertAll(store, graph, rows, context)
  const options = { isolation: 'default', together: false, limit: 30_000 } as const
  await store.transaction(options, context, transaction => insertAll(store, graph, rows, { ...context, transaction }))
}

async function insertAll(
  store: Store,
  graph: ModelGraph,
  rows: Parameters<typeof insertRows>[2],
  context: ExecutionContext,
): Promise<void> {
  for (const [name, all] of Object.entries(rows)) {
    const model = graph.models[name]
    if (model === undefined) throw new Error(`There is no model ${name}.`)
    const fields = Object.values(model.fields)
    const insert = store.prepareInsert(insertPlan(name, fields))
    // One by one: a row may refer to the one before it.
    for (const row of all) {
      const values = fields.map(field => storedValue(model, field.name, row[field.name] ?? null))
      const { count } = await insert.run([values], [], context)
      if (count !== 1) throw new Error(`A row of ${name} was not inserted.`)
    }
    insert.release()
  }
}

const insertPlan = (model: string, fields: readonly FieldNode[]): InsertPlan => ({
  format: planFormat,
  kind: 'insert',
  model,
  caller: 'system',
  parameters: [],
  fields: fields.map(({ name, type }) => ({ field: name, type })),
  many: false,
  check: null,
  ignoreConflictOn: null,
  returning: [],
  answer: null,
})

function without(graph: ModelGraph, left: { readonly uniques: boolean; readonly computed: boolean }): ModelGraph {
  const models = Object.entries(graph.models).map(([name, model]): [string, ModelNode] => {
    const fields = Object.entries(model.fields).map(([field, node]) => [field, { ...node, unique: false }] as const)
    const plain = left.uniques ? { ...model, uniques: [], fields: Object.fromEntries(fields) } : model
    return [name, left.computed ? { ...plain, computed: {} } : plain]
  })
  return { ...graph, models: Object.fromEntries(models) }
}
