/** manyToMany through a model of one's own: links have rules, scopes and hooks of their own. */
import { describe, expect, it } from 'vitest'
import {
  anyOf,
  createApp,
  defineHooks,
  defineRules,
  defineSchema,
  everyone,
  field,
  model,
  projection,
  routesOf,
} from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const Person = model({
  name: field.text(),
  role: field.enum(['member', 'admin']).default('member'),
  parties: field.manyToMany('Party', { through: 'Guest' }),
})
const Party = model({
  name: field.text(),
  guests: field.manyToMany('Person', { through: 'Guest' }),
})
const Guest = model(
  {
    party: field.belongsTo('Party', { onDelete: 'cascade' }),
    person: field.belongsTo('Person', { onDelete: 'cascade' }),
    hidden: field.boolean().default(false),
  },
  { key: ['partyId', 'personId'], softDelete: true },
)
const schema = defineSchema(
  { Person, Party, Guest },
  { caller: 'Person', computed: { Party: ({ row }) => ({ guestCount: row.guests.count() }) } },
)
const rules = defineRules(schema, {
  Person: () => ({ read: everyone, create: everyone }),
  Party: ({ user }) => ({ read: everyone, create: user.isSignedIn, update: user.isSignedIn }),
  // Hidden guests are seen by themselves and by admins.
  Guest: ({ row, user }) => {
    const seen = anyOf(row.hidden.is(false), row.person.is(user.id), user.role.is('admin'))
    return { read: seen, create: user.isSignedIn, delete: anyOf(row.person.is(user.id), user.role.is('admin')) }
  },
})
const { group, list } = routesOf(schema)
const PartyView = projection(schema, 'Party', ({ row, pluck }) => ({
  name: row.name,
  guests: pluck('guests', 'name'),
  count: row.guests.count(),
}))
const happened: string[] = []
const hooks = defineHooks(schema, {
  Guest: {
    afterCreate: ({ rows }) => void happened.push(`created ${rows.length}`),
    afterDelete: ({ rows }) => void happened.push(`deleted ${rows.length}`),
  },
})
const app = createApp({
  schema,
  rules,
  hooks,
  routes: [group({ prefix: '/v1' }, [list('/parties', PartyView, { allow: everyone })])],
})

/** A party with Ann, Bob who hides, and Cem who has left. */
async function open() {
  const plinth = await createTestApp(app)
  const { db } = plinth
  const [ann, bob, cem, eve] = await db.Person.create([
    { name: 'Ann' },
    { name: 'Bob' },
    { name: 'Cem' },
    { name: 'Eve', role: 'admin' },
  ])
  const party = await db.Party.create({ name: 'Summer' })
  await db.Party.create({ name: 'Empty' })
  const partyId = party.id
  await db.Guest.create([
    { partyId, personId: ann!.id },
    { partyId, personId: bob!.id, hidden: true },
    { partyId, personId: cem!.id },
  ])
  await db.Guest.delete({ partyId, personId: cem!.id })
  happened.length = 0
  const found = { plinth, ann: ann!, bob: bob!, cem: cem!, eve: eve!, party }
  return { ...found, [Symbol.asyncDispose]: () => plinth.close() }
}

const names = (rows: unknown): string[] => (rows as { name: string }[]).map(({ name }) => name)

describe('reads follow the links that their caller may read', () => {
  const expected = [
    ['nobody', ['Ann']],
    ['ann', ['Ann']],
    ['bob', ['Ann', 'Bob']],
    ['eve', ['Ann', 'Bob']],
  ] as const

  it.each(expected)('as %s', async (who, guests) => {
    await using opened = await open()
    const { plinth, party } = opened
    const caller = who === 'nobody' ? plinth.asAnonymous() : plinth.as(opened[who])

    const included = await caller.db.Party.get(party.id, { include: { guests: { sort: 'name' } } })
    expect(names(included.guests)).toEqual(guests)
    const rest = await caller.get(`/api/parties/${party.id}?select=guests(name)`)
    expect(names((rest.body as { guests: unknown }).guests).toSorted()).toEqual(guests)

    // The other way round, and as conditions.
    const some = await caller.get('/api/people?parties.name=Summer&sort=name')
    expect(names((some.body as { data: unknown }).data)).toEqual(guests)
    const none = await caller.db.Person.find({ where: { parties: { none: {} } }, sort: 'name' })
    expect(names(none)).toEqual(
      ['Ann', 'Bob', 'Cem', 'Eve'].filter(name => !(guests as readonly string[]).includes(name)),
    )
    const every = await caller.db.Party.find({ where: { guests: { every: { name: 'Ann' } } }, sort: 'name' })
    expect(names(every)).toEqual(guests.length === 1 ? ['Empty', 'Summer'] : ['Empty'])
    expect(await caller.db.Party.count({ where: { guests: { some: { name: 'Bob' } } } })).toBe(guests.length - 1)
    expect(await caller.db.Party.count({ where: { guests: { some: { name: 'Cem' } } } })).toBe(0)
    const groups = await caller.db.Person.aggregate({ where: { parties: { some: {} } }, count: true })
    expect(groups[0]?.count).toBe(guests.length)

    // What the application declares counts with the schema's rights: every live link.
    const view = await caller.get('/v1/parties')
    expect(view.body).toContainEqual({ name: 'Summer', guests, count: 2 })
    expect(included.guestCount).toBe(2)
  })

  it('as the system: live links', async () => {
    await using opened = await open()
    const found = await opened.plinth.db.Party.get(opened.party.id, { include: { guests: { sort: 'name' } } })
    expect(names(found.guests)).toEqual(['Ann', 'Bob'])
  })
})

describe('links are written as rows of their model', () => {
  it('one that is there is left alone: no hook, no change record, no new row', async () => {
    await using opened = await open()
    const { plinth, ann, bob, eve, party } = opened
    const path = `/api/parties/${party.id}`
    const again = await plinth.as(ann).patch(path, { guests: { connect: [ann.id, bob.id] } })
    expect(again.status).toBe(200)
    expect(happened).toEqual([])
    expect(again.changes.filter(change => change.model === 'Guest')).toEqual([])

    const more = await plinth.as(ann).patch(path, { guests: { connect: [ann.id, eve.id] } })
    expect(happened).toEqual(['created 1'])
    expect(more.changes.filter(change => change.model === 'Guest')).toMatchObject([
      { operation: 'create', key: [party.id, eve.id] },
    ])
    expect(await plinth.db.Guest.count()).toBe(3)
  })

  it('one that is taken away is marked, under its delete rule, and can be made again', async () => {
    await using opened = await open()
    const { plinth, ann, bob, cem, party } = opened
    const path = `/api/parties/${party.id}`
    const forced = await plinth.as(bob).patch(path, { guests: { disconnect: ann.id } })
    expect(forced).toMatchObject({ status: 403, body: { code: 'rules.row-closed' } })

    const left = await plinth.as(ann).patch(path, { guests: { disconnect: ann.id } })
    expect(left.status).toBe(200)
    expect(happened).toEqual(['deleted 1'])
    expect(left.changes.filter(change => change.model === 'Guest')).toMatchObject([{ operation: 'delete' }])
    expect(await plinth.db.Guest.count({ withDeleted: true })).toBe(3)
    expect(await plinth.db.Guest.count()).toBe(1)

    const back = await plinth.as(ann).patch(path, { guests: { connect: [ann.id, cem.id] } })
    expect(back.status).toBe(200)
    expect(happened).toEqual(['deleted 1', 'created 2'])
    expect(await plinth.db.Guest.count()).toBe(3)
    expect(await plinth.db.Guest.count({ withDeleted: true })).toBe(3)
  })

  it('a caller who may make none is refused whether or not the link is there', async () => {
    await using opened = await open()
    const { plinth, ann, party } = opened
    const refused = await plinth.asAnonymous().patch(`/api/parties/${party.id}`, { guests: { connect: ann.id } })
    expect(refused.status).toBe(401)
  })
})

it('a rule that hides who stands at the end of a link hides the link', async () => {
  const Member = model({ name: field.text() })
  const Club = model({ name: field.text(), members: field.manyToMany('Member', { through: 'Membership' }) })
  const Membership = model(
    { club: field.belongsTo('Club'), member: field.belongsTo('Member').maskable() },
    { key: ['clubId', 'memberId'] },
  )
  const clubs = defineSchema({ Member, Club, Membership }, { caller: 'Member' })
  const clubRules = defineRules(clubs, {
    Member: () => ({ read: everyone }),
    Club: () => ({ read: everyone }),
    Membership: ({ row, user }) => ({ read: everyone, fields: { member: { read: row.member.is(user.id) } } }),
  })
  await using plinth = await createTestApp(createApp({ schema: clubs, rules: clubRules }))
  const [ann, bob] = await plinth.db.Member.create([{ name: 'Ann' }, { name: 'Bob' }])
  await plinth.db.Club.create({ name: 'Chess', members: { connect: [ann!.id, bob!.id] } })
  const seen = async (caller: ReturnType<typeof plinth.as>) =>
    names((await caller.db.Club.find({ include: { members: { sort: 'name' } } }))[0]?.members)
  expect(await seen(plinth.asAnonymous())).toEqual([])
  expect(await seen(plinth.as(bob!))).toEqual(['Bob'])
  expect(await plinth.asAnonymous().db.Club.count({ where: { members: { some: {} } } })).toBe(0)
})

it('whether there is a hidden link is not told by connecting', async () => {
  const Member = model({ name: field.text() })
  const Club = model({ name: field.text(), members: field.manyToMany('Member', { through: 'Membership' }) })
  const Membership = model(
    { club: field.belongsTo('Club'), member: field.belongsTo('Member'), secret: field.boolean().default(false) },
    { key: ['clubId', 'memberId'] },
  )
  const clubs = defineSchema({ Member, Club, Membership }, { caller: 'Member' })
  const clubRules = defineRules(clubs, {
    Member: () => ({ read: everyone }),
    Club: () => ({ read: everyone, update: everyone }),
    Membership: ({ row, user }) => ({
      read: anyOf(row.secret.is(false), row.member.is(user.id)),
      create: row.member.is(user.id),
      delete: row.member.is(user.id),
    }),
  })
  await using plinth = await createTestApp(createApp({ schema: clubs, rules: clubRules }))
  const [ann, bob, cem, eve] = await plinth.db.Member.create([
    { name: 'Ann' },
    { name: 'Bob' },
    { name: 'Cem' },
    { name: 'Eve' },
  ])
  const club = await plinth.db.Club.create({ name: 'Chess', members: { connect: [eve!.id] } })
  await plinth.db.Membership.create({ clubId: club.id, memberId: bob!.id, secret: true })
  const connect = (who: typeof ann, ids: string[]) =>
    plinth.as(who!).patch(`/api/clubs/${club.id}`, { members: { connect: ids } })
  const outcome = async (id: string) => {
    const { status, body } = await connect(ann, [id])
    const { code } = body as { code: string }
    return { status, code }
  }
  const absent = await outcome(cem!.id)
  expect(absent).toEqual({ status: 403, code: 'rules.row-closed' })
  expect(await outcome(bob!.id)).toEqual(absent)
  // One that may be seen is left alone, and so is one's own.
  expect((await connect(ann, [eve!.id])).status).toBe(200)
  expect((await connect(bob, [bob!.id])).status).toBe(200)
  expect(await plinth.db.Membership.get({ clubId: club.id, memberId: bob!.id })).toMatchObject({ secret: true })
})

it('links are rows of a model whose ends are not unique together', async () => {
  const Member = model({ name: field.text() })
  const Club = model({ name: field.text(), members: field.manyToMany('Member', { through: 'Membership' }) })
  const Membership = model({ club: field.belongsTo('Club'), member: field.belongsTo('Member') })
  const clubs = defineSchema({ Member, Club, Membership })
  const open = () => ({ read: everyone, create: everyone, update: everyone, delete: everyone })
  const clubRules = defineRules(clubs, { Member: open, Club: open, Membership: open })
  await using plinth = await createTestApp(createApp({ schema: clubs, rules: clubRules }))
  const anyone = plinth.asAnonymous()
  const created = await anyone.post('/api/clubs', {
    name: 'Chess',
    members: { create: [{ name: 'Ann' }, { name: 'Bob' }] },
  })
  expect(created.status).toBe(201)
  const [ann] = await plinth.db.Member.find({ where: { name: 'Ann' } })
  const again = await anyone.patch(`/api/clubs/${created.body.id}`, { members: { connect: [ann!.id] } })
  expect(again.status).toBe(200)
  expect(await plinth.db.Membership.count()).toBe(2)
})

const Tag = model({
  name: field.text().unique(),
  secret: field.boolean().default(false),
  notes: field.manyToMany('Note'),
  pages: field.manyToMany('Note', { through: 'Page', inverse: 'paged' }),
})
const Note = model({
  tags: field.manyToMany('Tag', { inverse: 'notes' }),
  paged: field.manyToMany('Tag', { through: 'Page', inverse: 'pages' }),
})
const Page = model(
  { note: field.belongsTo('Note', { onDelete: 'cascade' }), tag: field.belongsTo('Tag', { onDelete: 'cascade' }) },
  { key: ['noteId', 'tagId'] },
)

it('a list that is set says nothing of rows that do not exist for who sets it', async () => {
  const notes = defineSchema({ Tag, Note, Page })
  const open = { read: everyone, create: everyone, update: everyone, delete: everyone }
  await using plinth = await createTestApp(
    createApp({
      schema: notes,
      rules: defineRules(notes, {
        Tag: ({ row }) => ({ ...open, read: row.secret.is(false) }),
        Note: () => open,
        Page: () => open,
      }),
    }),
  )
  const { db } = plinth
  const three = { create: [{ name: 'a' }, { name: 'b' }, { name: 'hidden', secret: true }] }
  const note = await db.Note.create({ tags: three })
  const connect = [{ name: 'a' }, { name: 'b' }, { name: 'hidden' }]
  await db.Note.update(note.id, { paged: { connect } })
  const names = { select: { name: true } } as const
  const linked = async () => await db.Note.get(note.id, { select: { tags: names, paged: names } })

  const set = { set: [{ name: 'a' }] }
  const seen = await plinth
    .asAnonymous()
    .patch(`/api/notes/${note.id}?select=tags(name),paged(name)`, { tags: set, paged: set })

  expect(seen.body).toEqual({ tags: [{ name: 'a' }], paged: [{ name: 'a' }] })
  const kept = [{ name: 'a' }, { name: 'hidden' }]
  expect(await linked()).toEqual({ tags: kept, paged: kept })
  await db.Note.update(note.id, { tags: set, paged: set })
  expect(await linked()).toEqual({ tags: [{ name: 'a' }], paged: [{ name: 'a' }] })
})
