/** A store with the harbour's models and rows in it, and the db of everybody who works there. */
import { createEngine, type Engine } from '../../engine/index.ts'
import type { ModelGraph, ModelNode } from '../../model/index.ts'
import { createDb, type Db, type SystemDb } from '../../operation/index.ts'
import { anonymous, type Caller, type ExecutionContext } from '../../query/index.ts'
import type { Store } from '../../store/contract/index.ts'
import type { Need } from './case.ts'
import { contextOf, suite } from './context-of.ts'
import { keys, startRows } from './rows.ts'
import { harbourGraph, type harbours } from './schema.ts'
import { deleteRows, insertRows } from './stored-rows.ts'

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

export function callerNamed(name: 'ann' | 'bob' | 'cyd'): Caller {
  const row = startRows['Person']?.find(({ id }) => id === keys[name])
  return { class: 'signedIn', key: [keys[name]], attributes: row ?? {}, reason: null }
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
    system: db(suite) as unknown as HarbourSystemDb,
    contextOf,
  }
}

/** Brings the rows back to those that every case begins with, whatever the last one has left. */
export async function renewRows({ store, engine }: Fixture): Promise<void> {
  await deleteRows(store, engine.graph)
  await insertRows(store, engine.graph, startRows)
}

function without(graph: ModelGraph, left: { readonly uniques: boolean; readonly computed: boolean }): ModelGraph {
  const models = Object.entries(graph.models).map(([name, model]): [string, ModelNode] => {
    const fields = Object.entries(model.fields).map(([field, node]) => [field, { ...node, unique: false }] as const)
    const plain = left.uniques ? { ...model, uniques: [], fields: Object.fromEntries(fields) } : model
    return [name, left.computed ? { ...plain, computed: {} } : plain]
  })
  return { ...graph, models: Object.fromEntries(models) }
}
