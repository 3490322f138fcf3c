/** Names in bodies that are no fields to be written: what they are is said, and no name that callers must not know. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import type { PlinthError } from '../../src/error/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const open = { read: everyone, create: everyone, update: everyone }

const Maker = model({ name: field.text().unique() })
const Product = model(
  {
    name: field.text(),
    stock: field.integer().default(0),
    parts: field.hasMany('Part', 'product'),
    hiddenMaker: field.belongsTo('Maker').optional().private(),
    shelf: field.uuid().private().default('00000000-0000-0000-0000-000000000000'),
  },
  { unique: [['shelf', 'name']] },
)
const Part = model({ name: field.text(), product: field.belongsTo('Product') })
const schema = defineSchema(
  { Maker, Product, Part },
  { computed: { Product: ({ row }) => ({ onHand: row.stock.plus(1) }) } },
)
const app = createApp({
  schema,
  rules: defineRules(schema, { Maker: () => open, Product: () => open, Part: () => open }),
})

test('relations, computed fields and words of relations are told apart from what nobody knows', async () => {
  await using plinth = await createTestApp(app)
  const caller = plinth.asAnonymous()
  const product = await plinth.db.Product.create({ name: 'Nail' })
  const path = `/api/products/${product.id}`
  const mistake = (code: string, pointer: string, more: object = {}) => ({
    status: 422,
    body: { errors: [{ code, pointer, ...more }] },
  })
  expect(await caller.patch('/api/products?name=Nail', { parts: { create: [] } })).toMatchObject(
    mistake('values.relation-not-here', '/parts'),
  )
  expect(await caller.patch(path, { onHand: 5 })).toMatchObject(
    mistake('values.computed', '/onHand', { message: '"onHand" is computed and cannot be written.' }),
  )
  expect(await caller.patch(path, { parts: { conect: [] } })).toMatchObject(
    mistake('values.unknown-word', '/parts/conect', { hint: expect.stringContaining('"connect"') }),
  )
  expect(await caller.post('/api/parts', { name: 'x', product: product.id })).toMatchObject(
    mistake('values.wrong-type', '/product', {
      message: 'This has to be an object with create, connect; a key is written as "productId".',
    }),
  )
  expect(await caller.patch(path, { parts: 'x' })).toMatchObject(
    mistake('values.wrong-type', '/parts', {
      message: 'This has to be an object with create, connect, connectOrCreate, set, setOrCreate.',
    }),
  )
  expect(await caller.post('/api/parts', { name: 'x', product: { create: { name: 'y', parts: {} } } })).toMatchObject(
    mistake('values.relation-not-here', '/product/create/parts'),
  )
})

test('no hint and no conflict spells what callers cannot know', async () => {
  await using plinth = await createTestApp(app)
  const caller = plinth.asAnonymous()
  for (const name of ['hiddenMake', 'hiddenMakerI', 'shelff']) {
    const written = await caller.post('/api/products', { name: 'x', [name]: 1 })
    expect(written).toMatchObject({ status: 422, body: { errors: [{ code: 'values.unknown-field' }] } })
    const included = await caller.get(`/api/products?include=${name}`)
    const filtered = await caller.get(`/api/products?${name}.id=1`)
    for (const answer of [written, included, filtered]) {
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.text, answer.text).not.toMatch(/hiddenMaker\b|hiddenMakerId|"shelf\b/)
    }
  }
  await caller.post('/api/products', { name: 'Nail' })
  const taken = await caller.post('/api/products', { name: 'Nail' })
  expect(taken).toMatchObject({ status: 409, body: { code: 'writes.unique' } })
  expect(taken.text).not.toContain('shelf')
})

test('of very many mistakes a hundred are told, and hints for a hundred are looked for', async () => {
  await using plinth = await createTestApp(app)
  const caller = plinth.asAnonymous()
  const { id } = await plinth.db.Product.create({ name: 'Nail' })
  const unknown = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`nam${index}`, 1]))
  // More than a call can have arguments.
  const connect = Array.from({ length: 150_000 }, () => ({}))
  for (const body of [unknown, { parts: unknown }, { parts: { create: [unknown] } }, { parts: { connect } }]) {
    const told = await caller.patch(`/api/products/${id}`, body)
    expect([told.status, (told.body.errors as unknown[]).length]).toEqual([422, 100])
  }
  const rows = Array.from({ length: 60 }, () => ({ nmae: 'x', nam: 'y', neme: 'z' }))
  const { errors } = await caller.db.Product.create(rows as never).then(
    () => ({ errors: [] }),
    (error: PlinthError) => error,
  )
  expect(errors.filter(({ hint }) => hint !== undefined)).toHaveLength(100)
  expect(errors.length).toBeGreaterThanOrEqual(180)
})
