// Order of test files: those that take long begin first, so that no worker waits for the last one alone.
import { existsSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The longest in a run on two processors, longest first. */
const long = [
  'test/rest/fuzz/fuzz.test.ts',
  'test/migrate/faults.test.ts',
  'examples/atlas/test/atlas.test.ts',
  'test/server-stores/gone.test.ts',
  'test/pull/pull.test.ts',
  'test/pack/pack.test.ts',
  'test/migrate/together.test.ts',
  'test/mutation/mutation.test.ts',
  'test/server-stores/boot.test.ts',
  'test/property/property.test.ts',
  'test/cli/dev.test.ts',
  'test/docs/examples.test.ts',
  'bench/test/server-peers.test.ts',
  'examples/conduit/test/conduit.test.ts',
  'test/server-stores/limits.test.ts',
  'test/postgres/replicas.test.ts',
  'test/conformance/mysql.test.ts',
  'test/conformance/postgres.test.ts',
  'test/conformance/memory.test.ts',
  'test/conformance/pgbouncer.test.ts',
]

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = long.filter(file => !existsSync(new URL(`../${file}`, import.meta.url)))
    if (gone.length > 0) throw new Error(`scripts/longest-first.ts names what is not there: ${gone.join(', ')}.`)
    const place = ({ moduleId }: TestSpecification): number => {
      const found = long.findIndex(file => moduleId.endsWith(`/${file}`))
      return found === -1 ? long.length : found
    }
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other))
  }
}
