// A run of tests ends with its counts, names each skip with its reason, and fails for a skip without one.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith } from './in-folder.ts'
import { repository, run } from './run.ts'

const reporter = join(repository, 'scripts/summary-reporter.ts')
const vitest = join(repository, 'node_modules/vitest/dist/index.js')

function runTests(files: Readonly<Record<string, string>>): ReturnType<typeof run> {
  const prelude = `import { expect, test } from ${JSON.stringify(vitest)}\n`
  const tests = Object.entries(files).map(([name, body]) => [`${name}.test.ts`, prelude + body])
  const root = folderWith({ ...Object.fromEntries(tests), 'vitest.config.mjs': 'export default {}' })
  return run(root, 'vitest', ['run', '--root', root, '--reporter', reporter])
}

test('counts what passed and what was skipped for a reason', () => {
  const { status, stdout } = runTests({
    a: "test('one', () => { expect(1).toBe(1) })\ntest('two', ({ skip }) => skip(true, 'needs Linux'))",
    b: "test('three', () => { expect(1).toBe(1) })",
  })
  expect(stdout.trim().split('\n').slice(-2)).toEqual([
    'skipped: a.test.ts > two: needs Linux',
    '2 passed, 0 failed, 1 skipped',
  ])
  expect(status).toBe(0)
})

test.each([
  ['a failing test', "test('one', () => { expect(1).toBe(2) })", '0 passed, 1 failed, 0 skipped'],
  ['a skip without a reason', "test.skip('one', () => {})", '0 passed, 1 failed, 0 skipped'],
  ['a file that does not load', "throw new Error('broken')", '0 passed, 1 failed, 0 skipped'],
  [
    'a hook that throws',
    `import { beforeAll } from ${JSON.stringify(vitest)}\nbeforeAll(() => { throw new Error('no') })\ntest('one', () => {})`,
    '0 passed, 1 failed, 1 skipped',
  ],
  [
    'an error nobody caught',
    "test('one', () => { setImmediate(() => { throw new Error('lost') }); return new Promise(resolve => setTimeout(resolve, 5)) })",
    '1 passed, 1 failed, 0 skipped',
  ],
])('fails for %s', (_, body, line) => {
  const { status, stdout } = runTests({ a: body })
  expect(stdout.trim().split('\n').at(-1)).toBe(line)
  expect(status).toBe(1)
})
