/** Which rows an upsert may look for: by what its caller may know of every row, and nothing else (semantics 5, 8). */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model, nobody } from 'plinth'
import { createTestApp } from 'plinth/testing'

const schema = defineSchema(
  {
    Member: model({
      name: field.text().unique(),
      email: field.email().unique({ ignoreCase: true }).optional().maskable(),
      hidden: field.text().unique().optional(),
      token: field.text().writeOnly().unique().optional(),
      badge: field.integer().unique().optional(),
      role: field.enum(['member', 'clerk']).default('member').readOnly(),
    }),
  },
  { caller: 'Member' },
)
const rules = defineRules(schema, {
  Member: ({ row, user }) => ({
    read: everyone,
    create: everyone,
    update: everyone,
    fields: {
      email: { read: row.id.is(user.id) },
      hidden: { read: nobody },
      badge: { read: user.role.is('clerk') },
    },
  }),
})

test('fields that are closed to the caller find no row', async () => {
  await using tested = await createTestApp(createApp({ schema, rules }))
  const given = { email: 'ann@example.com', hidden: 'h', token: 't', badge: 7 }
  const ann = await tested.db.Member.create({ name: 'ann', ...given })
  const clerk = await tested.db.Member.create({ name: 'clerk', role: 'clerk' })
  for (const [on, value] of Object.entries(given)) {
    for (const sent of [value, on === 'badge' ? 8 : `other-${value}`]) {
      const told = await tested.as(ann).post(`/api/members?on=${on}`, { name: 'forged', [on]: sent })
      expect([on, told.status, told.body.code]).toEqual([on, 403, 'rules.field-closed'])
    }
  }
  const told = await tested.as(clerk).post('/api/members?on=badge', { name: 'anna', badge: 7 })
  expect([told.status, told.body.id]).toEqual([200, ann.id])
  expect((await tested.as(ann).post('/api/members?on=name', { name: 'anna', badge: 9 })).status).toBe(200)
  const { id } = await tested.db.Member.upsert({
    on: ['email'],
    create: { name: 'x', email: 'ANN@example.com' },
    update: { name: 'ann' },
  })
  expect(id).toBe(ann.id)
  expect(await tested.db.Member.count()).toBe(2)
})

test('the closed field is told before what is wrong with the body', async () => {
  await using tested = await createTestApp(createApp({ schema, rules }))
  const told = await tested.asAnonymous().post('/api/members?on=hidden', { nonsense: true })
  expect([told.status, told.body.code]).toEqual([403, 'rules.field-closed'])
})

test('a private unique is not told of where rows are named, and names none', async () => {
  const library = defineSchema({
    Shelf: model({ name: field.text().unique(), books: field.hasMany('Book', 'shelf') }),
    Book: model({
      isbn: field.text().unique(),
      stock: field.text().private().unique().optional(),
      shelf: field.belongsTo('Shelf').optional(),
    }),
  })
  const open = { read: everyone, create: everyone, update: everyone }
  await using tested = await createTestApp(
    createApp({ schema: library, rules: defineRules(library, { Shelf: () => open, Book: () => open }) }),
  )
  const book = await tested.db.Book.create({ isbn: '1', stock: 'A7' })
  const caller = tested.asAnonymous()
  const refused = await Promise.all([
    caller.post('/api/books?on=stock', { isbn: '2', stock: 'A7' }),
    caller.post('/api/books?on=shelfId', { isbn: '2' }),
    caller.post('/api/shelves', { name: 'a', books: { connect: [{ stock: 'A7' }] } }),
    caller.post('/api/shelves', { name: 'a', books: { connectOrCreate: [{}] } }),
  ])
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual([
    [400, 'request.not-unique'],
    [400, 'request.not-unique'],
    [422, 'values.invalid'],
    [422, 'values.wrong-type'],
  ])
  const told = refused.map(({ body }) => JSON.stringify(body).replaceAll(/"name":"stock"|by \\"stock\\"/g, ''))
  for (const text of told) expect(text).not.toContain('stock')
  expect(refused[1]?.body.hint).toBe('Did you mean "isbn"?')
  expect(JSON.stringify((await caller.get('/openapi.json')).body)).not.toContain('stock')
  expect(await tested.db.Book.get({ stock: 'A7' })).toMatchObject({ id: book.id })
})

test('whether a row is there that they may not read, is told to nobody who could not create it', async () => {
  const tenants = defineSchema(
    {
      Org: model({ name: field.text() }),
      User: model({ org: field.belongsTo('Org'), role: field.text().default('member').readOnly() }),
      Project: model(
        {
          org: field.belongsTo('Org').default(caller => caller.orgId),
          slug: field.text(),
          title: field.text().default(''),
        },
        { unique: [['orgId', 'slug']] },
      ),
      Name: model({ name: field.text().unique(), owner: field.belongsTo('User').default(caller => caller.id) }),
    },
    { caller: 'User' },
  )
  const own = defineRules(tenants, {
    User: () => ({ read: everyone }),
    Org: ({ row, user }) => ({ read: row.id.is(user.orgId) }),
    Project: ({ row, user }) => {
      const ours = row.org.is(user.orgId)
      return { read: ours, create: ours, update: ours }
    },
    Name: ({ row, user }) => {
      const mine = row.owner.is(user.id)
      return { read: mine, create: user.role.is('namer'), update: mine }
    },
  })
  await using tested = await createTestApp(createApp({ schema: tenants, rules: own }))
  const [theirs, ours] = [await tested.db.Org.create({ name: 'A' }), await tested.db.Org.create({ name: 'B' })]
  const [other, spy] = [
    await tested.db.User.create({ orgId: theirs.id }),
    await tested.db.User.create({ orgId: ours.id }),
  ]
  const namer = await tested.db.User.create({ orgId: ours.id, role: 'namer' })
  await tested.db.Project.create({ orgId: theirs.id, slug: 'merger' })
  await tested.db.Name.create({ name: 'taken', ownerId: other.id })

  const told = async (as: object, url: string, body: object) => {
    const { status, body: answer } = await tested.as(as as typeof spy).post(url, body)
    return [status, answer.code]
  }
  for (const slug of ['merger', 'nothing'])
    expect(await told(spy, '/api/projects?on=orgId,slug', { orgId: theirs.id, slug })).toEqual([
      409,
      'writes.reference-missing',
    ])
  for (const name of ['taken', 'free'])
    expect(await told(spy, '/api/names?on=name', { name })).toEqual([403, 'rules.operation-closed'])
  expect(await told(namer, '/api/names?on=name', { name: 'taken' })).toEqual([409, 'writes.unique'])
  expect(await told(namer, '/api/names?on=name', { name: 'free' })).toEqual([201, undefined])
})
