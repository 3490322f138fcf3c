/** A reference of several fields is there with all of them or not at all, and is given once. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const open = { read: everyone, create: everyone, update: everyone }

const Bin = model(
  { hall: field.text({ max: 5 }), aisle: field.text({ max: 5 }), place: field.integer() },
  { key: ['hall', 'aisle', 'place'] },
)
const Group = model({ tenant: field.text({ max: 5 }), code: field.text({ max: 5 }) }, { key: ['tenant', 'code'] })
const Move = model({
  from: field.belongsTo('Bin').optional(),
  amount: field.integer().default(1),
  tenant: field.text({ max: 5 }).default('t'),
  groupCode: field.text({ max: 5 }).optional(),
  team: field.belongsTo('Group', { on: { tenant: 'tenant', code: 'groupCode' } }).optional(),
  half: field.text({ max: 5 }).optional(),
  other: field.text({ max: 5 }).optional(),
  pair: field.belongsTo('Group', { on: { tenant: 'half', code: 'other' } }).optional(),
})
const Note = model({ text: field.text(), about: field.belongsTo('Group').optional() })
const schema = defineSchema({ Bin, Group, Move, Note })
const app = createApp({
  schema,
  rules: defineRules(schema, { Bin: () => open, Group: () => open, Move: () => open, Note: () => open }),
})

const incomplete = (...names: string[]) => ({
  status: 422,
  body: {
    code: 'values.invalid',
    errors: names.map(name => ({
      code: 'values.reference-incomplete',
      pointer: name,
      message: expect.stringContaining(`"${name.split('/').at(-1)}" is missing`),
    })),
  },
})
const bin = { fromHall: 'A', fromAisle: 'a', fromPlace: 1 }

test('half a reference is refused, by what is missing', async () => {
  await using plinth = await createTestApp(app)
  await plinth.db.Bin.create({ hall: 'A', aisle: 'a', place: 1 })
  await plinth.db.Group.create([
    { tenant: 't', code: 'c' },
    { tenant: 'u', code: 'c' },
  ])
  const caller = plinth.asAnonymous()
  const post = (body: object) => caller.post('/api/moves', body)
  expect(await post({ fromHall: 'NO' })).toMatchObject(incomplete('/fromAisle', '/fromPlace'))
  expect(await post({ ...bin, fromPlace: null })).toMatchObject(incomplete('/fromPlace'))
  expect(await post({ other: 'c' })).toMatchObject(incomplete('/half'))
  expect(await caller.post('/api/moves', [{}, { half: 't' }])).toMatchObject(incomplete('/1/other'))
  expect(await plinth.db.Move.count()).toBe(0)
  // The tenant is the row's own, whether or not it is in a group.
  expect((await post({})).status).toBe(201)
  expect((await post({ groupCode: 'c' })).status).toBe(201)
  expect((await post(bin)).status).toBe(201)
})

test('a change counts what the row has already', async () => {
  await using plinth = await createTestApp(app)
  await plinth.db.Bin.create([
    { hall: 'A', aisle: 'a', place: 1 },
    { hall: 'A', aisle: 'a', place: 2 },
  ])
  const caller = plinth.asAnonymous()
  const [empty, full] = await plinth.db.Move.create([{}, { ...bin, amount: 5 }])
  const patch = (id: string, body: object) => caller.patch(`/api/moves/${id}`, body)
  expect(await patch(empty!.id, { fromPlace: 1 })).toMatchObject(incomplete('/fromHall', '/fromAisle'))
  expect(await patch(full!.id, { fromPlace: null })).toMatchObject(incomplete('/fromPlace'))
  expect(await patch(full!.id, { ...bin, fromHall: null })).toMatchObject(incomplete('/fromHall'))
  expect(await caller.patch('/api/moves?amount=5', { fromAisle: null })).toMatchObject(incomplete('/fromAisle'))
  expect(await patch(full!.id, { fromPlace: 2 })).toMatchObject({ status: 200, body: { ...bin, fromPlace: 2 } })
  const nothing = { fromHall: null, fromAisle: null, fromPlace: null }
  expect(await patch(full!.id, nothing)).toMatchObject({ status: 200, body: nothing })
  expect(await patch(empty!.id, bin)).toMatchObject({ status: 200, body: bin })
})

test('a reference is given as a relation or as its scalars', async () => {
  await using plinth = await createTestApp(app)
  const [group] = await plinth.db.Group.create([
    { tenant: 't', code: 'c' },
    { tenant: 'u', code: 'c' },
  ])
  const caller = plinth.asAnonymous()
  const connect = { tenant: group!.tenant, code: group!.code }
  const twice = await caller.post('/api/notes', { text: 'x', aboutCode: null, about: { connect } })
  expect(twice).toMatchObject({
    status: 422,
    body: { errors: [{ code: 'values.given-twice', pointer: '/aboutCode' }] },
  })
  const changed = await caller.post('/api/moves', { tenant: 'u', team: { connect } })
  expect(changed).toMatchObject({ status: 422, body: { code: 'values.contradicted', parameters: { name: 'tenant' } } })
  expect(await caller.post('/api/moves', { tenant: 't', team: { connect } })).toMatchObject({
    status: 201,
    body: { tenant: 't', groupCode: 'c' },
  })
})

test('a reference that shares its first field is told by its own name, whoever writes', async () => {
  const Hub = model(
    {
      tenant: field.text({ max: 5 }),
      number: field.integer(),
      parentNumber: field.integer().optional(),
      parent: field.belongsTo('Hub', { on: { tenant: 'tenant', number: 'parentNumber' } }).optional(),
    },
    { key: ['tenant', 'number'] },
  )
  const hubs = defineSchema({ Hub })
  // What a rule looks at is read before it is written; what it leaves to the database is told by that.
  const rules = defineRules(hubs, { Hub: ({ row }) => ({ ...open, read: row.tenant.is('t') }) })
  await using plinth = await createTestApp(createApp({ schema: hubs, rules }))
  await plinth.db.Hub.create([
    { tenant: 't', number: 1 },
    { tenant: 't', number: 2 },
  ])
  const caller = plinth.asAnonymous()
  const missing = { code: 'writes.reference-missing', parameters: { name: 'parent', model: 'Hub' } }
  const told = { status: 409, body: { ...missing, errors: [{ pointer: '/parent' }] } }
  expect(await caller.post('/api/hubs', { tenant: 't', number: 3, parentNumber: 9 })).toMatchObject(told)
  expect(await caller.patch('/api/hubs/t,2', { parentNumber: 9 })).toMatchObject(told)
  await expect(plinth.db.Hub.update({ tenant: 't', number: 2 }, { parentNumber: 9 })).rejects.toMatchObject(missing)
  // What docs/fields.md says: the tenant is a part of the key, so the relation cannot be written, and the number can.
  expect(await caller.patch('/api/hubs/t,2', { parent: { connect: { tenant: 't', number: 1 } } })).toMatchObject({
    status: 422,
    body: { errors: [{ code: 'values.immutable', pointer: '/parent' }] },
  })
  expect(await caller.patch('/api/hubs/t,2', { parentNumber: 1 })).toMatchObject({ status: 200 })
})
