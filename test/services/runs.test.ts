// A run of tests from outside: what it says at its end, and that its servers never outlive it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, onTestFinished, test, vi, type TestContext } from 'vitest'
import { folderWith } from '../tooling/in-folder.ts'
import { repository, run } from '../tooling/run.ts'
import { administer, databasesStatement } from './administration.ts'
import { needs, server } from './index.ts'
import { makeRunFolder } from './run-folder.ts'
import { sweep } from './sweep.ts'

const here = (file: string): string => JSON.stringify(join(import.meta.dirname, file))
const prelude = `import { expect, test } from ${JSON.stringify(join(repository, 'node_modules/vitest/dist/index.js'))}
import { freshDatabase, needs, server, serversOf } from ${here('index.ts')}
`

/** Runs one file of tests, as a run of its own with servers of its own. */
function runTests(body: string): ReturnType<typeof run> {
  const root = folderWith({
    'a.test.ts': prelude + body,
    'vitest.config.mjs': `export default { test: { pool: 'forks', globalSetup: ${here('global-setup.ts')} } }`,
  })
  const reporter = join(repository, 'scripts/summary-reporter.ts')
  return run(root, 'vitest', ['run', '--root', root, '--reporter', reporter])
}

afterEach(() => void vi.unstubAllEnvs())

/** Gives the runs inside of a test the PostgreSQL of this run by its URL. */
async function givePostgres(context: TestContext): Promise<string> {
  needs(context, 'postgres-18')
  const { adminUrl } = await server('postgres-18')
  vi.stubEnv('TEST_POSTGRES_18_URL', adminUrl)
  return adminUrl
}

const lines = (output: string): string[] => output.trim().split('\n')

test('a database that a test leaves behind fails the run, and is dropped', { timeout: 60_000 }, async context => {
  const url = await givePostgres(context)
  const { status, stdout, output } = runTests(
    `test('one', async () => { expect(await freshDatabase('postgres-18')).toBeDefined() })`,
  )
  const left = /left behind by a test, which counts as failed: postgres-18: (plinth_test_\w+)/.exec(output)?.[1]
  expect(left).toBeDefined()
  expect(await administer('postgres', url, databasesStatement('postgres', left!))).toEqual([])
  expect(lines(stdout).at(-1)).toBe('1 passed, 1 failed, 0 skipped')
  expect(status).toBe(1)
})

test('a test process that ends while it asks takes the servers from nobody', { timeout: 60_000 }, async () => {
  const { status, stdout, output } = runTests(`
    import { connect } from 'node:net'
    test('one', async () => {
      for (let turn = 0; turn < 20; turn++) {
        const socket = connect(process.env.TEST_KEEPER)
        await new Promise(resolve => socket.once('connect', resolve))
        for (let id = 0; id < 50; id++) socket.write(JSON.stringify({ id, request: 'missed', input: { name: 'mysql-8.4', reason: 'tried' } }) + '\\n')
        socket.destroy()
      }
      expect(serversOf('postgres')).toContain('postgres-18')
    })`)
  expect(output).not.toMatch(/EPIPE|ECONNRESET/)
  expect(output).toContain('mysql-8.4: not run: tried')
  expect(lines(stdout).at(-1)).toBe('1 passed, 0 failed, 0 skipped')
  expect(status).toBe(0)
})

test('a server that ends by itself fails the run, with the end of its log', { timeout: 60_000 }, async context => {
  needs(context, 'postgres-18', 'own')
  vi.stubEnv('TEST_POSTGRES_18_URL', '')
  const { stdout, output } = runTests(`
    import { administer } from ${here('administration.ts')}
    test('one', async () => {
      const { adminUrl } = await server('postgres-18')
      const [file] = await administer('postgres', adminUrl, "select pg_read_file('postmaster.pid')")
      process.kill(parseInt(file), 'SIGINT')
      await expect.poll(() => administer('postgres', adminUrl, 'select 1').catch(String)).toMatch(/ECONNREFUSED/)
    })`)
  expect(output).toMatch(
    /ended by itself, which counts as failed: postgres-18: status 0\n[^]*database system is shut down/,
  )
  expect(output).toMatch(/^postgres-18: failed: 18\.\S+ ended by itself$/m)
  expect(lines(stdout).at(-1)).toBe('1 passed, 1 failed, 0 skipped')
})

test('a run says which servers it did without, and why', { timeout: 60_000 }, async context => {
  await givePostgres(context)
  vi.stubEnv('TEST_WITHOUT', 'postgres-15,mariadb-10.11,mysql-9.7,mysql-8.4,pgbouncer')
  const { status, output } = runTests(`
    test.for([...serversOf('postgres'), ...serversOf('mysql')])('one on %s', async (name, context) => {
      needs(context, name)
      await using database = await freshDatabase(name)
      expect(database.name).toBeDefined()
    })
    test('two', async () => { await expect(server('pgbouncer')).rejects.toThrow('TEST_WITHOUT leaves pgbouncer out') })
  `)
  const without = (name: string): string =>
    `TEST_WITHOUT leaves ${name} out, and TEST_${name.toUpperCase().replaceAll(/\W/g, '_')}_URL is not set`
  expect(lines(output).slice(-10)).toEqual([
    `skipped: a.test.ts > one on postgres-15: ${without('postgres-15')}`,
    `skipped: a.test.ts > one on mariadb-10.11: ${without('mariadb-10.11')}`,
    `skipped: a.test.ts > one on mysql-9.7: ${without('mysql-9.7')}`,
    `postgres-15: not run: ${without('postgres-15')}`,
    expect.stringMatching(/^postgres-18: ran: 18\.\S+, by its URL$/),
    `mariadb-10.11: not run: ${without('mariadb-10.11')}`,
    `mysql-9.7: not run: ${without('mysql-9.7')}`,
    `mysql-8.4: not run: ${without('mysql-8.4')}`,
    'pgbouncer: not run: TEST_WITHOUT leaves pgbouncer out',
    '2 passed, 0 failed, 3 skipped',
  ])
  expect(status).toBe(0)
})

test('a URL that leads to another version is refused', { timeout: 60_000 }, async context => {
  needs(context, 'mariadb-10.11')
  const { adminUrl } = await server('mariadb-10.11')
  vi.stubEnv('TEST_MYSQL_8_4_URL', adminUrl)
  const { status, output } = runTests(`test('one', async () => { expect(await server('mysql-8.4')).toBeDefined() })`)
  expect(output).toMatch(/TEST_MYSQL_8_4_URL leads to version 10\.11\.\S+; mysql-8\.4 means 8\.4\.\*/)
  expect(lines(output).at(-1)).toBe('0 passed, 1 failed, 0 skipped')
  expect(status).toBe(1)
})

test('servers end when whoever ran them is killed', { timeout: 60_000 }, async context => {
  needs(context, 'postgres-18', 'own')
  const { process: runner, url, socket } = await startRun()
  expect(await administer('postgres', url, 'select 1')).toEqual(['1'])
  runner.kill('SIGKILL')
  await expect.poll(() => existsSync(dirname(socket)), { timeout: 20_000 }).toBe(false)
  await expect(administer('postgres', url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
})

test('a server of a test’s own ends when the test’s process is killed', { timeout: 60_000 }, async context => {
  needs(context, 'postgres-18', 'own')
  const { process: runner, told: url } = await runFile(`import { ownServer } from ${here('index.ts')}
const { facts } = await ownServer('postgres-18')
console.log(JSON.stringify(facts.adminUrl))
setInterval(() => {}, 1000)`)
  expect(await administer('postgres', url as string, 'select 1')).toEqual(['1'])
  runner.kill('SIGKILL')
  await expect.poll(() => administer('postgres', url as string, 'select 1').catch(String)).toMatch(/ECONNREFUSED/)
})

test('what a killed keeper leaves is swept away by the next run', { timeout: 60_000 }, async context => {
  needs(context, 'postgres-18', 'own')
  const { process: runner, url, socket, keeper } = await startRun()
  process.kill(keeper, 'SIGKILL')
  expect(await administer('postgres', url, 'select 1')).toEqual(['1'])
  const next = makeRunFolder(dirname(dirname(socket)))
  await expect
    .poll(() => {
      sweep(next, 0)
      return existsSync(dirname(socket))
    })
    .toBe(false)
  expect(existsSync(next)).toBe(true)
  await expect.poll(() => administer('postgres', url, 'select 1').catch(String)).toMatch(/ECONNREFUSED/)
  runner.kill()
})

interface StartedRun {
  readonly process: ChildProcess
  readonly url: string
  readonly socket: string
  readonly keeper: number
}

/** A process that starts a keeper and a server, in a folder of its own, and waits. */
async function startRun(): Promise<StartedRun> {
  const { process: runner, told } = await runFile(`import { startKeeper } from ${here('start-keeper.ts')}
import { server } from ${here('index.ts')}
delete process.env.TEST_POSTGRES_18_URL // this one is to be started
const keeper = await startKeeper(import.meta.dirname)
process.env.TEST_KEEPER = keeper.socket
const { adminUrl } = await server('postgres-18')
console.log(JSON.stringify({ url: adminUrl, socket: keeper.socket, keeper: keeper.id }))
setInterval(() => {}, 1000)`)
  return { process: runner, ...(told as Omit<StartedRun, 'process'>) }
}

/** Runs a file in a folder of its own; resolves with the line of JSON that it prints. */
async function runFile(text: string): Promise<{ process: ChildProcess; told: unknown }> {
  const base = folderWith({ 'run.ts': text })
  chmodSync(base, 0o755) // as root, servers run as another user
  const child = spawn(process.execPath, [join(base, 'run.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { process: child, told: JSON.parse(line) }
}
