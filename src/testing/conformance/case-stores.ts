/**
 * The stores that cases run on. To make tables takes a server longer than most cases take, so only a case that the store has to refuse
 * has a store of its own: those that read share one, and those that write share another, whose rows are made anew for each.
 */
import type { Eventually, Store } from '../../store/contract/index.ts'
import type { ConformanceCase } from './case.ts'
import { kindSamples } from './cases/index.ts'
import { type Fixture, openFixture, renewRows } from './fixture.ts'
import { insertRows, type Rows } from './stored-rows.ts'

export interface CaseStores {
  /** The store that the next case which needs a new one will have: it says what such a store can do. */
  next(): Promise<Store>
  /** Runs the case on the store that it is due. */
  lend(one: ConformanceCase, own: boolean, run: (fixture: Fixture) => Promise<void>): Promise<void>
  close(): Promise<void>
}

export function caseStores(open: () => Eventually<Store>): CaseStores {
  let spare: Store | null = null
  let reading: Fixture | null = null
  let writing: Fixture | null = null

  const next = async (): Promise<Store> => (spare ??= await open())

  async function openNext(needs: ConformanceCase['needs'], more: Rows = {}): Promise<Fixture> {
    const store = await next()
    spare = null
    try {
      const fixture = await openFixture(store, needs)
      await insertRows(store, fixture.engine.graph, more)
      return fixture
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /** A store on which a case has failed is not lent again: who knows what it has left open. */
  async function lendWriting(run: (fixture: Fixture) => Promise<void>): Promise<void> {
    const fixture = writing ?? (await openNext([]))
    try {
      if (writing !== null) await renewRows(fixture)
      writing = null
      await run(fixture)
      writing = fixture
    } finally {
      if (writing === null) await fixture.store.close()
    }
  }

  async function lendOwn(one: ConformanceCase, run: (fixture: Fixture) => Promise<void>): Promise<void> {
    const fixture = await openNext(one.needs)
    try {
      await run(fixture)
    } finally {
      await fixture.store.close()
    }
  }

  return {
    next,
    async lend(one, own, run) {
      if (own) return lendOwn(one, run)
      if (one.onlyReads) return run((reading ??= await openNext([], { Sample: kindSamples })))
      return lendWriting(run)
    },
    async close() {
      for (const store of [spare, reading?.store, writing?.store]) await store?.close()
    },
  }
}
