// What the conformance suite says of each store, for docs/stores.md: run here, or taken from a test run that has just ended.
import { memoryStore } from '../src/store/memory/index.ts'
import { sqliteStore } from '../src/store/sqlite/index.ts'
import {
  type ConformanceResult,
  storeConformance,
  type StoreConformanceOptions,
} from '../src/testing/conformance/index.ts'
import { serverStores } from '../test/fixtures/server-stores.ts'
import type { ServerName } from '../test/services/index.ts'

/** The columns of the page. */
export const conformanceColumns = [
  'memory',
  'sqlite',
  'postgres-15',
  'postgres-18',
  'mariadb-10.11',
  'mysql-9.7',
] as const
export type ConformanceColumn = (typeof conformanceColumns)[number]

/** What the memory store is told to do without, to see what a store without it refuses. */
export const abilities = ['joins', 'or', 'transactions', 'unique', 'aggregates', 'orderByAnything'] as const

/** By group: `12`, or `10, refused 2`. */
export function groupCells(results: readonly ConformanceResult[]): Readonly<Record<string, string>> {
  const groups = Map.groupBy(results, ({ group }) => group)
  return Object.fromEntries([...groups].map(([group, of]) => [group, cellOf(of)]))
}

export function cellOf(results: readonly ConformanceResult[]): string {
  const count = (outcome: ConformanceResult['outcome']): number =>
    results.filter(result => result.outcome === outcome).length
  const [passed, refused, left] = [count('passed'), count('refused'), count('left out')]
  return [String(passed), refused > 0 ? `refused ${refused}` : '', left > 0 ? `left out ${left}` : '']
    .filter(text => text !== '')
    .join(', ')
}

/** The codes of what was refused. */
export const codesOf = (results: readonly ConformanceResult[]): readonly string[] =>
  [...new Set(results.flatMap(({ code }) => (code === null ? [] : [code])))].toSorted()

export async function conformanceOf(column: ConformanceColumn): Promise<readonly ConformanceResult[]> {
  if (column === 'memory') return runSuite(column, () => memoryStore())
  if (column === 'sqlite') return runSuite(column, () => sqliteStore({ file: ':memory:' }))
  const stores = serverStores(column satisfies ServerName)
  try {
    return await runSuite(column, () => stores.open())
  } finally {
    await stores.drop()
  }
}

export const conformanceWithout = (ability: (typeof abilities)[number]): Promise<readonly ConformanceResult[]> =>
  runSuite(`memory without ${ability}`, () => memoryStore({ without: [ability] }))

/** One case after the other; one that fails ends it. */
async function runSuite(name: string, open: StoreConformanceOptions['open']): Promise<readonly ConformanceResult[]> {
  const tests: (() => Promise<void>)[] = []
  let results: readonly ConformanceResult[] = []
  const test = Object.assign((_name: string, body: () => Promise<void>) => tests.push(body), { skip: () => {} })
  storeConformance({
    name,
    open,
    runner: { describe: (_name, body) => body(), test },
    report: all => {
      results = all
    },
  })
  for (const run of tests) await run()
  return results
}
