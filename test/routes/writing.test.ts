// Declared routes that write: input in the words of the projection, the order of refusals, ties between the caller and rows.
import { describe, expect, test } from 'vitest'
import { createApp, everyone, field, projection, routesOf } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { openTheatre, PersonView, rules, schema, SeatView, ShowView } from './theatre.ts'

/** Starts an application with these routes. */
const started = async (...routes: readonly ReturnType<ReturnType<typeof routesOf>['one']>[]): Promise<void> => {
  await using app = await createTestApp(
    createApp({ schema, rules, routes: [routesOf(schema).group({ prefix: '' }, routes)] }),
  )
  expect(app).toBeDefined()
}

describe('create', () => {
  test('reads input under the names of the projection and answers in its envelope', async () => {
    await using theatre = await openTheatre()
    const { app, mara } = theatre
    const show = { headline: 'Medea', price: '18.00', when: '2031-05-01T18:00:00Z', labels: ['long', 'new'] }
    const made = await app.as(mara).post('/v1/shows', { show })
    expect(made).toMatchObject({
      status: 201,
      body: {
        show: { code: 'medea', headline: 'Medea', price: '18.00', labels: ['long', 'new'], host: { name: 'Mara' } },
      },
    })
    expect(await app.db.Tag.count()).toBe(4)
  })

  test('mistakes name the places of the body as it was sent, all at once', async () => {
    await using theatre = await openTheatre()
    const { app, mara } = theatre
    const show = { headline: '', price: 'dear', labels: ['ok', ''], title: 'x', when: null }
    const refused = await app.as(mara).post('/v1/shows', { show, more: 1 })
    expect(refused.status).toBe(422)
    const { errors } = refused.body as { errors: readonly { code: string; pointer: string; message: string }[] }
    expect(errors.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['values.unknown-field', '/more'],
      ['values.unknown-field', '/show/title'],
      ['values.empty', '/show/headline'],
      ['values.wrong-type', '/show/price'],
      ['values.empty', '/show/labels/1'],
    ])
    const missing = await app.as(mara).post('/v1/shows', { show: {} })
    expect(missing.body).toMatchObject({
      errors: [
        { code: 'values.required', pointer: '/show/headline', message: '"headline" is missing.' },
        { code: 'values.required', pointer: '/show/price' },
      ],
    })
    const bare = { status: 422, body: { errors: [{ code: 'values.required', pointer: '/show' }] } }
    expect(await app.as(mara).post('/v1/shows', {})).toMatchObject(bare)
    expect(await app.as(mara).post('/v1/shows')).toMatchObject({ status: 422 })
    expect(await app.db.Show.count()).toBe(4)
  })

  test('rules and field rules are those of the model', async () => {
    await using theatre = await openTheatre()
    const { app, mo } = theatre
    expect((await app.asAnonymous().post('/v1/shows', { nonsense: true })).status).toBe(401)
    const priced = await app.as(mo).post('/v1/shows', { show: { headline: 'Mine', price: '1.00' } })
    expect(priced).toMatchObject({ status: 403, body: { code: 'rules.field-closed' } })
  })

  test('under a parent: closed, then absent, then forbidden, then wrong', async () => {
    await using theatre = await openTheatre()
    const { app, hanna, mo } = theatre
    const seats = '/v1/shows/king-lear/seats'
    expect((await app.asAnonymous().post('/v1/shows/macbeth/seats', { seat: {} })).status).toBe(401)
    const absent = await app.as(mo).post('/v1/shows/macbeth/seats', { seat: {} })
    expect(absent).toMatchObject({ status: 404, body: { parameters: { model: 'Show' } } })
    expect(await app.as(mo).post(seats, { seat: { number: 4 } })).toMatchObject({
      status: 403,
      body: { code: 'rules.row-closed' },
    })
    expect(await app.as(hanna).post(seats, { seat: { number: 0 } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/seat/number' }] },
    })
    expect(await app.as(hanna).post(seats, { seat: { number: 4 } })).toMatchObject({
      status: 201,
      body: { seat: { number: 4, heldBy: null } },
    })
    expect((await app.as(hanna).post(seats, { seat: { number: 4 } })).status).toBe(409)
  })
})

describe('update', () => {
  test('changes what the body holds and nothing else; a list replaces a list', async () => {
    await using theatre = await openTheatre()
    const { app, mara, hanna } = theatre
    const [show] = await app.db.Show.find({ where: { code: 'hamlet' } })
    await app.db.Show.update(show!.id, { hostId: mara.id })
    const labels = async (given: unknown) =>
      (await app.as(mara).patch('/v1/shows/hamlet', { show: { labels: given } })).body
    expect(await labels(['new'])).toMatchObject({ show: { headline: 'Hamlet', labels: ['new'], price: '30.00' } })
    expect(await labels([])).toMatchObject({ show: { labels: [] } })
    expect(await labels(null)).toMatchObject({ errors: [{ code: 'values.not-nullable', pointer: '/show/labels' }] })
    const renamed = await app.as(mara).patch('/v1/shows/hamlet', { show: { headline: 'Macbeth' } })
    expect(renamed.body).toMatchObject({ show: { code: 'macbeth', headline: 'Macbeth' } })
    expect((await app.as(hanna).get('/v1/shows/hamlet')).status).toBe(404)
  })

  test('absent, forbidden, changed meanwhile, wrong: in this order', async () => {
    await using theatre = await openTheatre()
    const { app, hanna, mo } = theatre
    const wrong = { show: { headline: '' } }
    expect((await app.asAnonymous().patch('/v1/shows/macbeth', wrong)).status).toBe(401)
    expect((await app.as(mo).patch('/v1/shows/macbeth', wrong)).status).toBe(404)
    expect((await app.as(mo).patch('/v1/shows/unnamed', wrong)).status).toBe(404)
    expect((await app.as(mo).patch('/v1/shows/hamlet', wrong)).status).toBe(403)
    const stale = { headers: { 'if-match': '"9.x"' } }
    expect((await app.as(hanna).patch('/v1/shows/hamlet', wrong, stale)).status).toBe(412)
    expect((await app.as(hanna).patch('/v1/shows/hamlet', wrong)).status).toBe(422)
    const current = { headers: { 'if-match': '"1.x"' } }
    expect((await app.as(hanna).patch('/v1/shows/hamlet', { show: { headline: 'Ophelia' } }, current)).status).toBe(200)
  })
})

describe('remove', () => {
  test('deletes what its caller may delete', async () => {
    await using theatre = await openTheatre()
    const { app, hanna, mo } = theatre
    expect((await app.asAnonymous().delete('/v1/shows/hamlet')).status).toBe(401)
    expect((await app.as(mo).delete('/v1/shows/hamlet')).status).toBe(403)
    const headers = { accept: 'application/problem+json' }
    expect(await app.as(hanna).delete('/v1/shows/hamlet', { headers })).toMatchObject({ status: 204, text: '' })
    expect((await app.as(hanna).delete('/v1/shows/hamlet')).status).toBe(404)
    expect(await app.db.Seat.count({ where: { show: { code: 'hamlet' } } })).toBe(0)
  })
})

describe('link and unlink', () => {
  test('tie the caller to a row that the caller may read; twice is once', async () => {
    await using theatre = await openTheatre()
    const { app, mo } = theatre
    const fans = (count: number, amAmong: boolean) => ({
      status: 200,
      body: { show: { audience: { fans: count, amAmong } } },
    })
    const path = '/v1/shows/hamlet/fans'
    expect(await app.as(mo).post(path)).toMatchObject(fans(1, true))
    expect(await app.as(mo).post(path, {})).toMatchObject(fans(1, true))
    expect((await app.as(mo).post(path, { of: 'Hanna' })).status).toBe(400)
    expect(await app.as(mo).delete(path)).toMatchObject(fans(0, false))
    expect(await app.as(mo).delete(path)).toMatchObject(fans(0, false))
    expect((await app.asAnonymous().post('/v1/shows/macbeth/fans')).status).toBe(401)
    expect((await app.as(mo).post('/v1/shows/macbeth/fans')).status).toBe(404)
    expect((await app.as(mo).post('/v1/shows/unnamed/fans')).status).toBe(404)
    expect(await app.db.Show.count({ where: { fans: { some: { name: 'Mo' } } } })).toBe(0)
  })

  test('links in a model of their own follow its rules', async () => {
    await using theatre = await openTheatre()
    const { app, hanna, mo, mara } = theatre
    expect((await app.as(mo).post('/v1/shows/hamlet/guests')).status).toBe(403)
    expect((await app.as(mara).post('/v1/shows/unnamed/guests')).status).toBe(200)
    expect((await app.as(mara).post('/v1/shows/unnamed/guests')).status).toBe(200)
    expect(await app.db.Guest.find()).toMatchObject([{ personId: mara.id }])
    expect((await app.as(hanna).delete('/v1/shows/unnamed/guests')).status).toBe(200)
    expect(await app.db.Guest.count()).toBe(1)
    expect((await app.as(mara).delete('/v1/shows/unnamed/guests')).status).toBe(200)
    expect(await app.db.Guest.count()).toBe(0)
  })
})

describe('an Idempotency-Key', () => {
  test('is honoured by every route that writes', async () => {
    await using theatre = await openTheatre()
    const { app, mara } = theatre
    const send = (headline: string) =>
      app.as(mara).post('/v1/shows', { show: { headline, price: '1.00' } }, { headers: { 'idempotency-key': '"k1"' } })
    const first = await send('Twice')
    const second = await send('Twice')
    expect(second).toMatchObject({ status: 201, text: first.text, headers: { 'idempotent-replayed': 'true' } })
    expect(await app.db.Show.count({ where: { title: 'Twice' } })).toBe(1)
    expect((await send('Other')).status).toBe(422)
  })

  test('is honoured where the rows that the path names have gone with the first request', async () => {
    const { group, remove, create } = routesOf(schema)
    const under = group({ prefix: '/under' }, [
      remove('/hosts/{host.id}/shows/{code}', 'Show'),
      create('/shows/{show.code}/seats', SeatView, { input: ['number'] }),
    ])
    await using app = await createTestApp(createApp({ schema, rules, routes: [under] }))
    const host = await app.db.Person.create({ name: 'Hanna', role: 'manager' })
    await app.db.Show.create({ title: 'Hamlet', price: '1.00', hostId: host.id })
    const keyed = { headers: { 'idempotency-key': '"1"' } }
    const seat = (number: number, more: object = {}) =>
      app.as(host).post('/under/shows/hamlet/seats', { seat: { number } }, more)
    const made = await seat(1, keyed)
    const gone = { headers: { 'idempotency-key': '"2"' } }
    const path = `/under/hosts/${host.id}/shows/hamlet`
    const removed = [await app.as(host).delete(path, gone), await app.as(host).delete(path, gone)]
    expect(removed.map(({ status }) => status)).toEqual([204, 204])
    expect(await seat(1, keyed)).toMatchObject({ status: 201, text: made.text })
    expect((await seat(2)).status).toBe(404)
  })
})

describe('a group', () => {
  test('presents refusals in its own way, those of the server included', async () => {
    const { group, one, post } = routesOf(schema)
    const old = group(
      {
        prefix: '/old',
        presentError: error => ({ status: error.status === 404 ? 410 : error.status, body: { oops: error.code } }),
      },
      [
        one('/shows/{code}', ShowView),
        post('/fail', {
          allow: everyone,
          run: () => {
            throw new Error('a secret of the house')
          },
        }),
      ],
    )
    const silent = group({ prefix: '/silent', presentError: () => ({ body: undefined }) }, [
      one('/shows/{code}', ShowView),
    ])
    await using app = await createTestApp(createApp({ schema, rules, routes: [old, silent] }))
    expect(await app.asAnonymous().get('/silent/shows/none')).toMatchObject({ status: 404, text: '' })
    expect(await app.asAnonymous().get('/old/shows/none')).toMatchObject({
      status: 410,
      body: { oops: 'request.not-found' },
    })
    expect(await app.asAnonymous().delete('/old/shows/none')).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, OPTIONS' },
      body: { oops: 'server.method-not-allowed' },
    })
    expect(await app.asAnonymous().post('/old/fail')).toMatchObject({
      status: 500,
      body: { oops: 'server.unexpected' },
    })
    expect(app.failures).toHaveLength(1)
  })

  test.each([
    ['a place that names no field', () => routesOf(schema).one('/shows/{kode}', ShowView), 'Show has no field "kode"'],
    [
      'a place that names many rows',
      () => routesOf(schema).one('/shows/{title}', ShowView),
      'title names no one row of Show',
    ],
    ['no place', () => routesOf(schema).one('/shows', ShowView), 'it names no row of Show'],
    [
      'names in sort and filters that no field has',
      () =>
        routesOf(schema).list('/shows', ShowView, {
          sort: '-titel',
          filters: { host: 'hots.name', called: 'host.nam' },
        } as object),
      'The route /shows: Show has no field "titel", perhaps "title"; Show has no relation "hots", perhaps "host"; Person has no field "nam", perhaps "name"',
    ],
    [
      'a sort by what is many',
      () => routesOf(schema).list('/shows', ShowView, { sort: 'tags.name' } as object),
      'The route /shows: "tags.name" cannot be sorted by: tags leads to many rows',
    ],
    [
      'a sort by one field twice',
      () => routesOf(schema).list('/shows', ShowView, { sort: ['code', '-code'] }),
      '"code" cannot be sorted by: it stands in the sort twice',
    ],
    [
      'a sort by what no caller reads',
      () => routesOf(schema).list('/people', PersonView, { sort: 'secret' }),
      'no caller may read "secret" of Person',
    ],
    [
      'cursors over an order that depends on who asks',
      () => routesOf(schema).list('/shows', ShowView, { sort: 'isMine', paging: 'cursor' } as object),
      'a sort that depends on who asks has no cursors',
    ],
    [
      'a filter by values that are not compared',
      () => routesOf(schema).list('/shows', ShowView, { filters: { prop: 'props' } }),
      'The field "props" cannot be compared with "eq"',
    ],
    [
      'related rows in an order that they do not have',
      () =>
        routesOf(schema).one(
          '/shows/{code}',
          projection(schema, 'Show', ({ pluck }) => ({ seats: pluck('seats', 'number', { sort: 'row' as 'number' }) })),
        ),
      'The route /shows/{code}: Seat has no field "row"',
    ],
    [
      'a limit and no pages',
      () => routesOf(schema).list('/shows', ShowView, { sort: 'title', limit: 3 }),
      '"limit" has a meaning only together with "paging"',
    ],
    [
      'pages of another kind',
      () => routesOf(schema).list('/shows', ShowView, { paging: 'page' } as object),
      '"paging" is one of "offset" and "cursor"',
    ],
    [
      'an option that there is not',
      () => routesOf(schema).list('/shows', ShowView, { sorted: 'title' } as object),
      'The route /shows has no option "sorted"',
    ],
    ['a place in a list', () => routesOf(schema).list('/shows/{code}', ShowView), '{code} names one row'],
    [
      'an input that is computed',
      () => routesOf(schema).create('/shows', ShowView, { input: ['audience'] }),
      '"audience" is no field',
    ],
    [
      'an input that shows some rows',
      () => routesOf(schema).create('/shows', ShowView, { input: ['firstSeats'] }),
      'is no field',
    ],
    [
      'a condition that leaves something out',
      () =>
        routesOf(schema).list('/shows', ShowView, {
          where: ({ row, user }) => row.published.is(true) && row.host.is(user.id),
        }),
      'row.published is read but is no part of what is returned',
    ],
    [
      'an input that is no place',
      () => routesOf(schema).get('/x/{id}', { allow: everyone, input: { code: field.text() }, run: () => null }),
      '{id} is not among its inputs',
    ],
  ])('stops the start when it is declared with %s', async (_what, declare, message) => {
    await expect(started(declare())).rejects.toThrow(message)
  })

  test('all mistakes of the routes are told at once, with file and line', async () => {
    const { one, list } = routesOf(schema)
    const refused = started(one('/shows', ShowView), list('/shows', ShowView, { sort: 'titel' } as object))
    await expect(refused).rejects.toMatchObject({
      code: 'boot.declaration-invalid',
      errors: [
        { message: expect.stringMatching(/it names no row of Show.*writing\.test\.ts:\d+/) as string },
        { message: expect.stringMatching(/no field "titel", perhaps "title".*writing\.test\.ts:\d+/) as string },
      ],
    })
  })

  test.each([
    ['a prefix that is no path', () => routesOf(schema).group({ prefix: 'v1' }, []), 'it has to be empty or a path'],
    [
      'a private field in a projection',
      () => projection(schema, 'Person', ({ row }) => ({ secret: row.secret })),
      'row.secret cannot be used like this: no caller may read it',
    ],
    [
      'a private field of related rows',
      () => projection(schema, 'Show', ({ pluck }) => ({ secrets: pluck('fans', 'secret') })),
      'No caller may read secret of Person',
    ],
    [
      'one value of each of one row',
      () => projection(schema, 'Show', ({ pluck }) => ({ host: pluck('host' as 'fans', 'name') })),
      'Show.host leads to one row; write row.host.name, or include().',
    ],
    [
      'no related rows at all',
      () => projection(schema, 'Show', ({ pluck }) => ({ labels: pluck('tags', 'name', { limit: 0 }) })),
      'The limit of tags in a projection has to be a whole number of at least 1',
    ],
    [
      'a symbol in a projection that is left out',
      () => projection(schema, 'Show', ({ row }) => ({ title: row.price ? row.title : row.code })),
      'row.price is read but is no part of what is returned',
    ],
  ])('is refused when it is declared with %s', (_what, declare, message) => {
    expect(declare).toThrow(expect.objectContaining({ message: expect.stringContaining(message) as string }) as Error)
  })
})
