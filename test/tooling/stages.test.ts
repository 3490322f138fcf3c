// Stages report what happened: counts of their own, one for a plain command, and a failure for whatever ends badly.
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { runStages } from '../../scripts/stages.ts'
import { addSummaries, summaryLines } from '../../scripts/summary.ts'

afterEach(() => vi.restoreAllMocks())

const summaryModule = JSON.stringify(join(import.meta.dirname, '../../scripts/summary.ts'))
const reporting = `const { writeSummary } = await import(${summaryModule})
writeSummary(process.env.SUMMARY_FILE, { passed: 7, failed: 0, skipped: [{ name: 'a', reason: 'b' }] })`

async function linesOf(...scripts: readonly string[]): Promise<{ printed: string; line: string }> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const stages = scripts.map((script, index) => ({ name: `stage ${index}`, command: ['node', '-e', script] as const }))
  const summary = addSummaries(await runStages(stages, 2))
  const printed = log.mock.calls.map(([text]) => String(text).replace(/\(\d+\.\d s\)/, '(time)')).join('\n')
  return { printed, line: summaryLines(summary) }
}

test('adds up the counts and keeps quiet about what went well', async () => {
  const { printed, line } = await linesOf("console.log('noise')", reporting)
  expect(printed.split('\n').toSorted()).toEqual(['ok     stage 0 (time)', 'ok     stage 1 (time)'])
  expect(line).toBe('skipped: a: b\n8 passed, 0 failed, 1 skipped')
})

test('names each database server once, with the version that ran or why it did not', () => {
  const mysql = { name: 'mysql-8.4', text: 'not run: it is not here' }
  const summaries = [
    { passed: 1, failed: 0, skipped: [] },
    {
      passed: 1,
      failed: 0,
      skipped: [],
      servers: [{ name: 'postgres-18', text: 'ran: 18.4, started in 0.6 s' }, mysql],
    },
    { passed: 1, failed: 0, skipped: [], servers: [{ name: 'postgres-18', text: 'ran: 18.4, started in 0.7 s' }] },
  ]
  expect(summaryLines(addSummaries(summaries)).split('\n')).toEqual([
    'postgres-18: ran: 18.4, started in 0.6 s',
    'mysql-8.4: not run: it is not here',
    '3 passed, 0 failed, 0 skipped',
  ])
})

test('shows the output of a stage that failed', async () => {
  const { printed, line } = await linesOf("console.log('why'); process.exit(3)")
  expect(printed).toBe('FAILED stage 0 (time)\n    why')
  expect(line).toBe('0 passed, 1 failed, 0 skipped')
})

test('a stage that reports success but ends badly has failed', async () => {
  const { line } = await linesOf(`${reporting}; process.exit(1)`)
  expect(line).toBe('skipped: a: b\n7 passed, 1 failed, 1 skipped')
})

test('a stage that is killed has failed', async () => {
  const { line } = await linesOf("process.kill(process.pid, 'SIGKILL')")
  expect(line).toBe('0 passed, 1 failed, 0 skipped')
})
