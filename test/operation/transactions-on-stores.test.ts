// What transactions promise wherever rows are: isolation, an end with their request, keys that are carried out once, one db at a time.
import { action, createApp, defineHooks, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { memoryStore } from 'plinth/store/memory'
import { createTestApp } from 'plinth/testing'
import { describe, expect, it } from 'vitest'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'

const schema = defineSchema(
  {
    User: model({ name: field.text() }),
    Counter: model({ name: field.text().key(), value: field.integer().default(0) }),
    Slow: model({ name: field.text() }),
  },
  { caller: 'User' },
)
const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, { User: () => all, Counter: () => all, Slow: () => all })
const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))
const code = (value: string) => expect.objectContaining({ code: value }) as unknown

describe.each(engines)('on %s', { timeout: 60_000 }, engine => {
  it('a serializable action that is retryable counts for everybody, with a key and without one', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const count = action(schema, {
      input: { name: field.text() },
      allow: everyone,
      isolation: 'serializable',
      retryable: true,
      run: async ({ db, input: { name } }) => {
        const counter = await db.Counter.get(name)
        await pause(5)
        await db.Counter.update(name, { value: (counter?.value ?? 0) + 1 })
      },
    })
    await using test = await createTestApp(createApp({ schema, rules, actions: { count } }), {
      store: database.store(),
    })
    const anna = test.as(await test.db.User.create({ name: 'Anna' }))
    await test.db.Counter.create([{ name: 'plain' }, { name: 'keyed' }])
    for (const name of ['plain', 'keyed']) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          anna.post(
            '/api/actions/count',
            { name },
            name === 'keyed' ? { headers: { 'idempotency-key': `"${index}"` } } : {},
          ),
        ),
      )
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 204))
      expect(await test.db.Counter.get(name)).toMatchObject({ value: 8 })
    }
  })

  it('a request is known by its key for a day, however long the key of its caller is', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const named = defineSchema({ User: model({ name: field.text({ max: 240 }).key() }) }, { caller: 'User' })
    const none = action(named, { allow: everyone, run: () => null })
    await using test = await createTestApp(createApp({ schema: named, actions: { none } }), { store: database.store() })
    const [anna, bob] = await test.db.User.create([{ name: 'a'.repeat(240) }, { name: `${'a'.repeat(239)}b` }])
    const keyed = { headers: { 'idempotency-key': `"${'k'.repeat(255)}"` } }
    const replayed = async (user: typeof anna) => {
      const { status, headers } = await test.as(user!).post('/api/actions/none', {}, keyed)
      return [status, headers['idempotent-replayed'] ?? null]
    }
    expect([await replayed(anna), await replayed(bob)]).toEqual([
      [204, null],
      [204, null],
    ])
    test.clock.advance('24h')
    expect([await replayed(anna), await replayed(bob)]).toEqual([
      [204, 'true'],
      [204, 'true'],
    ])
    test.clock.advance('1s')
    expect([await replayed(anna), await replayed(anna)]).toEqual([
      [204, null],
      [204, 'true'],
    ])
  })

  it('what asks for more isolation than the transaction around it has is refused', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    await using test = await createTestApp(createApp({ schema, rules }), { store: database.store() })
    const serializable = { isolation: 'serializable' } as const
    const inside = (outer: object) =>
      test.db.transaction(async db => db.transaction(async tx => tx.Slow.count(), serializable), outer)
    await expect(inside({})).rejects.toEqual(code('writes.isolation-inside'))
    expect(await inside(serializable)).toBe(0)
  })

  it('typed SQL of an outer db is refused at once instead of waiting or being kept', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    await using test = await createTestApp(createApp({ schema, rules }), { store: database.store() })
    const outer = await test.db.sql('Counter')
    const insert = () => outer.insertInto('Counter').values({ name: 'outside', value: 1 }).execute()
    const work = test.db.transaction(async db => {
      await db.Counter.create({ name: 'inside' })
      await insert()
    })
    await expect(work).rejects.toEqual(code('writes.outer-db'))
    expect(await test.db.Counter.count()).toBe(0)
    await insert()
    expect(await test.db.Counter.count()).toBe(1)
  })
})

describe.each(engines.filter(engine => engine !== 'sqlite'))('on %s', { timeout: 60_000 }, engine => {
  it('a request whose key is still at work is told so', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const begun = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const wait = action(schema, {
      allow: everyone,
      run: async ({ db }) => {
        begun.resolve()
        await gate.promise
        await db.Slow.create({ name: 'once' })
      },
    })
    await using test = await createTestApp(createApp({ schema, rules, actions: { wait } }), { store: database.store() })
    const anna = test.as(await test.db.User.create({ name: 'Anna' }))
    const send = () => anna.post('/api/actions/wait', undefined, { headers: { 'idempotency-key': '"one"' } })
    const first = send()
    await begun.promise
    const second = await send()
    gate.resolve()
    expect([second.status, second.body.code]).toEqual([409, 'request.idempotency-running'])
    expect((await first).status).toBe(204)
    expect((await send()).headers['idempotent-replayed']).toBe('true')
    expect(await test.db.Slow.count()).toBe(1)
  })
})

describe.each(['memory', ...engines] as const)('on %s', { timeout: 60_000 }, engine => {
  it('what has been answered as not done in time is not done later', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using database = engine === 'memory' ? null : await emptyDatabase(engine)
    const wait = () => pause(700).then(() => undefined)
    const hooks = defineHooks(schema, { Slow: { beforeCreate: wait }, Counter: { afterCreate: wait } })
    const limits = { requestTime: 200, stopTime: 200 }
    await using test = await createTestApp(createApp({ schema, rules, hooks, limits }), {
      store: database?.store() ?? memoryStore(),
    })
    const answers = await Promise.all([
      test.request('POST', '/api/slows', { body: { name: 'a' } }),
      test.request('POST', '/api/counters', { body: { name: 'a' } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    await pause(1500)
    expect([await test.db.Slow.count(), await test.db.Counter.count()]).toEqual([0, 0])
  })
})
