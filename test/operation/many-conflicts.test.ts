/** Of rows that are created at once the one that is in conflict is named, in the body's own places. */
import { expect, test } from 'vitest'
import { anyOf, createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const open = { read: everyone, create: everyone, update: everyone }
const Maker = model({ name: field.text().unique({ ignoreCase: true }) })
const Code = model({ code: field.text({ max: 20 }).key(), maker: field.belongsTo('Maker').optional() })
const schema = defineSchema({ Maker, Code })
const app = createApp({ schema, rules: defineRules(schema, { Maker: () => open, Code: () => open }) })

test('by its index in the array', async () => {
  await using plinth = await createTestApp(app)
  const caller = plinth.asAnonymous()
  await plinth.db.Maker.create({ name: 'Acme' })
  const place = (pointer: string, code: string) => ({
    status: 409,
    body: { code, errors: [{ code, pointer }] },
  })
  expect(await caller.post('/api/makers', [{ name: 'x' }, { name: 'y' }, { name: 'ACME' }])).toMatchObject(
    place('/2/name', 'writes.unique'),
  )
  expect(await caller.post('/api/makers', [{ name: 'x' }, { name: 'X' }])).toMatchObject(
    place('/1/name', 'writes.unique'),
  )
  expect(await caller.post('/api/makers', { name: 'acme' })).toMatchObject(place('/name', 'writes.unique'))
  const absent = '00000000-0000-7000-8000-000000000000'
  const missing = await caller.post('/api/codes', [{ code: 'a' }, { code: 'b', makerId: absent }])
  expect(missing).toMatchObject(place('/1/makerId', 'writes.reference-missing'))
  expect(await caller.post('/api/codes', { code: 'b', makerId: absent })).toMatchObject(
    place('/makerId', 'writes.reference-missing'),
  )
})

test('of rows that are written along by their place in the body', async () => {
  const Shelf = model({ name: field.text().unique(), books: field.hasMany('Book', 'shelf') })
  const Book = model(
    { title: field.text(), isbn: field.text().unique(), shelf: field.belongsTo('Shelf').optional() },
    { unique: [['shelfId', 'title']] },
  )
  const library = defineSchema({ Shelf, Book })
  await using plinth = await createTestApp(
    createApp({ schema: library, rules: defineRules(library, { Shelf: () => open, Book: () => open }) }),
  )
  const caller = plinth.asAnonymous()
  const there = await plinth.db.Shelf.create({ name: 'a', books: { create: { title: 'One', isbn: '1' } } })
  const loose = await plinth.db.Book.create({ title: 'One', isbn: '2' })
  const at = (pointer: string) => ({ status: 409, body: { errors: [{ code: 'writes.unique', pointer }] } })
  const path = `/api/shelves/${there.id}`
  const two = { title: 'Two', isbn: '3' }
  expect(await caller.patch(path, { books: { create: [two, { title: 'x', isbn: '1' }] } })).toMatchObject(
    at('/books/create/1/isbn'),
  )
  expect(await caller.patch(path, { books: { create: [two, { title: 'One', isbn: '4' }] } })).toMatchObject(
    at('/books/create/1'),
  )
  expect(await caller.patch(path, { books: { create: { title: 'x', isbn: '1' } } })).toMatchObject(
    at('/books/create/isbn'),
  )
  expect(await caller.patch(path, { books: { connect: [loose.id] } })).toMatchObject(at('/books/connect/0'))
  const shelves = [{ name: 'b' }, { name: 'c', books: { create: [two, { title: 'x', isbn: '1' }] } }]
  expect(await caller.post('/api/shelves', shelves)).toMatchObject(at('/1/books/create/1/isbn'))
  expect(await caller.post('/api/shelves', { name: 'a', books: { create: [two] } })).toMatchObject(at('/name'))
  const book = { title: 'Three', isbn: '5', shelf: { create: { name: 'a' } } }
  expect(await caller.post('/api/books', book)).toMatchObject(at('/shelf/create/name'))
})

test('a broken check by the place of the first row that breaks it', async () => {
  const Crate = model({ name: field.text().unique(), parcels: field.hasMany('Parcel', 'crate') })
  const Parcel = model(
    {
      weight: field.integer().default(1),
      most: field.integer().optional(),
      crate: field.belongsTo('Crate').optional(),
    },
    { check: { weighs: row => row.weight.gte(1), light: row => anyOf(row.most.isNull(), row.weight.lte(row.most)) } },
  )
  const cargo = defineSchema({ Crate, Parcel })
  await using plinth = await createTestApp(
    createApp({ schema: cargo, rules: defineRules(cargo, { Crate: () => open, Parcel: () => open }) }),
  )
  const caller = plinth.asAnonymous()
  const at = (check: string, pointer: string) => ({
    status: 422,
    body: { parameters: { check }, errors: [{ code: 'writes.check', pointer }] },
  })
  expect(await caller.post('/api/parcels', [{}, { weight: 2 }, { weight: 0 }])).toMatchObject(at('weighs', '/2/weight'))
  expect(await caller.post('/api/parcels', [{ most: 1 }, { most: 0 }])).toMatchObject(at('light', '/1'))
  const crate = { name: 'a', parcels: { create: [{}, { weight: -1 }] } }
  expect(await caller.post('/api/crates', crate)).toMatchObject(at('weighs', '/parcels/create/1/weight'))
  expect(await caller.post('/api/crates', [{ name: 'b' }, crate])).toMatchObject(
    at('weighs', '/1/parcels/create/1/weight'),
  )
})

test('each row that is connected or created is known by what it gives', async () => {
  const Page = model({ title: field.text(), tags: field.manyToMany('Tag'), notes: field.hasMany('Note', 'page') })
  const Tag = model({ name: field.text().key(), code: field.integer().unique() })
  const Note = model({
    name: field.text().unique().optional(),
    code: field.integer().unique().optional(),
    page: field.belongsTo('Page').optional(),
  })
  const wiki = defineSchema({ Page, Tag, Note })
  const rules = defineRules(wiki, { Page: () => open, Tag: () => open, Note: () => open })
  await using plinth = await createTestApp(createApp({ schema: wiki, rules }))
  await plinth.db.Note.create([{ name: 'a' }, { code: 7 }])
  const notes = [{ name: 'a' }, { code: 7 }, { code: 8 }, { name: 'b' }, { code: 8 }]
  const answer = await plinth.asAnonymous().post('/api/pages?include=notes(name,code;sort=name,code)', {
    title: 'x',
    notes: { connectOrCreate: notes },
  })
  expect([answer.status, answer.body.errors]).toEqual([201, undefined])
  expect(answer.body.notes).toEqual([
    { name: 'a', code: null },
    { name: 'b', code: null },
    { name: null, code: 7 },
    { name: null, code: 8 },
  ])
  expect(await plinth.db.Note.count()).toBe(4)
  // By the key, and not by the other unique, whatever other rows give.
  const pages = [
    { title: 'y', tags: { connectOrCreate: [{ name: 'red', code: 1 }] } },
    {
      title: 'z',
      tags: {
        connectOrCreate: [
          { name: 'red', code: 2 },
          { name: 'blue', code: 3 },
        ],
      },
    },
  ]
  expect((await plinth.asAnonymous().post('/api/pages', pages)).status).toBe(201)
  expect(await plinth.db.Tag.count()).toBe(2)
})

test('a key that no path can name is refused', async () => {
  await using plinth = await createTestApp(app)
  const caller = plinth.asAnonymous()
  for (const code of ['', '.', '..']) {
    expect(await caller.post('/api/codes', { code })).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'values.not-addressable', pointer: '/code' }] },
    })
  }
  const dots = await caller.post('/api/codes', { code: '...' })
  expect(dots.status).toBe(201)
  expect((await caller.get(String(dots.headers['location']))).body).toMatchObject({ code: '...' })
})
