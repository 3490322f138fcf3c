/** The suite that every store has to pass, runnable by whoever writes one, under vitest, node:test, or anything like them. */
import assert from 'node:assert/strict'
import { PlinthError } from '../../error/index.ts'
import type { Capabilities } from '../../query/index.ts'
import type { Eventually, Store } from '../../store/contract/index.ts'
import { type ConformanceCase, isUnsupported } from './case.ts'
import { caseStores } from './case-stores.ts'
import { groups } from './cases/index.ts'

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
  /** Makes a new, empty store, not opened yet. Called for each case that needs a store of its own; others share one. */
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

  const stores = caseStores(open)

  async function runCase(group: string, one: ConformanceCase): Promise<void> {
    const { capabilities } = await stores.next()
    const missing = one.needs.filter(need => !capabilities[need])
    try {
      await stores.lend(one, missing.length > 0, fixture => one.run(fixture))
      results.push({ group, name: one.name, outcome: 'passed', code: null })
    } catch (error) {
      // Refused for what the store has said that it cannot do, and for nothing else.
      if (!isUnsupported(error) || (missing.length === 0 && !refusesModels(capabilities, error))) throw error
      results.push({ group, name: one.name, outcome: 'refused', code: error.code })
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
      await stores.close()
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
function refusesModels(capabilities: Capabilities, error: unknown): boolean {
  const holdsAll = capabilities.unique && capabilities.foreignKeys && capabilities.sequences
  return !holdsAll && error instanceof PlinthError && error.code === 'boot.store-unable'
}
