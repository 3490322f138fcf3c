/**
 * An application serves while rows are imported into its database by another process: it reads on, what it writes is written or refused as
 * documented, and in the end all rows of both are there.
 */
import { describe, expect, it } from 'vitest'
import { type Project, project } from '../cli/project.ts'
import { type Engine, emptyDatabase, needsEngine } from '../fixtures/engines.ts'
import { commands, oneOfEach } from './projects.ts'

/** `Held` has a hook that stops an import after its first thousand rows, until it is told to go on. */
const files: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "stock", "private": true, "type": "module" }',
  'app.ts': `import { once } from 'node:events'
import { createApp, defineHooks, defineRules, defineSchema, everyone, field, model } from 'plinth'

const fields = { code: field.text({ max: 40 }).unique(), amount: field.integer({ min: 0 }), note: field.text().optional() }
const Item = model(fields)
const Held = model(fields, { plural: 'helds' })
const schema = defineSchema({ Item, Held })
const open = () => ({ read: everyone, create: everyone })
const rules = defineRules(schema, { Item: open, Held: open })
const hooks = defineHooks(schema, {
  Held: {
    afterCreate: async ({ rows }) => {
      if (rows.length < 1000 || rows[0]?.code !== 'I0') return
      console.log('holding')
      // A signal does not keep a process alive.
      const alive = setInterval(() => {}, 1000)
      await once(process, 'SIGUSR2')
      clearInterval(alive)
    },
  },
})
export default createApp({ schema, rules, hooks, limits: { transactionTime: 1000 } })
`,
}

const items = (count: number, prefix = 'I'): string =>
  `code,amount\n${Array.from({ length: count }, (_, number) => `${prefix}${number},${number}\n`).join('')}`

interface Answer {
  readonly status: number
  readonly code: string
  readonly retryAfter: string | null
}

async function serve(here: Project, url: string) {
  const running = here.run(['start'], {
    DATABASE_URL: url,
    PLINTH_SECRET: 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja',
    HOST: '127.0.0.1',
    PLINTH_SHUTDOWN_DELAY: '0s',
  })
  const address = await running.url()
  const answerOf = async (response: Response): Promise<Answer> => {
    const { code = '' } = (await response.json()) as { code?: string }
    return { status: response.status, code, retryAfter: response.headers.get('retry-after') }
  }
  return {
    write: async (code: string, path = 'items'): Promise<Answer> =>
      answerOf(
        await fetch(`${address}/api/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ code, amount: 1 }),
        }),
      ),
    read: async (query: string): Promise<Answer> => answerOf(await fetch(`${address}/api/${query}`)),
    async [Symbol.asyncDispose]() {
      running.child.kill('SIGTERM')
      await running.exit
    },
  }
}

/** Sends one request after the other until it is stopped. */
function repeatedly<T>(send: (number: number) => Promise<T>): { stop(): Promise<readonly T[]> } {
  let goesOn = true
  const answers: T[] = []
  const ended = (async () => {
    for (let number = 0; goesOn; number++) answers.push(await send(number))
  })()
  return {
    async stop() {
      goesOn = false
      await ended
      return answers
    },
  }
}

const statuses = (answers: readonly Answer[]): readonly number[] => [...new Set(answers.map(({ status }) => status))]

/** What a write is told in the end that comes again for as long as it is asked to. */
async function told(write: () => Promise<Answer>): Promise<Answer> {
  const answer = await write()
  return answer.status === 503 ? told(write) : answer
}

/** Whether every write waits for every other, or only one that is about the same value. */
const oneWriter = (engine: Engine): boolean => engine === 'sqlite'

/** What a write is told that has waited as long as it may: for its turn, or within its transaction. */
const late = (engine: Engine): object => ({
  status: 503,
  code: oneWriter(engine) ? 'store.busy' : 'store.time-limit',
  retryAfter: expect.stringMatching(/^\d+$/u) as string,
})

describe.each(oneOfEach)('beside an import on %s', { timeout: 120_000 }, engine => {
  it('an application reads and writes on, or is told to come again, and every row of both is there', async context => {
    needsEngine(context, engine)
    using here = project(files)
    await using database = await emptyDatabase(engine)
    const { done, start, rows } = commands(here, database.url)
    await done('database', '--apply')
    const imported = oneWriter(engine) ? 60_000 : 10_000
    here.write('items.csv', items(imported))
    await using application = await serve(here, database.url)
    let longest = 0
    const writes = repeatedly(async number => {
      const sent = performance.now()
      const answer = await told(() => application.write(`A${number}`))
      longest = Math.max(longest, performance.now() - sent)
      return answer
    })
    const reads = repeatedly(number => application.read(`items?limit=20&sort=-code&amount[gte]=${number % 7}`))
    const begun = performance.now()
    const running = start('import', 'Item', 'items.csv')
    const ended = await running.exit
    const took = performance.now() - begun
    const [written, read] = [await writes.stop(), await reads.stop()]
    expect([ended, running.results()]).toEqual([0, expect.stringMatching(/^Item: [16]0,000 rows created/u) as string])
    expect(statuses(read)).toEqual([200])
    expect(written.filter(({ status }) => status !== 201)).toEqual([])
    // The import took up the writer for a small part of its time only: half of it are these rows, the other half the start of a process.
    expect(longest).toBeLessThan(took / 3)
    const codes = new Set((await rows('Item', 'code')).map(({ code }) => code))
    expect(codes.size).toBe(imported + written.length)
    for (const number of written.keys()) expect(codes).toContain(`A${number}`)

    // An import whose hooks write with it: on SQLite it is the one writer until it ends.
    here.write('held.csv', items(2500))
    const write = (code: string): Promise<Answer> => application.write(code, 'helds')
    expect(await write('before')).toMatchObject({ status: 201 })
    const held = start('import', 'Held', 'held.csv')
    await held.printed(/holding/u)
    expect(await application.read('helds?sort=code')).toMatchObject({ status: 200 })
    expect(await write('meanwhile')).toMatchObject(oneWriter(engine) ? late(engine) : { status: 201 })
    // A value that the import has written may be taken or not: that is known when it ends.
    expect(await write('I7')).toMatchObject(late(engine))
    const waiting = told(() => write('I8'))
    held.child.kill('SIGUSR2')
    expect(await held.exit).toBe(0)
    expect(await waiting).toMatchObject({ status: 409, code: 'writes.unique' })
    expect(await write('after')).toMatchObject({ status: 201 })
    expect(await rows('Held', 'code')).toHaveLength(2500 + (oneWriter(engine) ? 2 : 3))
  })
})
