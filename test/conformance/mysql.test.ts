/** MariaDB under the published suite. */
import { afterAll } from 'vitest'
import { storeConformance } from '../../src/testing/conformance/index.ts'
import { serverStores } from '../fixtures/server-stores.ts'
import { serversOf } from '../services/index.ts'
import { compareColumn, isColumn } from './page.ts'
import { runnerWith } from './runner.ts'

for (const name of serversOf('mysql')) {
  const stores = serverStores(name)
  afterAll(() => stores.drop())
  storeConformance({
    name,
    open: () => stores.open(),
    runner: runnerWith(name),
    report: results => {
      if (isColumn(name)) compareColumn(name, results)
    },
  })
}
