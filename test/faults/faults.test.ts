/** A running application is mistreated; what it answered is held against the file that is left. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { type Project, project, type Running } from '../cli/project.ts'
import { crowd, type Intent, type Told } from './clients.ts'
import { ledger } from './ledger.ts'

const environment = {
  PLINTH_SECRET: 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja',
  HOST: '127.0.0.1',
  DATABASE_URL: 'file:./ledger.db',
}
const clients = 64

async function serve(here: Project, largestFile?: number): Promise<{ running: Running; url: string; account: string }> {
  await here.done(['database', '--apply'], environment)
  const running = here.run(['start'], environment, largestFile === undefined ? {} : { largestFile })
  const url = await running.url()
  const response = await fetch(`${url}/api/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'main' }),
  })
  const { id } = (await response.json()) as { id: string }
  return { running, url, account: id }
}

/** Asks for what takes for ever, in the middle of everything: each entry is held against all entries of all entries of its account. */
async function askForever(url: string): Promise<{ readonly status: number; readonly code: string }> {
  const filter = 'account.entries.account.entries.account.entries.note[contains]=y'
  const response = await fetch(`${url}/api/entries:aggregate?count=*&${filter}`)
  const { code } = (await response.json()) as { code: string }
  return { status: response.status, code }
}

interface Held {
  /** Milliseconds of the thread's own work that its longest turn of the event loop took. */
  readonly longest: number
  readonly delay: number
  readonly ticks: number
}

const held = async (url: string): Promise<Held> => (await (await fetch(`${url}/meter`)).json()) as Held

/** Semantics 27: nothing that requests do holds up the event loop for longer. */
const longestTurn = 50

/** The references in the file, and how many are of entries; read without Plinth. */
function found(here: Project): { readonly refs: ReadonlySet<string>; readonly entries: number } {
  const database = new DatabaseSync(join(here.folder, 'ledger.db'))
  const [integrity] = database.prepare('pragma integrity_check').all()
  expect(integrity).toEqual({ integrity_check: 'ok' })
  const entries = database.prepare('select ref from entry').all()
  const rows = [...entries, ...database.prepare('select ref from transfer').all()]
  database.close()
  return { refs: new Set(rows.map(row => String(row['ref']))), entries: entries.length }
}

/** The statuses that an intent may be answered with, besides 503 where the disk is full. */
const expected: Readonly<Record<Intent, readonly number[]>> = {
  entry: [201],
  'unique violation': [409],
  'reference violation': [409],
  invalid: [422],
  transfer: [201],
  'slow transfer': [201],
  'bad transfer': [409],
  abort: [201],
}

/** Every answer, refusals included, is explained by what is in the database. */
function unexplained(told: readonly Told[], refs: ReadonlySet<string>, full: boolean): readonly Told[] {
  return told.filter(({ intent, ref, status }) => {
    if (status === null) return false
    if (![...expected[intent], ...(full ? [503] : [])].includes(status)) return true
    return refs.has(ref) !== (status === 201)
  })
}

describe('every answer is explained by the database found afterwards', { timeout: 90_000 }, () => {
  test('when the process is killed with kill -9', async () => {
    using here = project(ledger)
    const { running, url, account } = await serve(here)
    const { promise: enough, resolve } = Promise.withResolvers<void>()
    await held(url)
    const people = crowd({
      url,
      clients,
      account,
      noteLength: 100,
      answered: told => {
        if (told.length >= 800) resolve()
      },
    })
    await enough
    expect(await askForever(url)).toEqual({ status: 503, code: 'store.time-limit' })
    const { longest, ticks } = await held(url)
    expect(longest).toBeLessThan(longestTurn)
    expect(ticks).toBeGreaterThan(100)
    running.child.kill('SIGKILL')
    await people.done
    const { refs, entries } = found(here)
    expect(unexplained(people.told, refs, false)).toEqual([])
    const succeeded = people.told.filter(({ status }) => status === 201)
    expect(succeeded.length).toBeGreaterThan(150)
    for (const intent of Object.keys(expected)) {
      expect(
        people.told.some(one => one.intent === intent),
        intent,
      ).toBe(true)
    }

    const again = here.run(['start'], environment)
    const list = await fetch(`${await again.url()}/api/entries?limit=1&count=true`)
    const { count } = (await list.json()) as { count: number }
    // A transfer may have been kept whose answer was still under way.
    expect(count).toBe(entries)
  })

  // The system refuses to let files grow beyond a limit, which the database meets in the same call as a full disk.
  test('when the disk fills up: writes are refused with 503, reads go on, nothing that was answered is lost', async () => {
    using here = project(ledger)
    const { running, url, account } = await serve(here, 2048)
    const { promise: enough, resolve } = Promise.withResolvers<void>()
    await held(url)
    let refused = 0
    const people = crowd({
      url,
      clients,
      account,
      noteLength: 8000,
      answered: told => {
        if (told.at(-1)?.status === 503 && ++refused >= 120) resolve()
      },
    })
    await Promise.race([enough, running.exit])
    expect(running.child.exitCode).toBeNull()
    expect(await askForever(url)).toEqual({ status: 503, code: 'store.time-limit' })
    expect((await held(url)).longest).toBeLessThan(longestTurn)
    const list = await fetch(`${url}/api/entries?limit=1`)
    expect(list.status).toBe(200)
    people.stop()
    await people.done
    running.child.kill('SIGTERM')
    expect(await running.exit).toBe(0)
    const { refs } = found(here)
    expect(unexplained(people.told, refs, true)).toEqual([])
    expect(people.told.filter(({ status }) => status === 201).length).toBeGreaterThan(50)
    expect(people.told.filter(({ status }) => status === 500)).toEqual([])
  })
})
