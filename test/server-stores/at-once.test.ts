/** Code of the application that starts several things of one transaction at once: each ends as if it had come alone. */
import { describe, expect, test } from 'vitest'
import { action, createApp, defineHooks, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { freshDatabase, needs } from '../services/index.ts'
import { engines } from './engine.ts'

const schema = defineSchema({
  Order: model({ name: field.text().unique(), lines: field.hasMany('Line', 'order') }),
  Line: model({ name: field.text().unique(), order: field.belongsTo('Order').optional() }),
})
const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, { Order: () => all, Line: () => all })

const hooks = defineHooks(schema, {
  Order: {
    afterCreate: async ({ db, rows }) => {
      const lines = rows.flatMap(({ id, name }) => ['a', 'b'].map(line => ({ name: `${name} ${line}`, orderId: id })))
      await Promise.all(lines.map(line => db.Line.create(line)))
    },
  },
})

const app = createApp({
  schema,
  rules,
  hooks,
  actions: {
    several: action(schema, {
      output: { ends: field.array(field.text()) },
      allow: everyone,
      run: async ({ db }) => {
        const sql = await db.asSystem('to write by hand').sql('Line')
        const outcomes = await Promise.allSettled([
          db.Order.create({ name: 'one' }),
          // Refused when its hook has made a line already.
          db.Line.create({ name: 'two b' }),
          db.Order.create({ name: 'two' }),
          sql.insertInto('Line').values({ id: '01990000-0000-7000-8000-000000000000', name: 'by hand' }).execute(),
          db.Order.create({ name: 'one' }),
          db.Order.create({ name: 'three' }),
        ])
        return { ends: outcomes.map(({ status }) => status) }
      },
    }),
  },
})

const names = (rows: readonly { readonly name: string }[]): readonly string[] => rows.map(({ name }) => name)

async function expectEachByItself(store: ReturnType<typeof sqliteStore> | ReturnType<(typeof engines)[0]['store']>) {
  await using tested = await createTestApp(app, { store })
  const client = tested.asAnonymous()
  const answer = await client.post('/api/actions/several', {})
  expect([answer.status, answer.body]).toEqual([
    200,
    { ends: ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'] },
  ])
  expect(names((await client.get('/api/orders?select=name&sort=name')).body.data)).toEqual(['one', 'three'])
  const lines = (await client.get('/api/lines?select=name&sort=name')).body.data
  expect(names(lines)).toEqual(['by hand', 'one a', 'one b', 'three a', 'three b', 'two b'])
  expect(tested.failures).toEqual([])
}

test('on sqlite', async () => {
  await expectEachByItself(sqliteStore({ file: ':memory:' }))
})

describe.each(engines)('on $name', { timeout: 60_000 }, engine => {
  test('none takes another with it', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await expectEachByItself(engine.store(database.url))
  })
})
