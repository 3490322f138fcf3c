/** Bulk writes whose rows take long to find: they end at their limit, and the process does other things meanwhile. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase } from '../fixtures/engines.ts'

const schema = defineSchema({
  Customer: model({ name: field.text(), orders: field.hasMany('Order', 'customer') }),
  Order: model({ number: field.integer().key(), note: field.text(), customer: field.belongsTo('Customer') }),
})
const open = () => ({ read: everyone, update: everyone, delete: everyone })
const app = createApp({
  schema,
  rules: defineRules(schema, { Customer: open, Order: open }),
  limits: { transactionTime: 500 },
})

test.each(['PATCH', 'DELETE'] as const)('%s by a filter that is never done', { timeout: 60_000 }, async method => {
  await using database = await emptyDatabase('sqlite')
  await using plinth = await createTestApp(app, { store: database.store() })
  const anyone = plinth.asAnonymous()
  const { id } = await plinth.db.Customer.create({ name: 'Ann' })
  for (let part = 0; part < 20; part++)
    await plinth.db.Order.create(
      Array.from({ length: 1000 }, (_, index) => ({ number: part * 1000 + index, note: 'plain', customerId: id })),
    )
  // For each order of the customer all orders are looked through.
  const url = '/api/orders?customer.orders.note[contains]=x'
  let turns = 0
  const turning = setInterval(() => turns++, 1)
  const answer = await (method === 'PATCH' ? anyone.patch(url, { note: 'new' }) : anyone.delete(url))
  clearInterval(turning)
  expect(answer).toMatchObject({ status: 503, body: { code: 'store.time-limit' } })
  expect(turns).toBeGreaterThan(40)
  // The writer is free again.
  const changed = await anyone.patch('/api/orders?number=7', { note: 'new' })
  expect(changed).toMatchObject({ status: 200, body: { count: 1 } })
})
