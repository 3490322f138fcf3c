/** A belongsTo relation and its scalars are one thing: what is said of one holds whichever of them a request names. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model, nobody } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const open = { read: everyone, create: everyone, update: everyone }

const Member = model({ name: field.text().unique() })
const Paper = model({
  title: field.text(),
  owner: field.belongsTo('Member').optional().readOnly(),
  author: field.belongsTo('Member').optional().immutable(),
  payer: field.belongsTo('Member').optional().private(),
})
const papers = defineSchema({ Member, Paper })
const paperApp = createApp({
  schema: papers,
  rules: defineRules(papers, { Member: () => open, Paper: () => open }),
})

const invalid = (code: string, name: string) => ({
  status: 422,
  body: {
    code: 'values.invalid',
    errors: [{ code, pointer: `/${name}`, message: expect.stringContaining(`"${name}"`) }],
  },
})

test('what callers may not write they do not write through a nested write', async () => {
  await using plinth = await createTestApp(paperApp)
  const ann = await plinth.db.Member.create({ name: 'Ann' })
  const caller = plinth.asAnonymous()
  for (const name of ['owner', 'payer']) {
    for (const nested of [{ connect: ann.id }, { create: { name: 'New' } }]) {
      const created = await caller.post('/api/papers', { title: 'x', [name]: nested })
      expect(created, name).toMatchObject(invalid('values.read-only', name))
    }
  }
  const paper = await plinth.db.Paper.create({ title: 'x', ownerId: ann.id, authorId: ann.id, payerId: ann.id })
  for (const [name, code] of [
    ['owner', 'values.read-only'],
    ['payer', 'values.read-only'],
    ['author', 'values.immutable'],
  ] as const) {
    for (const nested of [{ connect: ann.id }, { create: { name: 'New' } }, { disconnect: true }]) {
      const changed = await caller.patch(`/api/papers/${paper.id}`, { [name]: nested })
      expect(changed, `${name} ${JSON.stringify(nested)}`).toMatchObject(invalid(code, name))
    }
  }
  expect(await plinth.db.Paper.find()).toMatchObject([{ ownerId: ann.id, authorId: ann.id, payerId: ann.id }])
  expect(await plinth.db.Member.count()).toBe(1)
})

test('what is immutable is given once through a nested write, and the system writes what it sets', async () => {
  await using plinth = await createTestApp(paperApp)
  const ann = await plinth.db.Member.create({ name: 'Ann' })
  const created = await plinth.asAnonymous().post('/api/papers', { title: 'x', author: { connect: { name: 'Ann' } } })
  expect(created).toMatchObject({ status: 201, body: { authorId: ann.id } })
  const paper = await plinth.db.Paper.create({ title: 'y', owner: { connect: ann.id }, payer: { connect: ann.id } })
  expect(paper).toMatchObject({ ownerId: ann.id, payerId: ann.id })
})

const Shelf = model({ row: field.integer(), place: field.integer() }, { key: ['row', 'place'] })
const Article = model({
  title: field.text(),
  editor: field.belongsTo('Member').optional(),
  checker: field.belongsTo('Member').optional(),
  shelf: field.belongsTo('Shelf').optional(),
})
const magazine = defineSchema({ Member, Shelf, Article })
const closed = { read: nobody, write: nobody }
const magazineApp = createApp({
  schema: magazine,
  rules: defineRules(magazine, {
    Member: () => open,
    Shelf: () => open,
    Article: () => ({ ...open, fields: { editor: closed, checkerId: closed, shelf: closed } }),
  }),
})

test('a field rule on a reference covers its scalars, and one on a scalar the reference', async () => {
  await using plinth = await createTestApp(magazineApp)
  const ann = await plinth.db.Member.create({ name: 'Ann' })
  await plinth.db.Shelf.create({ row: 1, place: 2 })
  const article = await plinth.db.Article.create({
    title: 'x',
    editorId: ann.id,
    checkerId: ann.id,
    shelfRow: 1,
    shelfPlace: 2,
  })
  const caller = plinth.asAnonymous()
  const path = `/api/articles/${article.id}`
  expect((await caller.get(path)).body).toEqual({ id: article.id, title: 'x' })
  for (const query of [
    ...['select=editorId', 'select=checkerId', 'select=shelfRow', 'include=editor', 'include=checker', 'include=shelf'],
    ...[`editorId=${ann.id}`, `checker.id=${ann.id}`, 'shelfPlace=2', 'sort=editorId', 'sort=shelfRow'],
  ]) {
    expect(await caller.get(`/api/articles?${query}`), query).toMatchObject({
      status: 403,
      body: { code: 'rules.field-closed' },
    })
  }
  for (const change of [
    ...[{ editorId: null }, { editor: { disconnect: true } }, { editor: { connect: ann.id } }, { checkerId: null }],
    ...[{ checker: { disconnect: true } }, { shelfRow: 1, shelfPlace: 1 }, { shelf: { disconnect: true } }],
  ]) {
    expect(await caller.patch(path, change), JSON.stringify(change)).toMatchObject({
      status: 403,
      body: { code: 'rules.field-closed' },
    })
  }
  expect((await caller.patch(path, { title: 'y' })).status).toBe(200)

  const { schemas } = (await caller.get('/openapi.json')).body.components
  expect(Object.keys(schemas.Article.properties)).toEqual(['id', 'title'])
  expect(Object.keys(schemas.ArticleUpdate.properties)).toEqual(['title'])
})

test('a rule that looks at the row makes null of the scalar, too', async () => {
  const Desk = model({ name: field.text(), holder: field.belongsTo('Member').maskable(), free: field.boolean() })
  const schema = defineSchema({ Member, Desk })
  const rules = defineRules(schema, {
    Member: () => open,
    Desk: ({ row }) => ({ ...open, fields: { holder: { read: row.free.is(true) } } }),
  })
  await using plinth = await createTestApp(createApp({ schema, rules }))
  const ann = await plinth.db.Member.create({ name: 'Ann' })
  await plinth.db.Desk.create([
    { name: 'a', holderId: ann.id, free: false },
    { name: 'b', holderId: ann.id, free: true },
  ])
  const caller = plinth.asAnonymous()
  expect((await caller.get('/api/desks?select=holderId&sort=name')).body).toMatchObject({
    data: [{ holderId: null }, { holderId: ann.id }],
  })
  expect((await caller.get(`/api/desks?holderId=${ann.id}`)).status).toBe(403)
  const { schemas } = (await caller.get('/openapi.json')).body.components
  expect(schemas.Desk.properties.holderId.type).toEqual(['string', 'null'])
})

test('a scalar that several references share is closed with none of them', async () => {
  const Tenant = model({ code: field.text().key() })
  const Person = model(
    { tenant: field.belongsTo('Tenant'), number: field.integer() },
    { key: ['tenantCode', 'number'] },
  )
  const Task = model({
    tenant: field.belongsTo('Tenant'),
    workerNumber: field.integer().optional(),
    worker: field.belongsTo('Person', { on: { tenantCode: 'tenantCode', number: 'workerNumber' } }).optional(),
  })
  const schema = defineSchema({ Tenant, Person, Task })
  const rules = defineRules(schema, {
    Tenant: () => open,
    Person: () => open,
    Task: () => ({ ...open, fields: { worker: closed } }),
  })
  await using plinth = await createTestApp(createApp({ schema, rules }))
  await plinth.db.Tenant.create({ code: 'a' })
  const caller = plinth.asAnonymous()
  const created = await caller.post('/api/tasks', { tenantCode: 'a' })
  expect(created).toMatchObject({ status: 201, body: { tenantCode: 'a' } })
  expect(created.body).not.toHaveProperty('workerNumber')
  expect((await caller.post('/api/tasks', { tenantCode: 'a', workerNumber: 1 })).status).toBe(403)
})

test('bytes name a row in a nested write as they do elsewhere', async () => {
  const vault = defineSchema({
    Bin: model({ digest: field.bytes().key() }),
    Paper: model({ title: field.text(), bin: field.belongsTo('Bin') }),
  })
  const rules = defineRules(vault, { Bin: () => open, Paper: () => open })
  await using plinth = await createTestApp(createApp({ schema: vault, rules }))
  const { digest } = await plinth.db.Bin.create({ digest: new Uint8Array([1, 255]) })
  expect(await plinth.db.Bin.get(digest)).toEqual({ digest })
  expect(await plinth.db.Paper.create({ title: 'x', bin: { connect: digest } })).toMatchObject({ binDigest: digest })
})
