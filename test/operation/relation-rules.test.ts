/** Rules of relations in nested writes. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model, nobody } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const User = model({ name: field.text(), followers: field.manyToMany('User') })
const Note = model({
  text: field.text(),
  owner: field.belongsTo('User').default(caller => caller.id),
  marks: field.hasMany('Mark', 'note'),
  readers: field.manyToMany('User'),
})
const Mark = model({ note: field.belongsTo('Note'), color: field.text() })
const schema = defineSchema({ User, Note, Mark }, { caller: 'User' })
const rules = defineRules(schema, {
  User: ({ row, user }) => ({ read: everyone, update: row.id.is(user.id), fields: { followers: { write: nobody } } }),
  Note: ({ row, user }) => ({
    read: everyone,
    create: row.owner.is(user.id),
    update: row.owner.is(user.id),
    fields: { readers: { write: nobody }, marks: { write: nobody } },
  }),
  Mark: ({ user }) => ({ read: everyone, create: user.isSignedIn }),
})
const app = createApp({ schema, rules })

const closed = (name: string) => ({ status: 403, body: { code: 'rules.field-closed', parameters: { name } } })

test('the write rule of a relation closes nested writes through it, in updates and in creates', async () => {
  await using plinth = await createTestApp(app)
  const [ann, bob] = await plinth.db.User.create([{ name: 'Ann' }, { name: 'Bob' }])
  const note = await plinth.db.Note.create({ text: 'mine', ownerId: ann!.id })
  const asAnn = plinth.as(ann!)

  const followed = await asAnn.patch(`/api/users/${ann!.id}`, { followers: { connect: bob!.id } })
  expect(followed).toMatchObject(closed('followers'))
  const read = await asAnn.patch(`/api/notes/${note.id}`, { readers: { connect: bob!.id } })
  expect(read).toMatchObject(closed('readers'))
  const marked = await asAnn.post('/api/notes', { text: 'x', marks: { create: { color: 'red' } } })
  expect(marked).toMatchObject(closed('marks'))
  expect(await plinth.db.Note.count()).toBe(1)
  expect(await plinth.db.Mark.count()).toBe(0)

  const plain = await asAnn.patch(`/api/notes/${note.id}`, { text: 'still mine' })
  expect(plain.status).toBe(200)
})

test('a link that the rules of its own model refuse is refused, not left out in silence', async () => {
  const Person = model({ name: field.text() })
  const Party = model({
    name: field.text(),
    host: field.belongsTo('Person').default(caller => caller.id),
    guests: field.manyToMany('Person', { through: 'Guest' }),
  })
  const Guest = model(
    { party: field.belongsTo('Party'), person: field.belongsTo('Person') },
    { key: ['partyId', 'personId'] },
  )
  const house = defineSchema({ Person, Party, Guest }, { caller: 'Person' })
  const houseRules = defineRules(house, {
    Person: () => ({ read: everyone }),
    Party: ({ row, user }) => ({ read: everyone, update: row.host.is(user.id) }),
    Guest: ({ row, user }) => ({ read: everyone, create: row.person.is(user.id) }),
  })
  await using plinth = await createTestApp(createApp({ schema: house, rules: houseRules }))
  const [ann, bob] = await plinth.db.Person.create([{ name: 'Ann' }, { name: 'Bob' }])
  const party = await plinth.db.Party.create({ name: 'May', hostId: ann!.id })
  const connect = (id: string) => plinth.as(ann!).patch(`/api/parties/${party.id}`, { guests: { connect: id } })
  expect(await connect(bob!.id)).toMatchObject({ status: 403, body: { code: 'rules.row-closed' } })
  expect(await plinth.db.Guest.count()).toBe(0)
  expect((await connect(ann!.id)).status).toBe(200)
  expect((await connect(ann!.id)).status).toBe(200)
  expect(await plinth.db.Guest.count()).toBe(1)
})
