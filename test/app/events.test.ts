// Events are delivered at least once, by whoever has a handler for them, and once where nothing goes wrong.
import { DatabaseSync } from 'node:sqlite'
import { action, createApp, defineRules, defineSchema, type EventHandler, everyone, field, model } from 'plinth'
import { createTestApp, type TestApp } from 'plinth/testing'
import { describe, expect, it, vi } from 'vitest'
import type { Store } from '../../src/store/contract/index.ts'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'

const schema = defineSchema({ Thing: model({ name: field.text() }) })
const rules = defineRules(schema, { Thing: () => ({ read: everyone }) })
const actions = {
  send: action(schema, {
    input: { name: field.text(), payload: field.json().optional() },
    allow: everyone,
    run: ({ input, emit }) => emit(input.name, input.payload),
  }),
}

type On = Readonly<Record<string, EventHandler<typeof schema>>>

const open = (store: Store, on: On, ids = 1, environment: Readonly<Record<string, string>> = {}, limits = {}) =>
  createTestApp(createApp({ schema, rules, actions, on, limits }), { store, ids, environment })

type Test = Pick<TestApp<typeof schema>, 'request' | 'clock'>

async function send(test: Test, name: string, payload: unknown = null): Promise<void> {
  expect((await test.request('POST', '/api/actions/send', { body: { name, payload } })).status).toBe(204)
}

/** Time goes on by itself, as it does outside of tests. */
async function whileGoing(test: Test, body: () => Promise<void>): Promise<void> {
  const timer = setInterval(() => test.clock.advance(20), 20)
  try {
    await body()
  } finally {
    clearInterval(timer)
  }
}

const long = { timeout: 30_000, interval: 20 }
/** Less than what waits for long waits. */
const soon = { timeout: 10_000, interval: 20 }
const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

describe.each(engines)('two processes on one database: %s', { timeout: 60_000 }, engine => {
  it('share its events: each is delivered once', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const got: number[] = []
    const on = {
      mail: async ({ payload }: { payload: unknown }) => {
        got.push(Number(payload))
        await pause(20)
      },
    }
    await using one = await open(database.store(), on, 1)
    await using other = await open(database.store(), on, 2)
    const sent = Array.from({ length: 8 }, (_, index) => index)
    await Promise.all(sent.map(index => send(index % 2 === 0 ? one : other, 'mail', index)))
    await vi.waitFor(() => expect(got.toSorted((one, two) => one - two)).toEqual(sent), long)
    await pause(200)
    expect(got).toHaveLength(sent.length)
    expect([...one.failures, ...other.failures]).toEqual([])
  })
})

describe('events', { timeout: 60_000 }, () => {
  it('wait for a process that has a handler for them', async () => {
    await using database = await emptyDatabase('sqlite')
    const got: string[] = []
    {
      await using web = await open(database.store(), { other: () => got.push('other') })
      await send(web, 'mail')
      await send(web, 'constructor')
      await send(web, 'other')
      await vi.waitFor(() => expect(got).toEqual(['other']), long)
    }
    await using worker = await open(database.store(), { mail: () => got.push('mail') }, 2)
    await vi.waitFor(() => expect(got).toEqual(['other', 'mail']), long)
    await using all = await open(database.store(), { '*': ({ name }) => got.push(name) }, 3)
    await vi.waitFor(() => expect(got).toEqual(['other', 'mail', 'constructor']), long)
    expect([...worker.failures, ...all.failures]).toEqual([])
  })

  it('of other processes are found without a word from them', async () => {
    await using database = await emptyDatabase('sqlite')
    const got: string[] = []
    await using worker = await open(database.store(), { mail: () => got.push('mail') }, 2)
    await using web = await open(database.store(), {})
    await send(web, 'mail')
    await vi.waitFor(() => expect(got).toEqual(['mail']), long)
    expect(worker.failures).toEqual([])
  })

  it('do not hold up the start, nor for ever the end, when a handler hangs; they are taken up again', async () => {
    await using database = await emptyDatabase('sqlite')
    const got: string[] = []
    {
      await using web = await open(database.store(), {})
      await send(web, 'mail')
    }
    const hangs = {
      mail: async () => {
        got.push('begun')
        await new Promise(() => {})
      },
    }
    {
      await using hanging = await open(database.store(), hangs, 2, { PLINTH_SHUTDOWN_GRACE: '100ms' })
      await vi.waitFor(() => expect(got).toEqual(['begun']), long)
      expect(hanging.failures).toEqual([])
    }
    await using next = await open(database.store(), { mail: () => got.push('done') }, 3)
    await pause(100)
    expect(got).toEqual(['begun'])
    next.clock.advance('1m')
    await vi.waitFor(() => expect(got).toEqual(['begun', 'done']), long)
  })

  it('that end their process wait longer each time, as after an error', async () => {
    await using database = await emptyDatabase('sqlite')
    const got: string[] = []
    {
      await using web = await open(database.store(), {})
      await send(web, 'mail')
    }
    const file = new DatabaseSync(database.url.slice('file:'.length))
    file.exec('update plinth_event set attempts = 8')
    const ends = {
      mail: async () => {
        got.push('begun')
        await new Promise(() => {})
      },
    }
    {
      await using ending = await open(database.store(), ends, 2, { PLINTH_SHUTDOWN_GRACE: '0ms' })
      await vi.waitFor(() => expect(got).toEqual(['begun']), long)
      expect(ending.failures).toEqual([])
    }
    expect(file.prepare('select attempts from plinth_event').get()).toEqual({ attempts: 9 })
    file.close()
    await using next = await open(database.store(), { mail: () => got.push('done') }, 3)
    next.clock.advance('4m')
    await pause(100)
    expect(got).toEqual(['begun'])
    next.clock.advance('1m')
    await vi.waitFor(() => expect(got).toEqual(['begun', 'done']), long)
  })

  it('of a handler that hangs count as failed when its time is over, come again, and hold up no others', async () => {
    await using database = await emptyDatabase('sqlite')
    const got: string[] = []
    const signals: AbortSignal[] = []
    const on: On = {
      mail: async (_, { signal }) => {
        signals.push(signal)
        got.push('mail')
        if (got.length === 1) await new Promise(() => {})
      },
      '*': ({ name }: { name: string }) => got.push(`any ${name}`),
    }
    await using test = await open(database.store(), on, 1, {}, { eventTime: 100 })
    await send(test, 'mail')
    await send(test, 'other')
    await vi.waitFor(() => expect(got).toEqual(['mail', 'any other']), long)
    expect(test.failures).toMatchObject([{ code: 'server.event-time-limit', parameters: { name: 'mail', limit: 100 } }])
    await whileGoing(test, () => vi.waitFor(() => expect(got.slice(2)).toEqual(['mail', 'any mail']), long))
    await pause(200)
    expect(got).toHaveLength(4)
    expect(test.failures).toHaveLength(1)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  it('are written down by handlers, with the rights that they ask for; their writes are no part of what was asked', async () => {
    await using database = await emptyDatabase('sqlite')
    const refused: unknown[] = []
    const on: On = {
      heard: async ({ payload }, { db, signal }) => {
        await db.Thing.create({ name: JSON.stringify(payload) }).catch((error: unknown) => refused.push(error))
        await db.asSystem('what was heard is written down').transaction(async (system, { emit }) => {
          await system.Thing.create({ name: `${JSON.stringify(payload)}, ${signal.aborted}` })
          emit('written', null)
        })
      },
      written: async (_, { db }) => {
        await db.asSystem('and once more').Thing.create({ name: 'written' })
      },
    }
    await using test = await open(database.store(), on)
    const answers = []
    for (let count = 0; count < 5; count++)
      answers.push(await test.request('POST', '/api/actions/send', { body: { name: 'heard', payload: 1 } }))
    await vi.waitFor(async () => expect(await test.db.Thing.count()).toBe(10), long)
    expect(await test.db.Thing.find({ sort: '-name', limit: 6, select: { name: true } })).toEqual([
      ...Array.from({ length: 5 }, () => ({ name: 'written' })),
      { name: '1, false' },
    ])
    expect(refused).toHaveLength(5)
    expect(refused[0]).toMatchObject({ code: 'rules.sign-in-required' })
    for (const { changes, events } of answers)
      expect([changes, events.map(({ name }) => name)]).toEqual([[], ['heard']])
    expect(test.failures).toEqual([])
  })

  it('are tried again after a restart, at their time', async () => {
    await using database = await emptyDatabase('sqlite')
    const got: string[] = []
    const fails = () => {
      got.push('failed')
      throw new Error('no mail today')
    }
    {
      await using first = await open(database.store(), { mail: fails })
      await send(first, 'mail')
      await vi.waitFor(() => expect(first.failures).toHaveLength(1), long)
    }
    await using next = await open(database.store(), { mail: () => got.push('sent') }, 2)
    await whileGoing(next, () => vi.waitFor(() => expect(got).toEqual(['failed', 'sent']), soon))
  })

  it('are tried again soon although another one waits for long', async () => {
    await using database = await emptyDatabase('sqlite')
    let sent = 0
    const on = {
      wake: () => {},
      never: () => {
        throw new Error('never')
      },
      mail: () => {
        if (++sent === 1) throw new Error('not the first time')
      },
    }
    await using test = await open(database.store(), on)
    await send(test, 'never')
    for (const failures of [1, 2, 3, 4]) {
      await vi.waitFor(() => expect(test.failures).toHaveLength(failures), long)
      if (failures < 4) test.clock.advance(2 ** failures * 1000)
      await send(test, 'wake')
    }
    await whileGoing(test, async () => {
      await send(test, 'mail')
      await vi.waitFor(() => expect(sent).toBe(2), soon)
    })
    expect(test.failures).toHaveLength(5)
  })

  it('outlast an outbox that cannot be written when their time has come', async () => {
    await using database = await emptyDatabase('sqlite')
    let tried = 0
    const on = {
      mail: () => {
        if (++tried === 1) throw new Error('no mail yet')
      },
    }
    await using test = await open(database.store(), on, 1, {}, { requestTime: 300 })
    await whileGoing(test, async () => {
      await send(test, 'mail')
      await vi.waitFor(() => expect(tried).toBe(1), long)
      const another = new DatabaseSync(database.url.slice('file:'.length))
      // Once the failure has been written down: a lock before that would leave the event with whoever took it.
      const soon = new Date(test.clock.now() + 10_000).toISOString()
      await vi.waitFor(() => {
        const written = another.prepare('select attempts from plinth_event where next_attempt_at < ?').get(soon)
        expect(written).toEqual({ attempts: 1 })
        another.exec('begin immediate')
      }, long)
      await vi.waitFor(
        () => expect(test.failures).toContainEqual(expect.objectContaining({ code: 'store.busy' })),
        long,
      )
      expect(tried).toBe(1)
      another.exec('commit')
      another.close()
      await vi.waitFor(() => expect(tried).toBe(2), long)
    })
  })
})
