/** The memory store as it is, and without abilities: then each case has to pass, or to be refused by code (semantics 20). */
import { type Ability, memoryStore } from '../../src/store/memory/index.ts'
import { storeConformance } from '../../src/testing/conformance/index.ts'
import { compareColumn, compareWithout } from './page.ts'
import { runner } from './runner.ts'

const reduced: readonly (readonly Ability[])[] = [
  ['joins'],
  ['or'],
  ['transactions'],
  ['unique'],
  ['aggregates'],
  ['orderByAnything'],
  ['joins', 'or', 'transactions', 'unique', 'aggregates', 'orderByAnything'],
]

storeConformance({
  name: 'memory',
  open: () => memoryStore(),
  runner,
  report: results => compareColumn('memory', results),
})
for (const without of reduced) {
  const [ability, ...others] = without
  storeConformance({
    name: `memory without ${without.join(', ')}`,
    open: () => memoryStore({ without }),
    runner,
    report: results => {
      if (ability !== undefined && others.length === 0) compareWithout(ability, results)
    },
  })
}
