// `npm test`: all checks, then all tests; ends with the plain line `N passed, N failed, N skipped`. --long runs the long ones too.
import { parseArgs } from 'node:util'
import { checkStages } from './check-stages.ts'
import { runStages } from './stages.ts'
import { addSummaries, summaryLines } from './summary.ts'

/** What these find out is spoilt by a neighbour that uses the other processor: they run alone, one after the other. */
const timedTests = [
  'src/service/auth/password.test.ts',
  'src/surface/http/parse-json.test.ts',
  'test/faults/faults.test.ts',
  'test/sqlite/reads.test.ts',
] as const

const { values } = parseArgs({ options: { long: { type: 'boolean', default: false } } })
if (values.long) process.env['PLINTH_TEST_LONG'] = '1'

const started = performance.now()
const checks = await runStages(checkStages, 2)
const tests = await runStages(
  [
    { name: 'tests', command: ['vitest', 'run', ...timedTests.flatMap(file => ['--exclude', file])], live: true },
    { name: 'tests of time', command: ['vitest', 'run', '--maxWorkers=1', ...timedTests], live: true },
  ],
  1,
)

const summary = addSummaries([...checks, ...tests])
console.log(`\n${((performance.now() - started) / 1000).toFixed(1)} s`)
console.log(summaryLines(summary))
process.exitCode = summary.failed > 0 ? 1 : 0
