// `npm run check`: everything about the code that needs no running application, then the packed package.
import { checkStages } from './check-stages.ts'
import { runStages } from './stages.ts'
import { addSummaries, summaryLines } from './summary.ts'

const checks = await runStages(checkStages, 2)
const pack = await runStages([{ name: 'package', command: ['vitest', 'run', 'test/pack'] }], 1)
const summary = addSummaries([...checks, ...pack])
console.log(summaryLines(summary))
process.exitCode = summary.failed > 0 ? 1 : 0
