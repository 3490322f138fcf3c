/** What the memory store does by other means than a database would. */
import type { Emulation } from '../../query/index.ts'

export const memoryEmulations: readonly Emulation[] = Object.freeze([
  {
    what: 'everything that a database does',
    how: 'plans are carried out in JavaScript, row by row',
    cost: 'every read looks at every row of its models, since there are no indexes; for tests, and for few rows',
  },
])
