// Vitest reporter: names every skipped test with its reason and ends the run with `N passed, N failed, N skipped`.
import { relative } from 'node:path'
import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from 'vitest/node'
import { serverReports } from '../test/services/server-reports.ts'
import { summaryFileVariable, summaryLines, writeSummary, type Skip, type Summary } from './summary.ts'

const noReason = 'no reason given'

/** A skip without a reason counts as a failure: say it with `context.skip('why')` or `context.skip(condition, 'why')`. */
export default class SummaryReporter implements Reporter {
  #vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  async onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Promise<void> {
    const tests = summaryOf(modules, unhandledErrors)
    const servers = await serverReports(this.#vitest)
    const left = servers.flatMap(server => server.left.map(database => `${server.name}: ${database}`))
    for (const database of left) console.error(`left behind by a test, which counts as failed: ${database}`)
    const died = servers.filter(({ death }) => death !== null)
    for (const { name, death } of died) console.error(`ended by itself, which counts as failed: ${name}: ${death}`)
    const summary = {
      ...tests,
      failed: tests.failed + left.length + died.length,
      servers: servers.map(({ name, text }) => ({ name, text })),
    }
    const file = process.env[summaryFileVariable]
    if (file !== undefined) writeSummary(file, summary)
    else console.log(summaryLines(summary))
    if (summary.failed > 0) process.exitCode = 1
  }
}

function summaryOf(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Summary {
  const tests = modules.flatMap(module => [...module.children.allTests()])
  const broken = modules.filter(module => module.state() === 'failed' && errorsOutsideTests(module) > 0)
  const skipped = tests.filter(test => test.result().state === 'skipped').map(skipOf)
  const unexplained = skipped.filter(({ reason }) => reason === noReason)
  for (const { name } of unexplained) console.error(`skipped without a reason, which counts as failed: ${name}`)
  return {
    passed: tests.filter(test => test.result().state === 'passed').length,
    failed:
      tests.filter(test => test.result().state === 'failed').length +
      broken.length +
      unhandledErrors.length +
      unexplained.length,
    skipped: skipped.filter(({ reason }) => reason !== noReason),
  }
}

/** Errors of loading the file or of the hooks of its suites, which belong to no test. */
function errorsOutsideTests(module: TestModule): number {
  const suites = [...module.children.allSuites()]
  return module.errors().length + suites.reduce((sum, suite) => sum + suite.errors().length, 0)
}

function skipOf(test: TestCase): Skip {
  const result = test.result()
  const note = result.state === 'skipped' ? result.note : undefined
  const reason = note ?? (errorsOutsideTests(test.module) > 0 ? 'what comes before it failed' : noReason)
  return { name: `${relative(process.cwd(), test.module.moduleId)} > ${test.fullName}`, reason }
}
