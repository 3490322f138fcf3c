/** The suite that every store has to pass, runnable by whoever writes one, under vitest, node:test, or anything like them. */
import assert from 'node:assert/strict'
import { PlinthError } from '../../error/index.ts'
import type { Eventually, Store } from '../../store/contract/index.ts'
import { type ConformanceCase, isUnsupported } from './case.ts'
import { groups, kindSamples } from './cases/index.ts'
import { type Fixture, insertRows, openFixture } from './fixture.ts'

/** The part of a test runner that the suite uses: that of `vitest` and of `node:test`. */
export interface ConformanceRunner {
  describe(name: string, body: () => void): unknown
  readonly test: {
    (name: string, body: () => Promise<void>): unknown
    skip(name: string, body: () => Promise<void>): unknown
  }
}

/** What became of a case. */
export interface ConformanceResult {
  readonly group: string
  readonly name: string
  readonly outcome: 'passed' | 'refused' | 'left out'
  /** The code with which it was refused. */
  readonly code: string | null
}

export interface StoreConformanceOptions {
  /** What the store is called in the names of the tests. */
  readonly name: string
  /** Makes a new, empty store, not opened yet. Called once for each case. */
  open(): Eventually<Store>
  readonly runner: ConformanceRunner
  /** Cases to leave out, by name, each with the reason. They are skipped with that reason, and counted. */
  readonly except?: Readonly<Record<string, string>>
  /** Called in the last test with what became of every case that has run; where all passed or were refused, with all of them. */
  report?(results: readonly ConformanceResult[]): void
}

/**
 * Declares the tests of a store: every operation, every operator of every kind, nulls, paging, includes, figures, rules, nested writes,
 * violations, transactions, and the values at the edges. What a store says that it cannot do has to be refused with a code; everything
 * else has to work. The last test prints how many cases passed, were refused and were left out.
 *
 * @example
 * import { describe, test } from 'node:test'
 * import { storeConformance } from 'plinth/testing'
 *
 * storeConformance({ name: 'my store', open: () => myStore(), runner: { describe, test } })
 */
export function storeConformance({ name, open, runner, except = {}, report }: StoreConformanceOptions): void {
  const results: ConformanceResult[] = []
  const unknown = new Set(Object.keys(except))

  /** The store of cases that only read; opened by the first of them, closed when all have run. */
  let shared: Promise<Fixture> | null = null

  async function openShared(): Promise<Fixture> {
    const fixture = await openFixture(await open(), [])
    await insertRows(fixture.store, fixture.engine.graph, { Sample: kindSamples })
    return fixture
  }

  async function runCase(group: string, one: ConformanceCase): Promise<void> {
    const store = await open()
    const missing = one.needs.filter(need => !store.capabilities[need])
    try {
      const own = !one.shares || missing.length > 0
      await one.run(own ? await openFixture(store, one.needs) : await (shared ??= openShared()))
      results.push({ group, name: one.name, outcome: 'passed', code: null })
    } catch (error) {
      // Refused for what the store has said that it cannot do, and for nothing else.
      if (!isUnsupported(error) || (missing.length === 0 && !refusesModels(store, error))) throw error
      results.push({ group, name: one.name, outcome: 'refused', code: error.code })
    } finally {
      await store.close()
    }
  }

  runner.describe(`${name} as a store`, () => {
    for (const group of groups) {
      runner.describe(group.name, () => {
        for (const one of group.cases) {
          const reason = except[one.name]
          unknown.delete(one.name)
          if (reason === undefined) runner.test(one.name, () => runCase(group.name, one))
          else {
            results.push({ group: group.name, name: one.name, outcome: 'left out', code: null })
            runner.test.skip(`${one.name} (left out: ${reason})`, () => runCase(group.name, one))
          }
        }
      })
    }
    runner.test('every case is accounted for', async () => {
      await (await shared?.catch(() => null))?.store.close()
      const count = (outcome: ConformanceResult['outcome']): number =>
        results.filter(result => result.outcome === outcome).length
      const total = groups.reduce((sum, { cases }) => sum + cases.length, 0)
      process.stdout.write(
        `conformance of ${name}: ${count('passed')} passed, ${count('refused')} refused by code, ${count('left out')} left out, of ${total}\n`,
      )
      for (const { name: left, outcome } of results)
        if (outcome === 'left out') process.stdout.write(`  left out: ${left}: ${except[left]}\n`)
      report?.(results)
      assert.deepEqual([...unknown], [], 'these cases are to be left out, but there are none of these names')
    })
  })
}

/** Models that cannot be held are refused when the engine is made, whatever the case is about. */
function refusesModels({ capabilities }: Store, error: unknown): boolean {
  const holdsAll = capabilities.unique && capabilities.foreignKeys && capabilities.sequences
  return !holdsAll && error instanceof PlinthError && error.code === 'boot.store-unable'
}
