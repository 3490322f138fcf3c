// Actions: who may, what goes in and out, one transaction, what leaves when it commits.
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { action, createApp, everyone, fail, field, partial, routesOf } from '../../src/index.ts'
import { refusal } from '../../src/error/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { PersonView, rules, schema, ShowView } from './theatre.ts'

const cancelAll = action(schema, {
  input: {
    reason: field.text({ min: 3 }),
    since: field.datetime().optional(),
    limit: field.integer({ min: 1 }).default(10),
  },
  output: { cancelled: field.integer(), at: field.datetime(), reason: field.text(), seen: field.datetime().optional() },
  allow: ({ user }) => user.role.is('manager'),
  description: 'Takes every show off the programme.',
  run: async ({ db, input, now, emit }) => {
    const shows = await db.asSystem('managers cancel shows of others').Show.updateMany({
      where: { published: true },
      changes: { published: false },
    })
    emit('shows.cancelled', { reason: input.reason, limit: input.limit, since: input.since })
    return { cancelled: shows.count, at: now, reason: input.reason, seen: input.since, secret: 'not declared' }
  },
})

const publish = action(schema, {
  input: { id: field.id('Show') },
  output: 'Show',
  allow: ({ user }) => user.isSignedIn,
  run: async ({ db, input }) => await db.Show.update(input.id, { published: true }),
})

const hide = action(schema, {
  input: { id: field.id('Show') },
  output: ShowView,
  allow: everyone,
  run: async ({ db, input }) => {
    await db.asSystem('anybody may hide').Show.update(input.id, { published: false })
    return input.id
  },
})

const people = action(schema, {
  input: z.object({
    names: z.array(
      z
        .string()
        .min(1)
        .transform(name => name.trim()),
    ),
    page: z.number().int().optional(),
  }),
  output: [PersonView],
  allow: everyone,
  run: async ({ db, input }) => await db.Person.find({ where: { name: { in: input.names } }, sort: '-name' }),
})

const settle = action(schema, {
  input: z.object({
    total: z.number(),
    parts: z.array(z.object({ of: z.number() })),
    by: z.union([z.string(), z.object({ name: z.string() }), z.object({ card: z.number() })]).nullish(),
  }),
  output: z.object({ each: z.number().max(100) }),
  allow: everyone,
  run: ({ input }) => ({ each: input.total / input.parts.length }),
})

const half = action(schema, {
  allow: everyone,
  input: { name: field.text(), break: field.boolean() },
  run: async ({ db, input, emit }) => {
    await db.asSystem('a test').Person.create({ name: input.name })
    emit('person.made', { name: input.name })
    if (input.break) throw fail('conflict', 'Half is not enough.', { reason: 'half', pointer: '/break' })
  },
})

const apart = action(schema, {
  allow: everyone,
  transaction: false,
  input: { fails: field.boolean(), emits: field.boolean().default(false) },
  run: async ({ db, input, emit }) => {
    await db.asSystem('a test').Person.create({ name: 'kept' })
    if (input.emits) emit('never', {})
    if (input.fails) throw new Error('too late to undo')
  },
})

const rename = action(schema, {
  allow: ({ user }) => user.isSignedIn,
  input: partial({ name: field.text({ min: 1 }), phone: field.text().optional() }),
  output: 'Person',
  run: async ({ db, input, caller }) => await db.Person.update(caller.key, input),
})

const signIn = action(schema, {
  secret: true,
  allow: everyone,
  input: { name: field.text() },
  output: { token: field.text() },
  run: async ({ db, input, issueToken }) => {
    const person = await db.Person.first({ where: { name: input.name } })
    if (person === null) throw fail('unauthenticated', 'Nobody is called that.')
    return { token: issueToken(person.id) }
  },
})

const closed = action(schema, { run: () => null })
const whoAmI = action(schema, {
  allow: everyone,
  output: { key: field.text() },
  run: ({ caller }) => ({ key: caller.isSignedIn ? caller.key : caller.key }),
})

const app = createApp({
  schema,
  rules,
  actions: { cancelAll, publish, hide, people, settle, half, apart, rename, signIn, closed, whoAmI },
})

async function open() {
  const plinth = await createTestApp(app)
  const [hanna, mara] = await plinth.db.Person.create([{ name: 'Hanna' }, { name: 'Mara', role: 'manager' }])
  const show = await plinth.db.Show.create({ title: 'Hamlet', price: '30.00', hostId: hanna!.id })
  return { plinth, hanna: hanna!, mara: mara!, show, [Symbol.asyncDispose]: () => plinth.close() }
}

describe('who may', () => {
  test('is asked before anything of the request is looked at; without "allow" nobody may', async () => {
    await using house = await open()
    const { plinth, hanna, mara } = house
    const path = '/api/actions/cancel-all'
    expect(await plinth.asAnonymous().post(path, { nonsense: 1 })).toMatchObject({
      status: 401,
      body: { code: 'rules.sign-in-required' },
    })
    expect(await plinth.as(hanna).post(path, { nonsense: 1 })).toMatchObject({
      status: 403,
      body: { code: 'rules.operation-closed' },
    })
    expect((await plinth.as(mara).post(path, { nonsense: 1 })).status).toBe(422)
    expect((await plinth.as(mara).post('/api/actions/closed')).status).toBe(403)
    expect(await plinth.as(mara).get(path)).toMatchObject({ status: 405, headers: { allow: 'POST, OPTIONS' } })
  })

  test('opens the action, not the rows', async () => {
    await using house = await open()
    const { plinth, hanna, mara, show } = house
    const refused = await plinth.as(mara).post('/api/actions/publish', { id: show.id })
    expect(refused).toMatchObject({ status: 403, body: { code: 'rules.row-closed' } })
    expect((await plinth.as(hanna).post('/api/actions/publish', { id: show.id })).body).toMatchObject({
      title: 'Hamlet',
      published: true,
    })
  })

  test('can ask about the caller alone', () => {
    const wrong = () => action(schema, { allow: ({ user }) => user.name.is(user.role), run: () => null })
    expect(wrong).not.toThrow()
    const dropped = () =>
      action(schema, { allow: ({ user }) => user.isSignedIn && user.role.is('manager'), run: () => null })
    expect(dropped).toThrow('user.isSignedIn is read but is no part of what is returned')
  })
})

describe('what goes in', () => {
  test('fields are read by their kinds, defaults filled in, all mistakes told at once', async () => {
    await using house = await open()
    const { plinth, mara } = house
    const path = '/api/actions/cancel-all'
    const done = await plinth.as(mara).post(path, { reason: 'storm', since: '2031-01-01T00:00:00+01:00' })
    expect(done).toMatchObject({
      status: 200,
      body: { cancelled: 0, at: '2030-01-01T00:00:00.000Z', reason: 'storm', seen: '2030-12-31T23:00:00.000Z' },
      events: [{ name: 'shows.cancelled', payload: { reason: 'storm', limit: 10, since: '2030-12-31T23:00:00.000Z' } }],
    })
    const refused = await plinth.as(mara).post(path, { reason: 'x', since: 'soon', limit: 0, resaon: 'storm' })
    expect(refused.body).toMatchObject({
      code: 'values.invalid',
      errors: [
        { code: 'values.too-short', pointer: '/reason' },
        { code: 'values.wrong-type', pointer: '/since' },
        { code: 'values.too-small', pointer: '/limit' },
        {
          code: 'values.unknown-field',
          pointer: '/resaon',
          message: 'The input of the action has no field "resaon".',
          hint: 'Did you mean "reason"?',
        },
      ],
    })
    expect(await plinth.as(mara).post(path)).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'values.required', pointer: '/reason' }] },
    })
    expect(await plinth.as(mara).post(path, [])).toMatchObject({ status: 422 })
    expect(await plinth.as(mara).post(`${path}?reason=x`, { reason: 'storm' })).toMatchObject({
      status: 400,
      body: { code: 'request.unknown-parameter' },
    })
  })

  test('a Standard Schema validates and transforms; what it would drop in silence is refused', async () => {
    await using house = await open()
    const { plinth } = house
    const path = '/api/actions/people'
    expect((await plinth.asAnonymous().post(path, { names: [' Mara ', 'Hanna'] })).body).toEqual([
      { name: 'Mara' },
      { name: 'Hanna' },
    ])
    expect(await plinth.asAnonymous().post(path, { names: ['', 3] })).toMatchObject({
      status: 422,
      body: {
        errors: [
          { code: 'values.schema', pointer: '/names/0' },
          { code: 'values.schema', pointer: '/names/1' },
        ],
      },
    })
    const typo = { errors: [{ code: 'values.unknown-field', pointer: '/pgae', hint: 'Did you mean "page"?' }] }
    expect((await plinth.asAnonymous().post(path, { names: [], pgae: 1 })).body).toMatchObject(typo)
    const deep = { errors: [{ code: 'values.unknown-field', pointer: '/parts/0/off' }] }
    expect(
      (await plinth.asAnonymous().post('/api/actions/settle', { total: 1, parts: [{ of: 1, off: 2 }] })).body,
    ).toMatchObject(deep)
    const settled = async (by: unknown): Promise<unknown[]> => {
      const { status, body } = await plinth
        .asAnonymous()
        .post('/api/actions/settle', { total: 1, parts: [{ of: 1 }], by })
      return [status, body.errors?.[0].pointer]
    }
    for (const by of ['x', null, { name: 'x' }, { card: 1 }]) expect(await settled(by)).toEqual([200, undefined])
    expect(await settled({ name: 'x', nick: 'y' })).toEqual([422, '/by/nick'])
    expect(await settled({ card: 1, pin: 2 })).toEqual([422, '/by/pin'])
  })

  test('a Standard Schema gets of a path and a query what it describes: numbers, lists and objects, and texts where it takes texts', async () => {
    const { group, get, put } = routesOf(schema)
    const input = z.object({
      row: z.int(),
      size: z.number().nullable().optional(),
      full: z.boolean().default(false),
      word: z.enum(['1', '2']).optional(),
      either: z.union([z.number(), z.string()]).optional(),
      tags: z.array(z.string()).optional(),
      from: z.object({ at: z.number() }).optional(),
    })
    const output = z.object({ got: z.json() })
    const run = ({ input: got }: { input: z.infer<typeof input> }) => ({
      got: { ...got } as z.infer<typeof output>['got'],
    })
    const routes = [
      group({ prefix: '/seats' }, [
        get('/{row}', { input, output, allow: everyone, run }),
        put('/{row}', { input, output, allow: everyone, run }),
      ]),
    ]
    await using test = await createTestApp(createApp({ schema, rules, routes }))
    const query = 'size=2.5&full=true&word=1&either=3&tags=["3"]&from={"at":4}'
    const got = { row: 7, size: 2.5, full: true, word: '1', either: '3', tags: ['3'], from: { at: 4 } }
    expect((await test.request('GET', `/seats/7?${encodeURI(query)}`)).body).toEqual({ got })
    const { row, ...body } = got
    expect((await test.request('PUT', `/seats/${row}`, { body })).body).toEqual({ got })
    expect(await test.request('GET', '/seats/x?size=null&from={"of":4}')).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'values.unknown-field', pointer: '/from/of' }] },
    })
    expect(await test.request('GET', '/seats/x')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/row' }] },
    })
  })

  test('what is left out of partial() is left as it is, what is null becomes null', async () => {
    await using house = await open()
    const { plinth, hanna } = house
    await plinth.db.Person.update(hanna.id, { phone: '111' })
    const named = await plinth.as(hanna).post('/api/actions/rename', { name: 'Johanna' })
    expect(named.body).toMatchObject({ name: 'Johanna', phone: '111' })
    expect((await plinth.as(hanna).post('/api/actions/rename', { phone: null })).body).toMatchObject({
      name: 'Johanna',
      phone: null,
    })
    expect((await plinth.as(hanna).post('/api/actions/rename', { name: null })).status).toBe(422)
  })

  test('an action that takes nothing takes an empty object, and nothing else', async () => {
    await using house = await open()
    const { plinth, mara } = house
    expect((await plinth.as(mara).post('/api/actions/who-am-i')).body).toEqual({ key: mara.id })
    expect((await plinth.as(mara).post('/api/actions/who-am-i', {})).status).toBe(200)
    expect((await plinth.as(mara).post('/api/actions/who-am-i', { a: 1 })).status).toBe(400)
    expect((await plinth.asAnonymous().post('/api/actions/who-am-i')).status).toBe(401)
  })
})

describe('what comes out', () => {
  test('rows pass the rules of the caller; what the caller may not read is answered with 204', async () => {
    await using house = await open()
    const { plinth, hanna, show } = house
    const phone = { phone: '1', name: 'Hanna' }
    await plinth.db.Person.update(hanna.id, phone)
    await plinth.db.Show.update(show.id, { published: true })
    expect(await plinth.asAnonymous().post('/api/actions/hide', { id: show.id })).toMatchObject({
      status: 204,
      text: '',
    })
    expect((await plinth.as(hanna).post('/api/actions/hide', { id: show.id })).body).toMatchObject({
      headline: 'Hamlet',
    })
  })

  test('only what is declared; what is not as declared is our mistake, not the caller’s', async () => {
    await using house = await open()
    const { plinth } = house
    expect(
      (await plinth.asAnonymous().post('/api/actions/settle', { total: 6, parts: [{ of: 1 }, { of: 2 }] })).body,
    ).toEqual({ each: 3 })
    const broken = await plinth.asAnonymous().post('/api/actions/settle', { total: 600, parts: [{ of: 1 }] })
    expect(broken).toMatchObject({ status: 500, body: { code: 'server.unexpected' } })
    expect(broken.text).not.toContain('100')
    expect(plinth.failures).toHaveLength(1)
  })

  test('a token for whoever signs in, which is not kept anywhere', async () => {
    await using house = await open()
    const { plinth, hanna } = house
    const answer = await plinth.asAnonymous().post('/api/actions/sign-in', { name: 'Hanna' })
    const { token } = answer.body as { token: string }
    expect(answer.headers['cache-control']).toBe('no-store')
    const asked = await plinth.request('POST', '/api/actions/who-am-i', {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(asked.body).toEqual({ key: hanna.id })
    expect(await plinth.asAnonymous().post('/api/actions/sign-in', { name: 'x' })).toMatchObject({
      status: 401,
      body: { code: 'application.unauthenticated', detail: 'Nobody is called that.' },
    })
    const keyed = { headers: { 'idempotency-key': '"a"' } }
    expect((await plinth.as(hanna).post('/api/actions/sign-in', { name: 'Hanna' }, keyed)).status).toBe(400)
  })
})

describe('an action that may run again', () => {
  test('does so when the database was busy, ten times at most; others do not', { timeout: 30_000 }, async () => {
    const runs: string[] = []
    const again = action(schema, { allow: everyone, retryable: true, run: () => void runs.push('again') })
    const single = action(schema, { allow: everyone, run: () => void runs.push('single') })
    let busy = 0
    const store = sqliteStore({ file: ':memory:' })
    const sometimesBusy: Store = new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...given: unknown[]) => {
          if (name === 'transaction' && busy-- > 0) return Promise.reject(refusal('store.busy', {}))
          return Reflect.apply(value, target, given) as unknown
        }
      },
    })
    await using plinth = await createTestApp(createApp({ schema, rules, actions: { again, single } }), {
      store: sometimesBusy,
    })
    busy = 9
    const headers = { accept: 'application/problem+json' }
    expect((await plinth.asAnonymous().post('/api/actions/again', undefined, { headers })).status).toBe(204)
    busy = 10
    expect((await plinth.asAnonymous().post('/api/actions/again')).status).toBe(503)
    busy = 1
    expect((await plinth.asAnonymous().post('/api/actions/single')).status).toBe(503)
    expect(runs).toEqual(['again'])
  })
})

describe('the transaction', () => {
  test('all or nothing, events included', async () => {
    await using house = await open()
    const { plinth } = house
    const broken = await plinth.asAnonymous().post('/api/actions/half', { name: 'lost', break: true })
    expect(broken).toMatchObject({
      status: 409,
      body: { code: 'application.conflict', parameters: { reason: 'half' }, errors: [{ pointer: '/break' }] },
      events: [],
      changes: [],
    })
    expect(await plinth.db.Person.count({ where: { name: 'lost' } })).toBe(0)
    const whole = await plinth.asAnonymous().post('/api/actions/half', { name: 'kept', break: false })
    expect(whole).toMatchObject({ status: 204, events: [{ name: 'person.made' }] })
  })

  test('can be done without: then each write stands by itself, and nothing can be emitted', async () => {
    await using house = await open()
    const { plinth, hanna } = house
    expect((await plinth.asAnonymous().post('/api/actions/apart', { fails: true })).status).toBe(500)
    expect(await plinth.db.Person.count({ where: { name: 'kept' } })).toBe(1)
    expect((await plinth.asAnonymous().post('/api/actions/apart', { fails: false, emits: true })).status).toBe(500)
    expect((await plinth.asAnonymous().post('/api/actions/apart', { fails: false })).status).toBe(204)
    const keyed = { headers: { 'idempotency-key': '"a"' } }
    expect((await plinth.as(hanna).post('/api/actions/apart', { fails: false }, keyed)).status).toBe(400)
  })

  test('an Idempotency-Key is kept in it', async () => {
    await using house = await open()
    const { plinth, hanna } = house
    const keyed = { headers: { 'idempotency-key': '"once"' } }
    const send = (name: string) => plinth.as(hanna).post('/api/actions/half', { name, break: false }, keyed)
    expect((await send('single')).status).toBe(204)
    expect(await send('single')).toMatchObject({ status: 204, headers: { 'idempotent-replayed': 'true' } })
    expect(await plinth.db.Person.count({ where: { name: 'single' } })).toBe(1)
    expect((await send('double')).status).toBe(422)
  })
})

test.each([
  [
    'a modifier that only stored fields have',
    () => action(schema, { input: { code: field.text().unique() }, run: () => null }),
    'unique() means something only to a field that is stored',
  ],
  [
    'a key of several fields',
    () => action(schema, { input: { seat: field.id('Seat') }, run: () => null }),
    'the key of Seat is not one field',
  ],
  [
    'a schema that gives no JSON Schema',
    () => action(schema, { input: z.object({ on: z.date() }), run: () => null }),
    'gives no JSON Schema',
  ],
  [
    'a default that does not fit',
    () => action(schema, { input: { n: field.integer({ max: 3 }).default(4) }, run: () => null }),
    'its default does not fit',
  ],
])('is refused when it is declared with %s', (_what, declare, message) => {
  expect(declare).toThrow(expect.objectContaining({ message: expect.stringContaining(message) as string }) as Error)
})
