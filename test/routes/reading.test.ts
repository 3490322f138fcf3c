// Declared routes that read: what projections show, filters, pages, parents, tags of answers, refusals.
import { describe, expect, test } from 'vitest'
import {
  type Condition,
  concat,
  createApp,
  defineRules,
  defineSchema,
  everyone,
  field,
  model,
  not,
  projection,
  routesOf,
} from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { openTheatre, rules, schema } from './theatre.ts'

const names = (body: unknown): unknown[] =>
  (body as { shows: readonly { headline: string }[] }).shows.map(({ headline }) => headline)

describe('a projection', () => {
  test('shows fields under its names, objects, plucked values, related rows and what depends on the caller', async () => {
    await using theatre = await openTheatre()
    const { app, mo } = theatre
    await app.as(mo).post('/v1/shows/hamlet/fans')
    const { body, statements } = await app.as(mo).get('/v1/shows/hamlet')
    expect(body).toEqual({
      show: {
        code: 'hamlet',
        headline: 'Hamlet',
        price: '30.00',
        when: null,
        labels: ['classic', 'long'],
        audience: { fans: 1, amAmong: true },
        host: { name: 'Hanna' },
        firstSeats: [
          { number: 3, heldBy: null },
          { number: 2, heldBy: null },
        ],
      },
    })
    expect(statements).toHaveLength(1)
    const other = await app.asAnonymous().get('/v1/shows/hamlet')
    expect(other.body).toMatchObject({ show: { audience: { fans: 1, amAmong: false } } })
  })

  test('of one value makes a list of values', async () => {
    await using theatre = await openTheatre()
    const { app } = theatre
    expect((await app.asAnonymous().get('/v1/labels')).body).toEqual({ labels: ['classic', 'long', 'loud'] })
  })

  test('without some properties has all the others', async () => {
    await using theatre = await openTheatre()
    const { app, hanna } = theatre
    const { body } = await app.as(hanna).get('/v1/my-shows?limit=1')
    const { shows } = body as { shows: readonly object[] }
    expect(Object.keys(shows[0] ?? {})).toEqual(['code', 'headline', 'price', 'when', 'labels', 'host'])
  })
})

describe('one row', () => {
  test('a row that the caller may not read is not there; for who may, it is', async () => {
    await using theatre = await openTheatre()
    const { app, hanna, mo, mara } = theatre
    const absent = { status: 404, body: { code: 'request.not-found', parameters: { model: 'Show' } } }
    expect(await app.asAnonymous().get('/v1/shows/unnamed')).toMatchObject(absent)
    expect(await app.as(mo).get('/v1/shows/unnamed')).toMatchObject(absent)
    expect(await app.as(mo).get('/v1/shows/NOT%20a%20slug')).toMatchObject(absent)
    expect(await app.as(mo).get('/v1/shows/%ff')).toMatchObject({ status: 400 })
    expect((await app.as(hanna).get('/v1/shows/unnamed')).status).toBe(200)
    expect((await app.as(mara).get('/v1/shows/unnamed')).status).toBe(200)
  })

  test("the caller's own row needs no name in the path", async () => {
    await using theatre = await openTheatre()
    const { app, mo } = theatre
    const own = await app.as(mo).get('/v1/me')
    expect(own.body).toEqual({ person: { name: 'Mo' } })
    // Everybody may read everybody's name, and yet the answer is another one for each.
    expect(own.headers['cache-control']).toBe('private, no-cache')
    expect((await app.asAnonymous().get('/v1/me')).status).toBe(401)
    const changed = await app.as(mo).request('PUT', '/v1/me', { body: { person: { name: 'Momo' } } })
    expect(changed.body).toEqual({ person: { name: 'Momo' } })
  })

  test('is private where not everybody is admitted', async () => {
    const open = { read: everyone, create: everyone }
    const Note = model({ text: field.text() })
    const notes = defineSchema({ User: model({ name: field.text() }), Note }, { caller: 'User' })
    const NoteView = projection(notes, 'Note', ({ row }) => ({ text: row.text }))
    const { group, list, one } = routesOf(notes)
    const signedIn = { allow: ({ user }: { readonly user: { readonly isSignedIn: Condition } }) => user.isSignedIn }
    const routes = [list('/all', NoteView), list('/ours', NoteView, signedIn), one('/ours/{id}', NoteView, signedIn)]
    await using app = await createTestApp(
      createApp({
        schema: notes,
        rules: defineRules(notes, { User: () => open, Note: () => open }),
        routes: [group({ prefix: '/v1' }, routes)],
      }),
    )
    const user = app.as(await app.db.User.create({ name: 'Una' }))
    const { id } = await app.db.Note.create({ text: 'x' })
    const kept = async (path: string) => (await user.get(path)).headers['cache-control']
    expect(await kept('/v1/all')).toBe('no-cache')
    expect([await kept('/v1/ours'), await kept(`/v1/ours/${id}`)]).toEqual(['private, no-cache', 'private, no-cache'])
  })

  test('has a tag that carries the version, and is not sent twice', async () => {
    await using theatre = await openTheatre()
    const { app } = theatre
    const first = await app.asAnonymous().get('/v1/shows/hamlet')
    expect(first.headers['etag']).toMatch(/^"1\./)
    expect(first.headers['cache-control']).toBe('private, no-cache')
    const again = await app
      .asAnonymous()
      .get('/v1/shows/hamlet', { headers: { 'if-none-match': first.headers['etag'] ?? '' } })
    expect(again).toMatchObject({ status: 304, text: '' })
    const head = await app.request('HEAD', '/v1/shows/hamlet')
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers['etag']).toBe(first.headers['etag'])
  })
})

describe('a list', () => {
  test('is not narrowed by rows that the caller may not read, however the filter reaches them', async () => {
    const Keeper = model({
      name: field.text(),
      chief: field.belongsTo('Keeper').optional(),
      meals: field.hasMany('Meal', 'by'),
    })
    const Animal = model({
      name: field.text().key(),
      keeper: field.belongsTo('Keeper').optional(),
      meals: field.hasMany('Meal', 'of'),
    })
    const Meal = model({ of: field.belongsTo('Animal'), by: field.belongsTo('Keeper') })
    const zoo = defineSchema({ Keeper, Animal, Meal }, { caller: 'Keeper' })
    const closed = defineRules(zoo, {
      Keeper: ({ row, user }) => ({ read: row.id.is(user.id) }),
      Animal: () => ({ read: everyone }),
      Meal: () => ({ read: everyone }),
    })
    const { group, list } = routesOf(zoo)
    const value = field.text()
    const Name = projection(zoo, 'Animal', ({ row }) => row.name)
    const animals = list('/animals', Name, {
      filters: {
        path: 'keeper.name',
        plain: { value, where: ({ row, value: name }) => row.keeper.name.is(name) },
        part: { value, where: ({ row, value: name }) => row.keeper.name.startsWith(name) },
        joined: { value, where: ({ row, value: name }) => concat(row.keeper.name, '').is(name) },
        other: { value, where: ({ row, value: name }) => not(row.keeper.name.is(name)) },
        chief: { value, where: ({ row, value: name }) => row.keeper.chief.name.is(name) },
        meal: { value, where: ({ row, value: name }) => row.meals.some(meal => meal.by.name.is(name)) },
        gave: { value, where: ({ row, value: name }) => row.keeper.meals.some(meal => meal.of.name.is(name)) },
        busy: { value: field.integer(), where: ({ row, value: least }) => row.keeper.meals.count().gte(least) },
        last: { value, where: ({ row, value: name }) => row.keeper.meals.max(meal => meal.of.name).is(name) },
      },
    })
    await using app = await createTestApp(
      createApp({ schema: zoo, rules: closed, routes: [group({ prefix: '' }, [animals])] }),
    )
    const chief = await app.db.Keeper.create({ name: 'Cleo' })
    const [ann, bob] = await app.db.Keeper.create([{ name: 'Ann', chiefId: chief.id }, { name: 'Bob' }])
    await app.db.Animal.create([
      { name: 'ape', keeperId: ann!.id },
      { name: 'bear', keeperId: bob!.id },
    ])
    await app.db.Meal.create({ ofName: 'ape', byId: ann!.id })
    const found = async (as: { readonly id: string }, query: string) => (await app.as(as).get(`/animals?${query}`)).body
    for (const query of ['path=Ann', 'plain=Ann', 'part=A', 'joined=Ann', 'meal=Ann'])
      expect([query, await found(ann!, query), await found(bob!, query)]).toEqual([query, ['ape'], []])
    expect([await found(ann!, 'gave=ape'), await found(bob!, 'gave=ape')]).toEqual([['ape'], []])
    expect([await found(ann!, 'busy=1'), await found(bob!, 'busy=1')]).toEqual([['ape'], []])
    expect([await found(ann!, 'busy=0'), await found(bob!, 'busy=0')]).toEqual([
      ['ape', 'bear'],
      ['ape', 'bear'],
    ])
    expect([await found(ann!, 'last=ape'), await found(bob!, 'last=ape')]).toEqual([['ape'], []])
    expect([await found(ann!, 'other=Ann'), await found(bob!, 'other=Ann')]).toEqual([['bear'], ['ape', 'bear']])
    // Ann may not read who her chief is.
    expect([await found(ann!, 'chief=Cleo'), await found(chief, 'chief=Cleo')]).toEqual([[], []])
    expect((await app.asAnonymous().get('/animals?plain=Ann')).status).toBe(401)
  })

  test('has pages as large as its route says, also beyond those of the generated API', async () => {
    const routes = routesOf(schema)
    const TagView = projection(schema, 'Tag', ({ row, pluck }) => ({ name: row.name, props: pluck('shows', 'props') }))
    const tags = routes.group({ prefix: '' }, [
      routes.list('/tags', TagView, { paging: 'offset', limit: 250, maximum: 300 }),
    ])
    await using app = await createTestApp(createApp({ schema, rules, routes: [tags] }), { store: 'memory' })
    const hanna = await app.db.Person.create({ name: 'Hanna' })
    const show = { title: 'Hamlet', price: '30.00', published: true, props: ['skull', 'sword'], hostId: hanna.id }
    await app.db.Show.create({
      ...show,
      tags: { create: Array.from({ length: 260 }, (_, index) => ({ name: `t${index}` })) },
    })
    const lengthOf = async (query: string) => ((await app.asAnonymous().get(`/tags${query}`)).body as unknown[]).length
    expect([await lengthOf(''), await lengthOf('?limit=300')]).toEqual([250, 260])
    expect((await app.asAnonymous().get('/tags?limit=301')).body).toMatchObject({ code: 'request.limit-out-of-range' })
    // Values that have no order come in the order of the rows.
    expect((await app.asAnonymous().get('/tags?limit=1')).body).toEqual([{ name: 't0', props: [['skull', 'sword']] }])
  })

  test('has the order and the pages of its declaration, and counts what the caller may read', async () => {
    await using theatre = await openTheatre()
    const { app, hanna } = theatre
    const first = await app.asAnonymous().get('/v1/shows')
    expect(names(first.body)).toEqual(['Hamlet', 'King Lear'])
    expect(first.body).toMatchObject({ showCount: 3 })
    expect(names((await app.asAnonymous().get('/v1/shows?offset=2')).body)).toEqual(['Circus'])
    expect((await app.asAnonymous().get('/v1/shows?offset=9')).body).toEqual({ shows: [], showCount: 3 })
    const own = await app.as(hanna).get('/v1/shows?limit=3&offset=1')
    expect(names(own.body)).toEqual(['King Lear', 'Unnamed', 'Circus'])
    expect(own.body).toMatchObject({ showCount: 4 })
    expect(own.statements).toHaveLength(1)
  })

  test.each([
    ['label=classic', ['Hamlet', 'King Lear']],
    ['label=classic&cheaperThan=30', ['King Lear']],
    ['host=Hanna&label=loud', ['Circus']],
    ['host=Nobody', []],
    ['cheaperThan=9.90', []],
    ['seatOf=Mo', ['Circus']],
    ['label=no+such', []],
  ])('is narrowed by declared parameters: %s', async (query, expected) => {
    await using theatre = await openTheatre()
    const { app, mo, circus } = theatre
    await app.db.Seat.create({ showId: circus.id, number: 7, holderId: mo.id })
    expect(names((await app.asAnonymous().get(`/v1/shows?${query}`)).body)).toEqual(expected)
  })

  test.each([
    ['labels=classic', 'request.unknown-parameter', 'Did you mean "label"?'],
    ['label=classic&label=long', 'request.repeated-parameter', 'Give it once.'],
    ['cheaperThan=cheap', 'request.malformed-parameter', undefined],
    ['cheaperThan=%zz', 'request.malformed-parameter', undefined],
    ['limit=4', 'request.limit-out-of-range', undefined],
    ['limit=0', 'request.limit-out-of-range', undefined],
    ['limit=abc', 'request.limit-out-of-range', undefined],
    ['offset=-1', 'request.malformed-parameter', undefined],
    ['after=x', 'request.unknown-parameter', undefined],
    ['ofset=1', 'request.unknown-parameter', 'Did you mean "offset"?'],
  ])('refuses %s', async (query, code, hint) => {
    await using theatre = await openTheatre()
    const { app } = theatre
    const answer = await app.asAnonymous().get(`/v1/shows?${query}`)
    expect(answer).toMatchObject({ status: 400, body: { code, ...(hint === undefined ? {} : { hint }) } })
  })

  test('by cursor links to the pages around; forward and backward meet', async () => {
    await using theatre = await openTheatre()
    const { app, hanna } = theatre
    const asHanna = app.as(hanna)
    const first = await asHanna.get('/v1/my-shows')
    expect(names(first.body)).toEqual(['Circus', 'Hamlet'])
    expect(first.headers['link']).toMatch(/^<\/v1\/my-shows\?after=[\w-]+>; rel="next"$/)
    const next = /<([^>]+)>; rel="next"/.exec(first.headers['link'] ?? '')?.[1] ?? ''
    const second = await asHanna.get(next)
    expect(names(second.body)).toEqual(['King Lear', 'Unnamed'])
    const previous = /<([^>]+)>; rel="prev"/.exec(second.headers['link'] ?? '')?.[1] ?? ''
    expect((await asHanna.get(previous)).body).toEqual(first.body)
    expect(await asHanna.get('/v1/my-shows?after=forged')).toMatchObject({
      status: 400,
      body: { code: 'request.cursor-invalid' },
    })
    expect((await app.asAnonymous().get('/v1/my-shows')).status).toBe(401)
  })

  test('under a parent: one statement; a parent that the caller may not read is not there', async () => {
    await using theatre = await openTheatre()
    const { app, hanna, draft } = theatre
    const full = await app.asAnonymous().get('/v1/shows/hamlet/seats')
    expect(full.body).toMatchObject({ seats: [{ number: 1 }, { number: 2 }, { number: 3 }], seatCount: 3 })
    expect(full.statements).toHaveLength(1)
    expect((await app.asAnonymous().get('/v1/shows/king-lear/seats')).body).toEqual({ seats: [], seatCount: 0 })
    const absent = { status: 404, body: { code: 'request.not-found', parameters: { model: 'Show' } } }
    expect(await app.asAnonymous().get('/v1/shows/macbeth/seats')).toMatchObject(absent)
    // Seats are readable by all, but the show that they stand under is not.
    await app.db.Seat.create({ showId: draft.id, number: 1 })
    expect(await app.asAnonymous().get('/v1/shows/unnamed/seats')).toMatchObject(absent)
    expect((await app.as(hanna).get('/v1/shows/unnamed/seats')).body).toMatchObject({ seatCount: 1 })
  })
})
