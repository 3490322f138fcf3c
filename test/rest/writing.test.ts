// Writes over REST through the front door, on a real database: create, upsert, change, delete, restore, whole filters, once per key.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { type Asked, type Blog, openBlog, type Told } from './blog.ts'

let blog: Blog
beforeAll(async () => {
  blog = await openBlog({}, sqliteStore({ file: ':memory:' }))
})
afterAll(() => blog.close())

const send = (method: string, url: string, body?: unknown, more: Partial<Asked> = {}): Promise<Told> =>
  blog.ask({ method, url, body, as: blog.ann, ...more })
const post = (url: string, body: unknown, more?: Partial<Asked>) => send('POST', url, body, more)
const patch = (url: string, body: unknown, more?: Partial<Asked>) => send('PATCH', url, body, more)

let count = 0
const draft = (more: object = {}) => ({ title: `Draft ${++count}`, authorId: blog.ann, ...more })
async function created(more: object = {}): Promise<Told> {
  const told = await post('/api/articles', draft(more))
  if (told.status !== 201) throw new Error(told.text)
  return told
}

describe('POST', () => {
  it('creates one and says where it is', async () => {
    const told = await post(
      '/api/articles',
      draft({ price: '1.5', views: '9007199254740993', meta: { constructor: 'x' } }),
    )
    expect(told.status).toBe(201)
    expect(told.json).toMatchObject({
      state: 'draft',
      price: '1.50',
      views: '9007199254740993',
      meta: { constructor: 'x' },
      version: 1,
    })
    const location = told.headers['location'] ?? ''
    expect(location).toBe(`/api/articles/${told.json.id}`)
    const read = await blog.ask({ url: location, as: blog.ann })
    expect(read.json).toEqual(told.json)
    expect(read.headers['etag']).toBe(told.headers['etag'])
  })

  it('creates several at once or none', async () => {
    const told = await post('/api/tags', [{ name: 'one' }, { name: 'two', color: '#fff' }])
    expect([told.status, told.json]).toEqual([
      201,
      [
        { name: 'one', color: null },
        { name: 'two', color: '#fff' },
      ],
    ])
    const refused = await post('/api/tags', [{ name: 'three' }, { name: 'one' }])
    expect([refused.status, refused.json.code]).toEqual([409, 'writes.unique'])
    const wrong = await post('/api/tags', [{ name: 'four' }, { nam: 'x' }])
    expect([wrong.status, wrong.json.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([
      422,
      ['/1/nam', '/1/name'],
    ])
    expect((await blog.ask({ url: '/api/tags/three' })).status).toBe(404)
    expect((await blog.ask({ url: '/api/tags/four' })).status).toBe(404)
    expect(await post('/api/tags', [])).toMatchObject({ status: 201, json: [] })
  })

  it('gives back what is selected, or nothing', async () => {
    const some = await post('/api/articles?select=title,author(name)', draft())
    expect(some.json).toEqual({ title: expect.any(String), author: { name: 'Ann' } })
    const nothing = await post('/api/articles', draft(), { headers: { prefer: 'respond-async, return=minimal' } })
    expect([nothing.status, nothing.text, nothing.headers['preference-applied']]).toEqual([204, '', 'return=minimal'])
    expect((await blog.ask({ url: nothing.headers['location'] ?? '', as: blog.ann })).status).toBe(200)
    const limited = await post('/api/articles?include=comments(;limit=1)', draft())
    expect([limited.status, limited.json.code]).toEqual([400, 'request.malformed-parameter'])
  })

  it('links and creates one level deep', async () => {
    const told = await post(
      '/api/articles?include=tags(name)',
      draft({ tags: { connect: [{ name: 'red' }], create: [{ name: 'new' }] } }),
    )
    expect(told.json.tags.map((tag: { name: string }) => tag.name).toSorted()).toEqual(['new', 'red'])
  })

  it('updates the row with the same unique value instead, if asked to', async () => {
    const url = '/api/tags?on=name'
    const first = await post(url, { name: 'up', color: 'a' }, { as: blog.admin })
    const second = await post(url, { name: 'up', color: 'b' }, { as: blog.admin })
    expect([first.status, second.status, second.json]).toEqual([201, 200, { name: 'up', color: 'b' }])
    expect(first.headers['location']).toBe('/api/tags/up')
    expect(second.headers).not.toHaveProperty('location')
    expect((await post('/api/tags?on=color', { name: 'x' })).json.code).toBe('request.not-unique')
    expect((await post(url, [{ name: 'x' }])).json.code).toBe('request.body-wrong-shape')
  })

  it.each<[unknown, number, string, string[]]>([
    [{ title: 'x'.repeat(201) }, 422, 'values.invalid', ['/authorId', '/title']],
    [{ title: '', authorId: 1 }, 422, 'values.invalid', ['/authorId', '/title']],
    [{ titel: 'x', title: 'x', authorId: 'me' }, 422, 'values.invalid', ['/authorId', '/titel']],
    [
      { id: 'x', title: 'x', createdAt: '2026-01-01T00:00:00Z', version: 7, deletedAt: null },
      422,
      'values.invalid',
      ['/authorId', '/createdAt', '/deletedAt', '/id', '/version'],
    ],
    [{ title: 'a\u0000b', authorId: 'me' }, 422, 'values.invalid', ['/authorId', '/title']],
    [{ title: '\ud800', authorId: 'me' }, 422, 'values.invalid', ['/authorId', '/title']],
    [
      { title: 'x', price: '1.555', rating: 'NaN', rank: 1.5, featured: 'yes', publishedAt: '24:00' },
      422,
      'values.invalid',
      ['/authorId', '/featured', '/price', '/publishedAt', '/rank', '/rating'],
    ],
    ['"text"', 400, 'request.body-wrong-shape', []],
    ['null', 400, 'request.body-wrong-shape', []],
    ['{"title":"a","title":"b"}', 400, 'request.repeated-key', ['/title']],
    ['{"__proto__":{"role":"admin"}}', 400, 'request.forbidden-key', ['/__proto__']],
    ['{"views":9007199254740993}', 400, 'request.number-not-exact', ['/views']],
    ['['.repeat(100_000), 400, 'request.body-too-deep', []],
    ['{"a":'.repeat(100_000), 400, 'request.body-too-deep', []],
  ])('refuses a body (%#)', async (body, status, code, places) => {
    const told = await post('/api/articles', body)
    expect([told.status, told.json.code]).toEqual([status, code])
    if (status === 422)
      expect(told.json.errors.map((error: { pointer: string }) => error.pointer).toSorted()).toEqual(places)
    else for (const place of places) expect(told.json.errors[0].pointer).toBe(place)
  })

  it.each([
    ['{"a":', 'application/json'],
    ['{}', 'text/plain'],
    ['['.repeat(100_000), 'application/json'],
  ])('does not look at what somebody sends who may not send anything (%#)', async (body, type) => {
    for (const [method, url] of [
      ['POST', '/api/articles'],
      ['PATCH', '/api/articles/x?titel=1'],
      ['PATCH', '/api/articles'],
      ['POST', '/api/tags?on=nothing'],
    ]) {
      const told = await blog.ask({
        method: method!,
        url: url!,
        body,
        headers: { 'content-type': type, 'if-match': 'x', 'idempotency-key': 'x' },
      })
      expect([told.status, told.json.code]).toEqual([401, 'rules.sign-in-required'])
      expect(told.headers['www-authenticate']).toBe('Bearer realm="api"')
    }
  })

  it('cannot set what the server sets, however it is spelled', async () => {
    const owned = {
      id: '01890000-0000-7000-8000-000000000009',
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: null,
      version: 7,
      deletedAt: null,
      commentCount: 3,
    }
    const { headers } = await created()
    for (const [name, value] of Object.entries(owned)) {
      const isFree = name === 'id'
      const bodies: [string, string, unknown][] = [
        ...(isFree
          ? []
          : ([
              ['POST', '/api/articles', draft({ [name]: value })],
              ['POST', '/api/articles', [draft({ [name]: value })]],
              ['POST', '/api/articles?on=slug', draft({ slug: 'own', [name]: value })],
            ] as [string, string, unknown][])),
        ['PATCH', headers['location'] ?? '', { [name]: value }],
        ['PATCH', '/api/articles?rank=0', { [name]: value }],
        ['PATCH', headers['location'] ?? '', { [`\u0000${name}`]: value }],
        ['PATCH', headers['location'] ?? '', { [name.toUpperCase()]: value }],
        ['PATCH', headers['location'] ?? '', { [`${name}[eq]`]: value }],
      ]
      for (const [method, url, body] of bodies) {
        const told = await send(method, url, body)
        expect([method, url, told.status, told.json.code]).toEqual([method, url, 422, 'values.invalid'])
      }
    }
    const role = await patch(`/api/users/${blog.ann}`, { role: 'admin' })
    expect([role.status, role.json.errors[0].code]).toEqual([422, 'values.read-only'])
    const email = await patch(`/api/users/${blog.ann}`, { email: 'x@example.com' })
    expect([email.status, email.json.errors[0].code]).toEqual([422, 'values.read-only'])
  })

  it('is refused to whoever may not', async () => {
    expect((await blog.ask({ method: 'POST', url: '/api/articles', body: draft() })).status).toBe(401)
    expect((await post('/api/articles', draft({ authorId: blog.bob }))).status).toBe(403)
    expect((await post('/api/articles', draft({ secret: 'x' }))).status).toBe(403)
    expect((await post('/api/users', { name: 'x' })).status).toBe(405)
  })
})

it('tells nothing of a row that its writer may not read, not even where it is', async () => {
  const schema = defineSchema({ Letter: model({ text: field.text() }) })
  const rules = defineRules(schema, { Letter: () => ({ create: everyone }) })
  await using app = await createTestApp(createApp({ schema, rules }))
  const { status, text, headers } = await app.asAnonymous().post('/api/letters', { text: 'Dear Sir' })
  expect([status, text, headers['location'], headers['etag']]).toEqual([204, '', undefined, undefined])
  expect(await app.db.Letter.count()).toBe(1)
})

describe('PATCH', () => {
  it.each(['application/merge-patch+json', 'application/json'])('changes what is named, as %s', async type => {
    const { headers, json } = await created({ rank: 5 })
    const told = await patch(
      headers['location'] ?? '',
      { title: 'Neu', price: null },
      { headers: { 'content-type': type } },
    )
    expect(told.status).toBe(200)
    expect(told.json).toMatchObject({
      ...json,
      title: 'Neu',
      slug: told.json.slug,
      version: 2,
      updatedAt: expect.any(String),
    })
    expect(told.headers['etag']).toMatch(/^"2\./)
  })

  it('is refused when the row has moved on', async () => {
    const { headers } = await created()
    const [url, etag] = [headers['location'] ?? '', headers['etag'] ?? '']
    const change = (ifMatch: string) => patch(url, { rank: 1 }, { headers: { 'if-match': ifMatch } })
    expect((await change(etag)).status).toBe(200)
    expect(await change(etag)).toMatchObject({ status: 412, json: { code: 'writes.version-changed' } })
    expect((await change('"2.otherhash"')).status).toBe(200)
    expect((await change('W/"2.x"')).status).toBe(412)
    expect((await change('"whatever"')).status).toBe(412)
    expect((await change('"x", "3.x"')).status).toBe(200)
    // A proxy that compresses makes tags weak.
    expect((await change('W/"4.x"')).status).toBe(200)
    expect((await change('*')).status).toBe(200)
    for (const broken of ['3', '"3', '"3.x" "4.x"', '"3.x", "4.x"']) {
      expect(await change(broken)).toMatchObject({ status: 400, json: { code: 'request.malformed-header' } })
    }
  })

  it('cannot honour If-Match without a version', async () => {
    await post('/api/tags', { name: 'plain' })
    const told = await patch('/api/tags/plain', { color: 'x' }, { as: blog.admin, headers: { 'if-match': '"1.x"' } })
    expect([told.status, told.json.code]).toEqual([400, 'writes.version-missing'])
    const none = await patch('/api/tags/plain', { color: 'x' }, { as: blog.admin, headers: { 'if-none-match': '*' } })
    expect([none.status, none.json.code]).toEqual([400, 'request.unsupported-header'])
  })

  it('refuses in the order of what the caller may know', async () => {
    const { headers } = await created()
    const url = headers['location'] ?? ''
    const body = { title: '' }
    const stale = { 'if-match': '"9.x"' }
    expect((await blog.ask({ method: 'PATCH', url, body, headers: stale })).status).toBe(401)
    expect((await patch(url, body, { as: blog.bob, headers: stale })).status).toBe(404)
    expect((await patch(url, body, { as: blog.admin, headers: stale })).status).toBe(403)
    expect((await patch(url, body, { headers: stale })).status).toBe(412)
    expect((await patch(url, body)).status).toBe(422)
    expect((await patch('/api/articles/nope', { rank: 1 })).status).toBe(404)
    expect((await patch(url, [{ rank: 1 }])).status).toBe(400)
  })

  it('prefers to say nothing when asked to', async () => {
    const { headers } = await created()
    const told = await patch(headers['location'] ?? '', { rank: 1 }, { headers: { prefer: 'return="minimal"' } })
    expect([told.status, told.text, told.headers['preference-applied']]).toEqual([204, '', 'return=minimal'])
    // The first of them counts, and what is none is passed over.
    const first = 'return=representation, return=minimal'
    expect((await patch(headers['location'] ?? '', { rank: 2 }, { headers: { prefer: first } })).json.rank).toBe(2)
    expect(
      (await patch(headers['location'] ?? '', { rank: 3 }, { headers: { prefer: 'no-return=minimal' } })).status,
    ).toBe(200)
  })
})

describe('DELETE and restore', () => {
  it('hides a row, and brings it back for those who may see it', async () => {
    const { headers } = await created({ state: 'published' })
    const url = headers['location'] ?? ''
    expect(await send('DELETE', url, undefined, { headers: { 'if-match': '"7.x"' } })).toMatchObject({ status: 412 })
    // There is nothing that would not be acceptable: generated clients name here what refusals are written in, and nothing else.
    const refusals = { headers: { accept: 'application/problem+json' } }
    expect(await send('DELETE', url, undefined, refusals)).toMatchObject({ status: 204, text: '' })
    expect((await send('DELETE', url)).status).toBe(404)
    expect((await blog.ask({ url, as: blog.ann })).status).toBe(404)
    expect((await blog.ask({ url: `${url}?withDeleted=true`, as: blog.admin })).json.deletedAt).toEqual(
      expect.any(String),
    )
    expect((await blog.ask({ url: `${url}?withDeleted=true`, as: blog.ann })).status).toBe(403)
    expect((await post(`${url}/restore`, undefined)).status).toBe(403)
    expect((await blog.ask({ method: 'DELETE', url, as: blog.ann, body: {} })).status).toBe(400)
  })

  it('takes no parameter and no condition in silence', async () => {
    const { headers } = await created()
    const url = headers['location'] ?? ''
    expect(await send('DELETE', `${url}?select=id`)).toMatchObject({
      status: 400,
      json: { code: 'request.unknown-parameter' },
    })
    const ifMatch = { headers: { 'if-match': '"1.x"' } }
    for (const told of [
      await post('/api/articles', draft(), ifMatch),
      await post(`${url}/restore`, undefined, { ...ifMatch, as: blog.admin }),
      await patch('/api/articles?rank=990', { rank: 1 }, ifMatch),
      await send('DELETE', '/api/articles?rank=990', undefined, ifMatch),
    ])
      expect([told.status, told.json.code]).toEqual([400, 'request.unsupported-header'])
    expect((await blog.ask({ url, as: blog.ann })).status).toBe(200)
  })

  it('restores once: a row that is not deleted stays as it is', async () => {
    const { headers } = await post('/api/articles', draft({ authorId: blog.admin }), { as: blog.admin })
    const url = headers['location'] ?? ''
    const restore = () => post(`${url}/restore`, undefined, { as: blog.admin })
    expect((await blog.ask({ url, as: blog.admin })).json).toMatchObject({ version: 1 })
    const untouched = await restore()
    expect([untouched.status, untouched.json.version]).toEqual([200, 1])
    expect((await send('DELETE', url, undefined, { as: blog.admin })).status).toBe(204)
    const back = await restore()
    expect([back.status, back.json.version, back.json.deletedAt]).toEqual([200, 3, null])
    const [again, twice] = await Promise.all([restore(), restore()])
    for (const told of [again, twice]) {
      expect([told.status, told.json]).toEqual([200, back.json])
      expect(told.headers['etag']).toBe(back.headers['etag'])
    }
  })
})

describe('whole filters', () => {
  it('change and delete what the caller may', async () => {
    const made = await Promise.all([created({ rank: 900 }), created({ rank: 900 }), created({ rank: 901 })])
    const told = await patch('/api/articles?rank=900', { rank: 902 })
    expect([told.status, told.json]).toEqual([200, { count: 2 }])
    expect((await patch('/api/articles?rank=902', { rank: 0 }, { as: blog.bob })).json).toEqual({ count: 0 })
    expect((await send('DELETE', '/api/articles?or=(rank=901,rank=902)')).json).toEqual({ count: 3 })
    for (const { headers } of made)
      expect((await blog.ask({ url: headers['location'] ?? '', as: blog.ann })).status).toBe(404)
  })

  it('take their changes as JSON, as one row does', async () => {
    const { json } = await created({ rank: 910 })
    for (const changes of [{ rank: '5' }, { featured: 'true' }, { meta: '{}' }, { labels: '["a"]' }]) {
      const told = await patch('/api/articles?rank=910', changes)
      const one = await patch(`/api/articles/${json.id}`, changes)
      expect([told.status, told.json.errors]).toEqual([422, one.json.errors])
    }
    expect((await patch('/api/articles?rank=910', { meta: { a: 'b' }, note: '42' })).json).toEqual({ count: 1 })
    const { meta, note } = (await blog.ask({ url: `/api/articles/${json.id}`, as: blog.ann })).json
    expect({ meta, note }).toEqual({ meta: { a: 'b' }, note: '42' })
  })

  it.each([
    ['DELETE', '/api/articles', 'request.filter-required'],
    ['PATCH', '/api/articles', 'request.filter-required'],
    ['DELETE', '/api/articles?limit=1', 'request.unknown-parameter'],
    ['PATCH', '/api/articles?rank=1&select=id', 'request.unknown-parameter'],
    ['DELETE', '/api/articles?titel=x', 'request.unknown-parameter'],
  ])('are needed: %s %s', async (method, url, code) => {
    const told = await send(method, url, method === 'PATCH' ? { rank: 1 } : undefined)
    expect([told.status, told.json.code]).toEqual([400, code])
  })
})

describe('Idempotency-Key', () => {
  const key = (name: string): Partial<Asked> => ({ headers: { 'idempotency-key': name } })

  it('makes a repeated request the same one', async () => {
    const body = draft()
    const first = await post('/api/articles', body, key('"a-1"'))
    const again = await post('/api/articles', body, key('"a-1"'))
    expect(again.status).toBe(201)
    expect(again.json).toEqual(first.json)
    for (const name of ['location', 'etag']) expect(again.headers[name]).toBe(first.headers[name])
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true'])
    const other = await post('/api/articles', draft(), key('"a-1"'))
    expect([other.status, other.json.code]).toEqual([422, 'request.idempotency-reused'])
    const others = await post('/api/articles', draft({ authorId: blog.bob }), { ...key('"a-1"'), as: blog.bob })
    expect(others.status).toBe(201)
  })

  it('stands for all that the answer depends on', async () => {
    const body = draft()
    const { headers } = await created()
    const url = headers['location'] ?? ''
    const sent = (path: string, more: Readonly<Record<string, string>> = {}) =>
      post(path, body, { headers: { 'idempotency-key': '"c-1"', ...more } })
    const changed = (tag: string) =>
      patch(url, { rank: 1 }, { headers: { 'idempotency-key': '"c-2"', 'if-match': tag } })
    expect((await sent('/api/articles?select=id')).status).toBe(201)
    expect((await changed('"1.x"')).status).toBe(200)
    const others = [
      await sent('/api/articles?select=title'),
      await sent('/api/articles?select=id', { prefer: 'return=minimal' }),
      await changed('"2.x"'),
    ]
    for (const { status, json } of others) expect([status, json.code]).toEqual([422, 'request.idempotency-reused'])
    expect((await changed('"1.x"')).headers['idempotent-replayed']).toBe('true')
  })

  it('keeps nothing of a refused one', async () => {
    expect((await post('/api/articles', { title: '' }, key('"b-1"'))).status).toBe(422)
    expect((await post('/api/articles', draft(), key('"b-1"'))).status).toBe(201)
  })

  it('is a structured string of somebody who is signed in', async () => {
    for (const name of ['plain', '', '""', '"a', '"é"', '"a";b=1', '"a", "b"', '?1', `"${'x'.repeat(300)}"`]) {
      expect(await post('/api/articles', draft(), key(name))).toMatchObject({ status: 400 })
    }
    const anonymous = await blog.ask({ method: 'POST', url: '/api/tags', body: { name: 'z' }, ...key('"a"') })
    expect([anonymous.status, anonymous.json.code]).toEqual([401, 'rules.sign-in-required'])
  })
})

describe('other methods', () => {
  it.each([
    ['/api/articles', 'GET, POST, PATCH, DELETE, HEAD, OPTIONS'],
    ['/api/articles/x', 'GET, PATCH, DELETE, HEAD, OPTIONS'],
    ['/api/articles:aggregate', 'GET, HEAD, OPTIONS'],
    ['/api/logs', 'GET, HEAD, OPTIONS'],
  ])('%s has %s', async (url, allowed) => {
    const options = await blog.ask({ method: 'OPTIONS', url })
    expect([options.status, options.headers['allow']]).toEqual([204, allowed])
    const put = await send('PUT', url, {})
    expect([put.status, put.json.code, put.headers['allow']]).toEqual([405, 'server.method-not-allowed', allowed])
  })
})
