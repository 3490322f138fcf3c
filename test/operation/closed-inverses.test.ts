/** A link that is closed at the end that holds it does not show, and is not written, through its other end. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model, nobody } from '../../src/index.ts'
import { createTestApp, type TestApp } from '../../src/testing/index.ts'

const open = { read: everyone, create: everyone, update: everyone }

const Member = model({
  name: field.text(),
  reviews: field.hasMany('Review', 'by'),
  praise: field.hasMany('Review', 'about'),
  badge: field.hasOne('Badge', 'holder'),
  clubs: field.manyToMany('Club'),
})
const Review = model({
  text: field.text(),
  by: field.belongsTo('Member').optional().private(),
  about: field.belongsTo('Member').optional(),
  shown: field.boolean().default(true),
})
const Badge = model({ number: field.integer(), holder: field.belongsTo('Member').optional() })
const Club = model({ name: field.text().unique(), members: field.manyToMany('Member') })
const schema = defineSchema({ Member, Review, Badge, Club })
const closed = { read: nobody, write: nobody }
const app = createApp({
  schema,
  rules: defineRules(schema, {
    Member: () => open,
    Review: ({ row }) => ({ ...open, fields: { about: { read: row.shown.is(true) } } }),
    Badge: () => ({ ...open, fields: { holderId: closed } }),
    Club: () => ({ ...open, fields: { members: closed } }),
  }),
})

const fieldClosed = (name: string) => ({ status: 403, body: { code: 'rules.field-closed', parameters: { name } } })

async function fill(plinth: TestApp<typeof app>) {
  const ann = await plinth.db.Member.create({ name: 'Ann' })
  await plinth.db.Review.create([
    { text: 'open', byId: ann.id, aboutId: ann.id },
    { text: 'secret', byId: ann.id, aboutId: ann.id, shown: false },
  ])
  await plinth.db.Badge.create({ number: 7, holderId: ann.id })
  const club = await plinth.db.Club.create({ name: 'Chess', members: { connect: ann.id } })
  return { ann, club, caller: plinth.asAnonymous() }
}

test('what nobody may read is refused by either name', async () => {
  await using plinth = await createTestApp(app)
  const { caller } = await fill(plinth)
  for (const [name, other] of [
    ['reviews', '/api/reviews?include=by'],
    ['badge', '/api/badges?include=holder'],
    ['clubs', '/api/clubs?include=members'],
  ] as const) {
    expect((await caller.get(other)).status, other).toBe(403)
    for (const query of [`include=${name}`, `${name}.id=0`, `select=name,${name}(id)`]) {
      expect(await caller.get(`/api/members?${query}`), query).toMatchObject(fieldClosed(name))
    }
  }
  for (const query of ['badge[isNull]=true', 'sort=badge.number', 'reviews[some]=true', 'not=(clubs.name=Chess)'])
    expect((await caller.get(`/api/members?${query}`)).status, query).toBe(403)
  expect((await caller.get('/api/members:aggregate?count=*&groupBy=badge.number')).status).toBe(403)
  const { schemas } = (await caller.get('/openapi.json')).body.components
  expect(Object.keys(schemas.Member.properties)).toEqual(['id', 'name', 'praise'])
  const all = await plinth.db.Member.find({ include: { reviews: true, badge: true, clubs: true } })
  expect(all).toMatchObject([{ reviews: [{}, {}], badge: { number: 7 }, clubs: [{ name: 'Chess' }] }])
})

test('a rule that looks at the row leaves rows out of the other end', async () => {
  await using plinth = await createTestApp(app)
  const { caller } = await fill(plinth)
  const names = 'select=name,praise(text;sort=text)'
  expect((await caller.get(`/api/members?${names}`)).body.data).toEqual([{ name: 'Ann', praise: [{ text: 'open' }] }])
  expect((await caller.get('/api/members?praise.text=secret')).body.data).toEqual([])
  expect((await caller.get('/api/members?praise.text=open')).body.data).toHaveLength(1)
  expect((await caller.get('/api/members?praise[every].text=open')).body.data).toHaveLength(1)
})

test('links are written from neither end, unless the other end says so itself', async () => {
  await using plinth = await createTestApp(app)
  const { ann, club, caller } = await fill(plinth)
  for (const write of [{ connect: club.id }, { disconnect: club.id }, { set: [] }, { create: { name: 'Go' } }]) {
    const changed = await caller.patch(`/api/members/${ann.id}`, { clubs: write })
    expect(changed, JSON.stringify(write)).toMatchObject(fieldClosed('clubs'))
  }
  expect(await caller.post('/api/members', { name: 'Bob', clubs: { connect: club.id } })).toMatchObject(
    fieldClosed('clubs'),
  )
  const { schemas } = (await caller.get('/openapi.json')).body.components
  expect(schemas.MemberUpdate.properties).not.toHaveProperty('clubs')

  const rules = defineRules(schema, {
    Member: () => ({ ...open, fields: { clubs: { write: everyone } } }),
    Club: () => ({ ...open, fields: { members: { write: nobody } } }),
  })
  await using joining = await createTestApp(createApp({ schema, rules }))
  const bob = await joining.db.Member.create({ name: 'Bob' })
  const chess = await joining.db.Club.create({ name: 'Chess' })
  const asks = joining.asAnonymous()
  expect((await asks.patch(`/api/members/${bob.id}`, { clubs: { connect: chess.id } })).status).toBe(200)
  expect((await asks.patch(`/api/clubs/${chess.id}`, { members: { set: [] } })).status).toBe(403)
})

test('a rule that looks at the row decides which links are written from the other end', async () => {
  const User = model({ name: field.text() })
  const Song = model({ owner: field.belongsTo('User'), title: field.text(), lists: field.manyToMany('List') })
  const List = model({ name: field.text(), songs: field.manyToMany('Song') })
  const music = defineSchema({ User, Song, List }, { caller: 'User' })
  const rules = defineRules(music, {
    User: () => open,
    Song: ({ row, user }) => ({ ...open, fields: { lists: { write: row.owner.is(user.id) } } }),
    List: () => open,
  })
  await using plinth = await createTestApp(createApp({ schema: music, rules }))
  const [ann, bob] = await plinth.db.User.create([{ name: 'Ann' }, { name: 'Bob' }])
  const own = await plinth.db.Song.create({ title: 'own', ownerId: ann!.id })
  const other = await plinth.db.Song.create({ title: 'other', ownerId: bob!.id })
  const list = await plinth.db.List.create({ name: 'x', songs: { connect: other.id } })
  const patch = (songs: object) => plinth.as(ann!).patch(`/api/lists/${list.id}`, { songs })
  for (const songs of [{ connect: other.id }, { disconnect: other.id }, { set: [own.id] }, { set: [] }])
    expect(await patch(songs), JSON.stringify(songs)).toMatchObject(fieldClosed('songs'))
  for (const songs of [{ connect: own.id }, { set: [own.id, other.id] }, { disconnect: own.id }])
    expect((await patch(songs)).status, JSON.stringify(songs)).toBe(200)
  const left = await plinth.db.List.find({ include: { songs: true } })
  expect(left).toMatchObject([{ songs: [{ title: 'other' }] }])
})
