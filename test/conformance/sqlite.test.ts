/** The conformance suite on SQLite. */
import { describe, test } from 'vitest'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { storeConformance } from '../../src/testing/conformance/index.ts'

storeConformance({ name: 'sqlite', open: () => sqliteStore({ file: ':memory:' }), runner: { describe, test } })
