// The harness: callers, time, ids, statements and scenario tables, and that each of its checks can fail.
import { describe, expect, it } from 'vitest'
import { action, anyOf, createApp, defineHooks, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp, scenarios, type TestApp } from 'plinth/testing'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs } from '../services/index.ts'

const User = model({
  name: field.text(),
  email: field.email().unique().private(),
  role: field.enum(['member', 'editor']).default('member').readOnly(),
  articles: field.hasMany('Article', 'author'),
})
const Article = model(
  {
    title: field.text({ min: 1 }),
    state: field.enum(['draft', 'published']).default('draft'),
    author: field
      .belongsTo('User')
      .default(caller => caller.id)
      .immutable(),
  },
  { timestamps: true },
)
const schema = defineSchema({ User, Article }, { caller: 'User' })
const rules = defineRules(schema, {
  User: () => ({ read: everyone }),
  Article: ({ row, user }) => ({
    read: anyOf(row.state.is('published'), row.author.is(user.id), user.role.is('editor')),
    create: row.author.is(user.id),
    update: anyOf(row.author.is(user.id), user.role.is('editor')),
  }),
})
const hooks = defineHooks(schema, {
  Article: {
    beforeCreate: async ({ db, rows }) => {
      const untyped = db as { User: { find(): Promise<unknown[]> } }
      if ((await untyped.User.find()).length > 100) throw new Error('too many users')
      for (const row of rows) row.title = row.title.trim()
    },
  },
})
const app = createApp({ schema, rules, hooks })

describe.each(['sqlite', 'memory'] as const)('a test application on %s', store => {
  it('acts as whoever the test says, with a db and over HTTP', async () => {
    await using test = await createTestApp(app, { store })
    const anna = await test.db.User.create({ name: 'Anna', email: 'anna@example.com' })
    const ben = await test.db.User.create({ name: 'Ben', email: 'ben@example.com' })

    const created = await test.as(anna).post('/api/articles', { title: '  Hello ' })
    expect(created.status).toBe(201)
    expect(created.changes).toMatchObject([{ model: 'Article', operation: 'create' }])
    const { id, title } = created.body.data ?? created.body
    expect(title).toBe('Hello')

    expect((await test.as(ben).get(`/api/articles/${id}`)).status).toBe(404)
    expect((await test.asAnonymous().get(`/api/articles/${id}`)).status).toBe(404)
    expect((await test.as(anna).get(`/api/articles/${id}`)).status).toBe(200)
    expect(await test.as(ben).db.Article.find()).toEqual([])
    expect(await test.as(anna).db.Article.find()).toMatchObject([{ id, title: 'Hello' }])
    expect(await test.db.Article.find()).toHaveLength(1)
    expect(test.failures).toEqual([])
  })

  it('finds out at once when a caller has changed', async () => {
    await using test = await createTestApp(app, { store })
    const anna = await test.db.User.create({ name: 'Anna', email: 'anna@example.com' })
    const ben = await test.db.User.create({ name: 'Ben', email: 'ben@example.com' })
    await test.as(anna).post('/api/articles', { title: 'Draft' })
    expect((await test.as(ben).get('/api/articles')).body.data).toHaveLength(0)
    await test.db.User.update(ben.id, { role: 'editor' })
    expect((await test.as(ben).get('/api/articles')).body.data).toHaveLength(1)
    await test.db.User.delete(ben.id)
    const gone = await test.as(ben).get('/api/articles')
    expect([gone.status, gone.body.code]).toEqual([401, 'identity.caller-unknown'])
    for (const subject of ['nobody', 'a,b', '%']) {
      const noKey = await test.request('GET', '/api/articles', { as: subject })
      expect([noKey.status, noKey.body.code]).toEqual([401, 'identity.caller-unknown'])
    }
    expect(gone.headers['www-authenticate']).toContain('error="invalid_token"')
  })

  it('has a database of its own, and the same time and ids in every run', async () => {
    const run = async (): Promise<unknown> => {
      await using test = await createTestApp(app, { store, now: '2031-05-06T07:08:09.000Z', ids: 7 })
      const anna = await test.db.User.create({ name: 'Anna', email: 'anna@example.com' })
      test.clock.advance('2h')
      const article = await test.as(anna).db.Article.create({ title: 'Hello' })
      return [anna.id, article]
    }
    const [first, second] = [await run(), await run()]
    expect(first).toEqual(second)
    expect(first).toMatchObject([expect.stringMatching(/-7/), { createdAt: new Date('2031-05-06T09:08:09.000Z') }])
  })

  it('lets tokens expire when time goes on', async () => {
    await using test = await createTestApp(app, { store })
    const anna = await test.db.User.create({ name: 'Anna', email: 'anna@example.com' })
    const headers = { authorization: `Bearer ${test.token(anna)}` }
    expect((await test.request('GET', '/api/articles', { headers })).status).toBe(200)
    test.clock.advance('1d')
    expect((await test.request('GET', '/api/articles', { headers })).body.code).toBe('identity.token-expired')
  })

  it('counts the statements of a request, those of hooks apart', async () => {
    await using test = await createTestApp(app, { store })
    const anna = await test.db.User.create({ name: 'Anna', email: 'anna@example.com' })
    for (let count = 0; count < 5; count++)
      await test.db.Article.create({ title: `A${count}`, authorId: anna.id, state: 'published' })
    const list = await test.asAnonymous().get('/api/articles?include=author')
    expect(list.body.data).toHaveLength(5)
    expect(list.statements).toHaveLength(1)
    expect(list.codeStatements).toHaveLength(0)
    const created = await test.as(anna).post('/api/articles', { title: 'Six' })
    expect(created.status).toBe(201)
    expect(created.codeStatements).toHaveLength(1)
    expect(created.statements.length).toBeGreaterThan(0)
  })
})

describe('scenario tables', () => {
  const seed = async (test: TestApp<typeof app>) => {
    const anna = await test.db.User.create({ name: 'Anna', email: 'anna@example.com' })
    const ben = await test.db.User.create({ name: 'Ben', email: 'ben@example.com' })
    const draft = await test.db.Article.create({ title: 'A draft', authorId: anna.id })
    return { anna, ben, draft }
  }

  const table = scenarios(app, { given: seed }, [
    {
      name: 'a stranger sees no draft',
      request: 'GET /api/articles',
      status: 200,
      has: { data: [] },
      not: ['A draft'],
      statements: 1,
    },
    {
      name: 'its author sees it',
      as: given => given.anna,
      request: given => `GET /api/articles/${given.draft.id}`,
      status: 200,
      has: { title: 'A draft', state: 'draft' },
      not: [/example\.com/],
    },
    {
      name: 'nobody else may change it',
      as: given => given.ben,
      request: given => ({ method: 'PATCH', url: `/api/articles/${given.draft.id}`, body: { title: 'Mine' } }),
      status: 404,
      changes: [],
    },
    {
      name: 'its author may',
      as: given => given.anna,
      request: given => ({ method: 'PATCH', url: `/api/articles/${given.draft.id}`, body: { title: 'Better' } }),
      status: 200,
      changes: ['update Article'],
      after: async (test, given) => {
        expect(await test.db.Article.get(given.draft.id)).toMatchObject({ title: 'Better' })
      },
    },
  ])
  it.each(table)('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined()
  })

  it('are refused when they say what means nothing', async () => {
    const own = { name: 'own', request: 'GET /api/articles', status: 200 }
    expect(() => scenarios(app, {}, [{ ...own, statments: 1 } as never])).toThrow(
      'The scenario "own" has no "statments", perhaps "statements"',
    )
    const absent = scenarios(app, {}, [{ ...own, as: () => undefined as never }])
    await expect(absent[0]?.run()).rejects.toThrow('There is undefined to act as')
    await expect(createTestApp(app, { stor: 'memory' } as never)).rejects.toThrow('has no "stor", perhaps "store"')
    await expect(createTestApp(app, { store: 'sqllite' as never })).rejects.toThrow('"sqllite" is no store')
    await expect(createTestApp({} as typeof app)).rejects.toThrow('createTestApp() takes what createApp() gives')
    await using test = await createTestApp(app)
    expect(() => test.as(undefined as never)).toThrow('There is undefined to act as')
    await expect(test.request('GET', '/api/articles', { header: {} } as never)).rejects.toThrow('perhaps "headers"')
  })

  it.each([
    ['a moment', field.datetime().key(), new Date('2020-01-01T00:00:00.5Z')],
    ['a wide integer', field.bigint().key(), 9_007_199_254_740_993n],
    ['bytes', field.bytes().key(), new Uint8Array([250, 255])],
  ])('acts as somebody whose key is %s, by row and by key', async (_, key, value) => {
    const clubs = defineSchema({ Member: model({ key, name: field.text() }) }, { caller: 'Member' })
    const own = defineRules(clubs, { Member: ({ row, user }) => ({ read: row.name.is(user.name) }) })
    await using test = await createTestApp(createApp({ schema: clubs, rules: own }))
    const anna = await test.db.Member.create({ key: value, name: 'Anna' })
    expect((await test.as(anna).get('/api/members')).body.data).toHaveLength(1)
    expect(await test.as(anna.key).db.Member.find()).toEqual([anna])
  })

  it('say what failed behind a 500, with causes', async () => {
    const failing = createApp({
      schema,
      rules,
      actions: {
        pay: action(schema, {
          allow: everyone,
          run: () => {
            throw new Error('cannot pay', { cause: new Error('the bank is closed') })
          },
        }),
      },
    })
    const [wrong] = scenarios(failing, {}, [{ name: 'pay', request: 'POST /api/actions/pay', status: 204 }])
    await expect(wrong?.run()).rejects.toThrow(
      /^status 500 instead of 204: [^]*cannot pay[^]*test-app\.test\.ts:\d+[^]*the bank is closed/,
    )
    const [right] = scenarios(failing, {}, [{ name: 'pay', request: 'POST /api/actions/pay', status: 500 }])
    await right?.run()
  })

  it.each([
    ['another status', { status: 201 }],
    ['another body', { status: 200, body: { data: [] } }],
    ['a part of the body that is not there', { status: 200, has: { data: [{ title: 'X' }] } }],
    ['a text that must not be there', { status: 200, not: ['page'] }],
    ['a header', { status: 200, headers: { vary: 'Cookie' } }],
    ['a change', { status: 200, changes: ['create Article'] }],
    ['an event', { status: 200, events: ['article.read'] }],
    ['too many statements', { status: 200, statements: 0 }],
  ])('fails on %s', async (name, expected) => {
    const [scenario] = scenarios(app, { given: seed }, [{ name, request: 'GET /api/articles', ...expected }])
    await expect(scenario?.run()).rejects.toMatchObject({ name: 'AssertionError' })
  })
})

describe.each(['postgres-18', 'mariadb-10.11', 'mysql-9.7'] as const)(
  'on a server, %s',
  { timeout: 60_000 },
  server => {
    it('each test application and each scenario has a database of its own, and leaves none', async context => {
      needs(context, server)
      await using database = await freshDatabase(server)
      const store = database.adminUrl
      const left = `select schema_name from information_schema.schemata where schema_name like 'plinth!_testing!_%' escape '!'`
      const names = () => administer(server.startsWith('postgres') ? 'postgres' : 'mysql', store, left)
      {
        await using first = await createTestApp(app, { store })
        await using second = await createTestApp(app, { store })
        await first.db.User.create({ name: 'Anna', email: 'anna@example.com' })
        expect([await first.db.User.count(), await second.db.User.count()]).toEqual([1, 0])
        expect(await names()).toHaveLength(2)
      }
      const given = ({ db }: TestApp<typeof schema>) => db.User.create({ name: 'Ben', email: 'ben@example.com' })
      const has = { data: [{ name: 'Ben' }] }
      const table = [1, 2].map(time => ({ name: String(time), request: 'GET /api/users', status: 200, has }))
      for (const { run } of scenarios(app, { store, given }, table)) await run()
      expect(await names()).toEqual([])
    })
  },
)
