/** The embedded store under the published suite. */
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { storeConformance } from '../../src/testing/conformance/index.ts'
import { compareColumn } from './page.ts'
import { runner } from './runner.ts'

storeConformance({
  name: 'sqlite',
  open: () => sqliteStore({ file: ':memory:' }),
  runner,
  report: results => compareColumn('sqlite', results),
})
