/** Children that are written with their row (hasMany, hasOne): moving one is a change of the child, with all that belongs to one. */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  anyOf,
  createApp,
  defineHooks,
  defineRules,
  defineSchema,
  everyone,
  field,
  model,
  nobody,
} from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'

const open = { read: everyone, create: everyone, update: everyone, delete: everyone }

const Person = model({ name: field.text(), passport: field.text().unique().private().optional() })
const Album = model({
  title: field.text(),
  owner: field.belongsTo('Person'),
  photos: field.hasMany('Photo', 'album'),
  prints: field.hasMany('Print', 'album'),
  cover: field.hasOne('Cover', 'album'),
  shops: field.manyToMany('Shop', { through: 'Offer' }),
  label: field.hasOne('Label', 'album'),
})
const Shop = model({ name: field.text().unique() })
const Offer = model(
  { album: field.belongsTo('Album'), shop: field.belongsTo('Shop'), price: field.integer() },
  { key: ['albumId', 'shopId'] },
)
const Label = model({ text: field.text(), album: field.belongsTo('Album').immutable().unique() })
const Photo = model(
  { name: field.text().unique(), album: field.belongsTo('Album').optional() },
  { timestamps: true, version: true },
)
const Print = model({
  name: field.text().unique(),
  album: field.belongsTo('Album').optional().immutable(),
})
const Cover = model({ colour: field.text(), album: field.belongsTo('Album').optional().unique() })
const schema = defineSchema({ Person, Album, Photo, Print, Cover, Shop, Offer, Label }, { caller: 'Person' })
const rules = defineRules(schema, {
  Person: () => open,
  Album: () => open,
  Print: () => open,
  Cover: () => open,
  Shop: () => open,
  Offer: () => open,
  Label: () => open,
  // A photo may be taken up by whoever owns the album, and then belongs there.
  Photo: ({ row, user }) => ({ ...open, update: anyOf(row.album.isNull(), row.album.owner.is(user.id)) }),
})
const happened: string[] = []
beforeEach(() => void happened.splice(0))
const hooks = defineHooks(schema, {
  Photo: {
    beforeUpdate: ({ rows, previous }) =>
      void happened.push(`before ${rows.length} ${previous.map(({ name }) => name).join(' ')}`),
    afterUpdate: ({ rows }) => void happened.push(`after ${rows.map(({ name }) => name).join(' ')}`),
  },
})
const app = createApp({ schema, rules, hooks })

async function start() {
  const plinth = await createTestApp(app)
  const { db } = plinth
  const me = await db.Person.create({ name: 'me' })
  const you = await db.Person.create({ name: 'you' })
  const mine = await db.Album.create({ title: 'mine', ownerId: me.id })
  const yours = await db.Album.create({ title: 'yours', ownerId: you.id })
  const mineToo = await db.Album.create({ title: 'mine too', ownerId: me.id })
  const [sea, sky] = await db.Photo.create([
    { name: 'sea', albumId: mine.id },
    { name: 'sky', albumId: mine.id },
  ])
  plinth.clock.advance('1h')
  const albumOf = async (name: string) => (await db.Photo.get({ name })).albumId
  const opened = { plinth, db, me, you, mine, yours, mineToo, sea: sea!, sky: sky!, albumOf }
  return { ...opened, [Symbol.asyncDispose]: () => plinth.close() }
}

const errorsOf = (body: unknown) => (body as { errors: { code: string; pointer: string }[] }).errors

describe('connecting a child is changing it', () => {
  test('the rule of the child holds for it as it becomes', async () => {
    await using there = await start()
    const { plinth, me, mine, yours, sea, albumOf } = there
    const direct = await plinth.as(me).patch(`/api/photos/${sea.id}`, { albumId: yours.id })
    const nested = await plinth.as(me).patch(`/api/albums/${yours.id}`, { photos: { connect: [sea.id] } })
    expect([direct.status, nested.status]).toEqual([403, 403])
    expect(nested.body).toMatchObject({ code: 'rules.row-closed' })
    expect(await albumOf('sea')).toBe(mine.id)
  })

  test('hooks hear of all of them at once, and updatedAt, version and change records tell it', async () => {
    await using there = await start()
    const { plinth, db, me, mineToo, sea, sky } = there
    const moved = await plinth
      .as(me)
      .patch(`/api/albums/${mineToo.id}`, { photos: { connect: [sea.id, sky.id, sea.id] } })
    expect(moved.status).toBe(200)
    expect(happened).toEqual(['before 2 sea sky', 'after sea sky'])
    const photo = await db.Photo.get(sea.id)
    expect(photo).toMatchObject({ albumId: mineToo.id, version: 2 })
    expect(photo.updatedAt.getTime() - photo.createdAt.getTime()).toBe(3_600_000)
    expect(moved.changes).toContainEqual({
      model: 'Photo',
      key: [sea.id],
      operation: 'update',
      fields: ['albumId', 'updatedAt'],
    })
  })

  test('one that is there already is left alone', async () => {
    await using there = await start()
    const { plinth, db, me, mine, sea, sky } = there
    const path = `/api/albums/${mine.id}`
    expect((await plinth.as(me).patch(path, { photos: { connect: [sea.id] } })).status).toBe(200)
    expect((await plinth.as(me).patch(path, { photos: { set: [sea.id, sky.id] } })).status).toBe(200)
    expect(happened).toEqual([])
    expect(await db.Photo.get(sea.id)).toMatchObject({ version: 1 })
  })

  test('only children of the row itself are disconnected from it', async () => {
    await using there = await start()
    const { plinth, me, mine, mineToo, sea, albumOf } = there
    const other = await plinth.as(me).patch(`/api/albums/${mineToo.id}`, { photos: { disconnect: [sea.id] } })
    expect(other.status).toBe(200)
    expect(await albumOf('sea')).toBe(mine.id)
    const own = await plinth.as(me).patch(`/api/albums/${mine.id}`, { photos: { disconnect: [sea.id] } })
    expect(own.status).toBe(200)
    expect(await albumOf('sea')).toBeNull()
    expect(happened).toEqual(['before 1 sea', 'after sea'])
  })

  test('a reference that cannot be changed there cannot be changed from here', async () => {
    await using there = await start()
    const { plinth, db, me, mine, mineToo } = there
    const print = await db.Print.create({ name: 'large', albumId: mine.id })
    const path = `/api/albums/${mineToo.id}`
    for (const word of ['connect', 'disconnect', 'set']) {
      const refused = await plinth.as(me).patch(path, { prints: { [word]: [print.id] } })
      expect(refused.status).toBe(422)
      expect(errorsOf(refused.body)).toMatchObject([{ code: 'values.immutable', pointer: `/prints/${word}` }])
    }
    const made = await plinth.as(me).patch(path, { prints: { connectOrCreate: [{ name: 'small' }] } })
    expect(made.status).toBe(200)
    const taken = await plinth
      .as(me)
      .patch(path, { prints: { connectOrCreate: [{ name: 'small' }, { name: 'large' }] } })
    expect(taken.status).toBe(422)
    expect(errorsOf(taken.body)).toMatchObject([{ code: 'values.immutable', pointer: '/prints/connectOrCreate/1' }])
    expect(await db.Print.get(print.id)).toMatchObject({ albumId: mine.id })
  })

  test('the reference of a child is that to its row, and is not said besides', async () => {
    await using there = await start()
    const { plinth, db, me, mine, mineToo } = there
    const refused = await plinth
      .as(me)
      .patch(`/api/albums/${mineToo.id}`, { photos: { create: [{ name: 'x', albumId: mine.id }] } })
    expect(refused.status).toBe(422)
    expect(errorsOf(refused.body)).toMatchObject([{ code: 'values.given-twice', pointer: '/photos/create/0/albumId' }])
    expect(await db.Photo.count({ where: { name: 'x' } })).toBe(0)
  })

  test('the only child makes room for the next', async () => {
    await using there = await start()
    const { plinth, db, me, mine } = there
    const path = `/api/albums/${mine.id}?include=cover`
    await plinth.as(me).patch(path, { cover: { create: { colour: 'red' } } })
    const changed = await plinth.as(me).patch(path, { cover: { disconnect: true, create: { colour: 'blue' } } })
    expect(changed.body).toMatchObject({ cover: { colour: 'blue' } })
    expect(await db.Cover.count({ where: { album: { isNull: true } } })).toBe(1)
  })
})

test.each([{ from: 'readOnly' }, { from: 'private' }] as const)(
  'a reference that is $from is not written from the other end',
  async ({ from }) => {
    const User = model({ name: field.text(), tasks: field.hasMany('Task', 'owner') })
    const owner = field.belongsTo('User').optional()
    const Task = model({ title: field.text(), owner: from === 'private' ? owner.private() : owner.readOnly() })
    const tasks = defineSchema({ User, Task })
    await using plinth = await createTestApp(
      createApp({ schema: tasks, rules: defineRules(tasks, { User: () => open, Task: () => open }) }),
    )
    const user = await plinth.db.User.create({ name: 'ann' })
    const task = await plinth.db.Task.create({ title: 'sweep' })
    const path = `/api/users/${user.id}`
    for (const [word, given] of [
      ['connect', task.id],
      ['set', task.id],
      ['create', { title: 'x' }],
    ] as const) {
      const refused = await plinth.asAnonymous().patch(path, { tasks: { [word]: [given] } })
      expect(refused.status).toBe(422)
      expect(errorsOf(refused.body)).toMatchObject([{ code: 'values.read-only', pointer: `/tasks/${word}` }])
    }
    // The system writes both ends.
    await plinth.db.User.update(user.id, { tasks: { connect: [task.id] } })
    expect(await plinth.db.Task.get(task.id)).toMatchObject({ ownerId: user.id })
  },
)

test('a child that has to have a parent cannot be left without', async () => {
  const List = model({ name: field.text(), items: field.hasMany('Item', 'list') })
  const Item = model({ name: field.text(), list: field.belongsTo('List') })
  const lists = defineSchema({ List, Item })
  await using plinth = await createTestApp(
    createApp({ schema: lists, rules: defineRules(lists, { List: () => open, Item: () => open }) }),
  )
  const list = await plinth.db.List.create({ name: 'a', items: { create: [{ name: 'x' }, { name: 'y' }] } })
  const other = await plinth.db.List.create({ name: 'b' })
  const [item] = await plinth.db.Item.find()
  const anyone = plinth.asAnonymous()
  const path = `/api/lists/${list.id}`
  const disconnected = await anyone.patch(path, { items: { disconnect: [item!.id] } })
  expect(errorsOf(disconnected.body)).toMatchObject([{ code: 'values.not-nullable', pointer: '/items/disconnect' }])
  const emptied = await anyone.patch(path, { items: { set: [] } })
  // Once, however many children would have to leave.
  expect(errorsOf(emptied.body)).toMatchObject([{ code: 'values.not-nullable', pointer: '/items/set' }])
  const from = await anyone.patch(`/api/items/${item!.id}`, { list: { disconnect: true } })
  expect(errorsOf(from.body)).toMatchObject([{ code: 'values.not-nullable', pointer: '/list/disconnect' }])
  // It may go elsewhere.
  expect((await anyone.patch(`/api/lists/${other.id}`, { items: { set: [item!.id] } })).status).toBe(200)
  expect(await plinth.db.Item.get(item!.id)).toMatchObject({ listId: other.id })
})

test('a field rule on the reference holds from both ends', async () => {
  const Desk = model({ name: field.text(), drawers: field.hasMany('Drawer', 'desk') })
  const Drawer = model({ name: field.text(), desk: field.belongsTo('Desk').optional() })
  const desks = defineSchema({ Desk, Drawer })
  await using plinth = await createTestApp(
    createApp({
      schema: desks,
      rules: defineRules(desks, {
        Desk: () => open,
        Drawer: () => ({ ...open, fields: { deskId: { write: nobody } } }),
      }),
    }),
  )
  const desk = await plinth.db.Desk.create({ name: 'a' })
  const drawer = await plinth.db.Drawer.create({ name: 'x' })
  const refused = await plinth.asAnonymous().patch(`/api/desks/${desk.id}`, { drawers: { connect: [drawer.id] } })
  expect(refused.body).toMatchObject({ status: 403, code: 'rules.field-closed' })
})

describe.each(engines)('references to a unique that is not the key, on %s', engine => {
  const Doc = model({
    code: field.text({ max: 20 }).unique(),
    lines: field.hasMany('Line', 'doc'),
  })
  const Line = model({
    n: field.integer(),
    docCode: field.text({ max: 20 }).optional(),
    doc: field.belongsTo('Doc', { on: { code: 'docCode' } }).optional(),
  })
  const docs = defineSchema({ Doc, Line })
  const documents = createApp({
    schema: docs,
    rules: defineRules(docs, { Doc: () => ({ ...open, fields: { code: { read: nobody } } }), Line: () => open }),
  })

  test('are written from both ends, by whoever may not read the unique either', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    await using plinth = await createTestApp(documents, { store: database.store() })
    const anyone = plinth.asAnonymous()
    const doc = await plinth.db.Doc.create({ code: 'A' })
    const path = `/api/docs/${doc.id}`
    const first = await anyone.post('/api/lines', { n: 1, doc: { connect: doc.id } })
    expect(first.body).toMatchObject({ n: 1, docCode: 'A' })
    expect((await anyone.patch(path, { lines: { create: [{ n: 2 }] } })).status).toBe(200)
    const third = await plinth.db.Line.create({ n: 3 })
    const { id } = first.body as { id: string }
    expect((await anyone.patch(path, { lines: { connect: [id, third.id] } })).status).toBe(200)
    expect(await plinth.db.Line.find({ sort: 'n', select: { n: true, docCode: true } })).toEqual([
      { n: 1, docCode: 'A' },
      { n: 2, docCode: 'A' },
      { n: 3, docCode: 'A' },
    ])
    expect((await anyone.patch(path, { lines: { disconnect: [id] } })).status).toBe(200)
    expect(await plinth.db.Line.get(id)).toMatchObject({ docCode: null })
  })
})

test('rows that are written along count like those of an array, and the document says so', async () => {
  const app = createApp({ schema, rules, limits: { bulkRows: 3 } })
  await using plinth = await createTestApp(app)
  const me = await plinth.db.Person.create({ name: 'me' })
  const album = await plinth.db.Album.create({ title: 'a', ownerId: me.id })
  const path = `/api/albums/${album.id}`
  const photos = (...names: string[]) => ({ photos: { create: names.map(name => ({ name })) } })
  const refused = await plinth.as(me).patch(path, photos('a', 'b', 'c'))
  expect(refused).toMatchObject({ status: 422, body: { code: 'writes.too-many-rows' } })
  const rows = [1, 2].map(n => ({ title: 'b', ownerId: me.id, ...photos(`${n}`) }))
  expect((await plinth.as(me).post('/api/albums', rows)).status).toBe(422)
  expect((await plinth.as(me).patch(path, photos('a', 'b'))).status).toBe(200)
  expect(await plinth.db.Photo.count()).toBe(2)

  const { schemas } = (await plinth.asAnonymous().get('/openapi.json')).body.components
  const words = schemas.AlbumUpdate.properties
  // The album is one of three.
  expect(words.photos.properties.connect.anyOf[1].maxItems).toBe(2)
  const ids = (await plinth.db.Photo.find()).map(({ id }) => id)
  const connect = async (...of: string[]) => await plinth.as(me).patch(path, { photos: { connect: of } })
  expect(await connect(...ids)).toMatchObject({ status: 200 })
  expect(await connect(...ids, me.id)).toMatchObject({ status: 422, body: { code: 'writes.too-many-rows' } })
  expect(Object.keys(words.photos.properties).toSorted()).toEqual([
    'connect',
    'connectOrCreate',
    'create',
    'disconnect',
    'set',
    'setOrCreate',
  ])
  // Its reference cannot be changed.
  expect(Object.keys(words.prints.properties).toSorted()).toEqual(['connectOrCreate', 'create', 'setOrCreate'])
})

test('the document offers of related rows what is not refused whatever it says', async () => {
  await using plinth = await createTestApp(app)
  const me = await plinth.db.Person.create({ name: 'me' })
  const album = await plinth.db.Album.create({ title: 'a', ownerId: me.id })
  const shop = await plinth.db.Shop.create({ name: 's' })
  const { schemas } = (await plinth.asAnonymous().get('/openapi.json')).body.components
  const offered = (relation: string) => Object.keys(schemas.AlbumUpdate.properties[relation].properties).toSorted()

  // An offer needs its price: links are not made, but go.
  expect(offered('shops')).toEqual(['disconnect', 'set'])
  const connected = await plinth.as(me).patch(`/api/albums/${album.id}`, { shops: { connect: [shop.id] } })
  expect(connected).toMatchObject({ status: 422 })
  await plinth.db.Offer.create({ albumId: album.id, shopId: shop.id, price: 1 })
  expect(await plinth.as(me).patch(`/api/albums/${album.id}`, { shops: { set: [] } })).toMatchObject({ status: 200 })

  expect(offered('label')).toEqual(['create'])
  expect(offered('cover')).toEqual(['connect', 'create', 'disconnect'])
  // The reference of a child is filled in.
  expect(schemas.AlbumUpdate.properties.label.properties.create.$ref).toMatch(/LabelNestedCreateWithoutAlbum$/)
  expect(schemas.LabelNestedCreateWithoutAlbum).toMatchObject({ required: ['text'] })
  expect(Object.keys(schemas.LabelNestedCreateWithoutAlbum.properties)).toEqual(['text'])
  // Nobody names a row by what is in no document.
  expect(JSON.stringify(schemas.PersonAddress)).not.toContain('passport')
})
