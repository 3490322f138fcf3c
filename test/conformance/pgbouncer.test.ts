/** PostgreSQL behind PgBouncer in transaction mode, which is found out, under the published suite. */
import { afterAll } from 'vitest'
import { storeConformance } from '../../src/testing/conformance/index.ts'
import { serverStores } from '../fixtures/server-stores.ts'
import { runnerWith } from './runner.ts'

const stores = serverStores('pgbouncer')
afterAll(() => stores.drop())
storeConformance({ name: 'pgbouncer', open: () => stores.open(), runner: runnerWith('pgbouncer') })
