// `npm test`: all checks, then all tests; ends with the plain line `N passed, N failed, N skipped`. --long runs the long ones too.
import { parseArgs } from 'node:util'
import { checkStages } from './check-stages.ts'
import { runStages } from './stages.ts'
import { addSummaries, summaryLines } from './summary.ts'

const { values } = parseArgs({ options: { long: { type: 'boolean', default: false } } })
if (values.long) process.env['PLINTH_TEST_LONG'] = '1'

const started = performance.now()
const checks = await runStages(checkStages, 2)
const tests = await runStages([{ name: 'tests', command: ['vitest', 'run'], live: true }], 1)

const summary = addSummaries([...checks, ...tests])
console.log(`\n${((performance.now() - started) / 1000).toFixed(1)} s`)
console.log(summaryLines(summary))
process.exitCode = summary.failed > 0 ? 1 : 0
