// Applications through the front door: signing in, events, extensions, plugins, health.
import { generateKeyPairSync, sign } from 'node:crypto'
import { copyFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  action,
  anyOf,
  createApp,
  defineRules,
  defineSchema,
  ed25519Key,
  everyone,
  type Extension,
  fail,
  field,
  hashPassword,
  hmacKey,
  model,
  verifyPassword,
} from 'plinth'
import { sqliteStore } from 'plinth/store/sqlite'
import { createTestApp } from 'plinth/testing'
import { temporaryFolder } from '../../src/lib/index.ts'

const User = model({
  email: field.email().unique().private(),
  passwordHash: field.text().private(),
  name: field.text({ max: 80 }),
  role: field.enum(['member', 'editor', 'admin']).default('member').readOnly(),
  articles: field.hasMany('Article', 'author'),
})
const Article = model({
  title: field.text({ min: 1, max: 200 }),
  state: field.enum(['draft', 'published']).default('draft'),
  author: field
    .belongsTo('User')
    .default(caller => caller.id)
    .immutable(),
})
const schema = defineSchema({ User, Article }, { caller: 'User' })
const rules = defineRules(schema, {
  User: () => ({ read: everyone }),
  Article: ({ row, user }) => ({
    read: anyOf(row.state.is('published'), row.author.is(user.id), user.role.in(['editor', 'admin'])),
    create: row.author.is(user.id),
  }),
})

const signUp = action(schema, {
  input: { email: field.email(), name: field.text(), password: field.text({ min: 8 }) },
  output: { token: field.text() },
  allow: everyone,
  secret: true,
  run: async ({ db, input: { password, ...rest }, issueToken }) => {
    const passwordHash = await hashPassword(password)
    const user = await db.asSystem('whoever signs up becomes a user').User.create({ ...rest, passwordHash })
    return { token: issueToken(user.id) }
  },
})
const signIn = action(schema, {
  input: { email: field.email(), password: field.text() },
  output: { token: field.text() },
  allow: everyone,
  secret: true,
  run: async ({ db, input, issueToken }) => {
    const user = await db.asSystem('find who signs in').User.first({ where: { email: input.email } })
    const right = await verifyPassword(input.password, user?.passwordHash ?? null)
    if (user === null || !right) throw fail('unauthenticated', 'The e-mail or the password is wrong.')
    return { token: issueToken(user.id) }
  },
})
const publish = action(schema, {
  input: { id: field.id('Article') },
  output: 'Article',
  allow: ({ user }) => user.role.in(['editor', 'admin']),
  run: async ({ db, input, emit }) => {
    const article = await db
      .asSystem('editors publish drafts of others')
      .Article.update(input.id, { state: 'published' })
    emit('article.published', { id: article.id })
    return article
  },
})
const actions = { signUp, signIn, publish }

const anna = { email: 'anna@example.com', name: 'Anna', passwordHash: 'x' }

describe('an application', () => {
  it('signs people up and in, and knows them by their token', async () => {
    await using test = await createTestApp(createApp({ schema, rules, actions, auth: { scheme: 'Token' } }))
    const joined = await test.request('POST', '/api/actions/sign-up', {
      body: { email: 'anna@example.com', name: 'Anna', password: 'correct horse' },
    })
    expect(joined.status).toBe(200)
    const again = await test.request('POST', '/api/actions/sign-in', {
      body: { email: 'anna@example.com', password: 'correct horse' },
    })
    const created = await test.request('POST', '/api/articles', {
      headers: { authorization: `Token ${again.body.token}` },
      body: { title: 'Hello' },
    })
    expect(created.status).toBe(201)
    expect(await test.db.Article.find({ include: { author: true } })).toMatchObject([{ author: { name: 'Anna' } }])

    for (const body of [
      { email: 'anna@example.com', password: 'wrong' },
      { email: 'nobody@example.com', password: 'correct horse' },
    ]) {
      const refused = await test.request('POST', '/api/actions/sign-in', { body })
      expect([refused.status, refused.body.detail]).toEqual([401, 'The e-mail or the password is wrong.'])
      expect(refused.headers['www-authenticate']).toBe('Token realm="api"')
    }
    const wrongWord = await test.request('GET', '/api/articles', {
      headers: { authorization: `Bearer ${again.body.token}` },
    })
    expect([wrongWord.status, wrongWord.body.code]).toEqual([401, 'identity.scheme-unknown'])
    expect(test.failures).toEqual([])
  })

  it('sends events when the transaction has committed, and only then', async () => {
    const heard: unknown[] = []
    const on = {
      'article.published': (event: { payload: unknown }) => heard.push(event.payload),
      '*': () => heard.push('any'),
    }
    await using test = await createTestApp(createApp({ schema, rules, actions, on }))
    const author = await test.db.User.create(anna)
    const editor = await test.db.User.create({ ...anna, email: 'ben@example.com', role: 'editor' })
    const draft = await test.db.Article.create({ title: 'Draft', authorId: author.id })

    expect((await test.as(author).post('/api/actions/publish', { id: draft.id })).status).toBe(403)
    expect((await test.asAnonymous().post('/api/actions/publish', { id: draft.id })).status).toBe(401)
    const published = await test.as(editor).post('/api/actions/publish', { id: draft.id })
    expect(published.body).toMatchObject({ id: draft.id, state: 'published' })
    expect(published.events.map(({ name }) => name)).toEqual(['article.published'])
    await expect.poll(() => heard).toEqual([{ id: draft.id }, 'any'])

    const missing = await test.as(editor).post('/api/actions/publish', { id: author.id })
    expect(missing.status).toBe(404)
    expect(missing.events).toEqual([])
  })

  it('describes itself, and its errors', async () => {
    await using test = await createTestApp(createApp({ name: 'Shop', version: '2.0.0', schema, rules, actions }))
    const document = (await test.request('GET', '/openapi.json')).body
    expect(document.info).toMatchObject({ title: 'Shop', version: '2.0.0' })
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/articles', '/api/articles/{key}', '/api/actions/publish']),
    )
    expect((await test.request('GET', '/docs')).status).toBe(200)
    const { type } = (await test.request('GET', '/api/nothing')).body
    expect((await test.request('GET', type)).text).toContain('server.no-route')
  })

  it('answers whether it lives and is ready', async () => {
    await using test = await createTestApp(createApp({ schema, rules }))
    expect((await test.request('GET', '/health/live')).body).toEqual({ status: 'live' })
    expect((await test.request('GET', '/health/ready')).body).toEqual({ status: 'ready' })
    expect((await test.request('GET', '/dev/requests')).status).toBe(404)
  })

  it('is not ready while the file of its database is elsewhere, where nobody would find what is written', async () => {
    const file = join(temporaryFolder(), 'app.db')
    await using test = await createTestApp(createApp({ schema, rules }), { store: sqliteStore({ file }) })
    const ready = async () => (await test.request('GET', '/health/ready')).status
    expect(await ready()).toBe(200)
    renameSync(file, `${file}.away`)
    expect(await ready()).toBe(503)
    copyFileSync(`${file}.away`, file)
    expect(await ready()).toBe(503)
    renameSync(`${file}.away`, file)
    expect(await ready()).toBe(200)
  })

  it('lets plugins of Fastify see every request', async () => {
    const seen: string[] = []
    const app = createApp({
      schema,
      rules,
      plugins: [
        fastify => {
          fastify.addHook('onRequest', async ({ url }, reply) => {
            seen.push(url)
            reply.header('access-control-allow-origin', 'https://a.example')
          })
        },
      ],
      mount: { '/mounted': { allow: everyone, handler: (_, response) => void response.end() } },
    })
    await using test = await createTestApp(app)
    const urls = ['/api/articles', '/health/live', '/mounted/x', '/nowhere']
    for (const url of urls) {
      const { headers } = await test.request('GET', url)
      expect([url, headers['access-control-allow-origin']]).toEqual([url, 'https://a.example'])
    }
    expect(seen).toEqual(urls)
  })

  it('lets plugins of Fastify add to every route, as those that limit or compress do', async () => {
    const app = createApp({
      schema,
      rules,
      plugins: [
        fastify => {
          fastify.addHook('onRoute', route => {
            route.preHandler = async (request, reply) => {
              if (request.headers['x-often'] !== undefined) return reply.code(429).send('too often')
            }
            route.onSend = async (_request, reply, payload) => {
              reply.removeHeader('content-length')
              return String(payload).toUpperCase()
            }
          })
        },
      ],
    })
    await using test = await createTestApp(app)
    expect((await test.request('GET', '/health/live')).text).toBe('{"STATUS":"LIVE"}')
    const headers = { 'x-often': 'yes' }
    expect((await test.request('GET', '/api/articles', { headers })).status).toBe(429)
  })

  it('is refused with all mistakes of its options', async () => {
    const options = {
      schema,
      rules,
      limits: { maximumPage: 0 },
      auth: { remember: 60_000, scheem: 'x' },
      mount: { bad: {} },
    }
    await expect(createTestApp(createApp(options as never))).rejects.toMatchObject({
      code: 'boot.configuration-invalid',
      errors: [
        { code: 'boot.setting-invalid', pointer: 'auth.remember' },
        { code: 'boot.setting-unknown', pointer: 'auth' },
        { code: 'boot.setting-invalid', pointer: 'limits.maximumPage' },
        { code: 'boot.setting-invalid', pointer: 'mount["bad"]' },
      ],
    })
  })

  it('knows callers by tokens that others make, and takes nothing from them but who it is', async () => {
    const Account = model({ subject: field.text().key(), role: field.enum(['reader', 'editor']).default('reader') })
    const foreign = defineSchema({ Account }, { caller: 'Account' })
    const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const key = ed25519Key({ privateKey: null, publicKey })
    const app = createApp({
      schema: foreign,
      rules: defineRules(foreign, { Account: ({ row, user }) => ({ read: row.subject.is(user.subject) }) }),
      auth: { key, issuer: 'https://login.example.com', audience: 'library' },
    })
    await using test = await createTestApp(app)
    await test.db.Account.create({ subject: 'ann,1' })
    const exp = Math.floor(test.clock.now() / 1000) + 60
    const claims = { iss: 'https://login.example.com', aud: ['library'], sub: 'ann%2C1', exp, role: 'editor' }
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const ask = async (payload: object) => {
      const content = `${encoded({ alg: 'EdDSA', typ: 'JWT' })}.${encoded(payload)}`
      const token = `${content}.${sign(null, Buffer.from(content), privateKey).toString('base64url')}`
      const { status, body } = await test.request('GET', '/api/accounts', {
        headers: { authorization: `Bearer ${token}` },
      })
      return [status, body.code ?? body.data]
    }
    expect(await ask(claims)).toEqual([200, [{ subject: 'ann,1', role: 'reader' }]])
    expect(await ask({ ...claims, sub: 'ben' })).toEqual([401, 'identity.caller-unknown'])
    expect(await ask({ ...claims, aud: 'shop' })).toEqual([401, 'identity.token-invalid'])
    expect(await ask({ ...claims, exp: undefined })).toEqual([401, 'identity.token-invalid'])
  })

  it('knows nobody when its schema names no caller', async () => {
    const plain = defineSchema({ Note: model({ text: field.text() }) })
    const open = createApp({
      schema: plain,
      rules: defineRules(plain, { Note: () => ({ read: everyone }) }),
      auth: { key: hmacKey('x'.repeat(32)) },
    })
    await using test = await createTestApp(open)
    expect((await test.request('GET', '/api/notes')).status).toBe(200)
    const known = await test.request('GET', '/api/notes', { headers: { authorization: 'Bearer a.b.c' } })
    expect([known.status, known.body.code]).toEqual([401, 'identity.caller-unknown'])
  })
})

describe('an extension', () => {
  const seen: string[] = []
  const bookmarks: Extension = {
    name: 'bookmarks',
    models: { Bookmark: model({ url: field.url(), user: field.belongsTo('User').default(caller => caller.id) }) },
    rules: {
      Bookmark: ({ row, user }: { row: { user: { is(id: unknown): never } }; user: { id: unknown } }) => ({
        read: row.user.is(user.id),
        create: row.user.is(user.id),
      }),
    },
    actions: joined => ({
      countBookmarks: action(joined, {
        output: { count: field.integer() },
        allow: ({ user }) => user.isSignedIn,
        run: async ({ db }) => ({
          count: await (db as unknown as { Bookmark: { count(): Promise<number> } }).Bookmark.count(),
        }),
      }),
    }),
    on: { '*': ({ name }) => seen.push(name) },
    checks: [{ name: 'bookmarks.none', tags: ['bookmarks'], run: () => [] }],
    start: async ({ db }) => {
      seen.push(`start ${await (db as { Bookmark: { count(): Promise<number> } }).Bookmark.count()}`)
    },
    stop: () => seen.push('stop'),
  }

  it('brings models that lead to the application’s own, rules, actions, a start and a stop', async () => {
    {
      await using test = await createTestApp(createApp({ schema, rules, actions, extensions: [bookmarks] }))
      const reader = await test.db.User.create(anna)
      const other = await test.db.User.create({ ...anna, email: 'ben@example.com' })
      expect((await test.as(reader).post('/api/bookmarks', { url: 'https://example.com/' })).status).toBe(201)
      expect((await test.as(reader).get('/api/bookmarks')).body.data).toHaveLength(1)
      expect((await test.as(other).get('/api/bookmarks')).body.data).toHaveLength(0)
      expect((await test.as(reader).post('/api/actions/count-bookmarks')).body).toEqual({ count: 1 })
      expect((await test.asAnonymous().get('/api/articles')).status).toBe(200)
      expect(seen).toEqual(['start 0'])
    }
    expect(seen).toEqual(['start 0', 'stop'])
  })

  it.each([
    ['a model', { name: 'x', models: { User: model({ name: field.text() }) } }],
    ['rules of a model that is not its own', { name: 'x', rules: { Article: () => ({ read: everyone }) } }],
    ['an action', { name: 'x', actions: () => ({ publish }) }],
    ['its own name', bookmarks],
  ] as const)('cannot declare anew what is there: %s', async (_, extension) => {
    await expect(
      createTestApp(createApp({ schema, rules, actions, extensions: [bookmarks, extension] })),
    ).rejects.toMatchObject({
      code: 'boot.extension-conflict',
    })
  })
})
