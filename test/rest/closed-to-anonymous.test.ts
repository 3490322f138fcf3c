/** Rules that mix row and caller: closed to whoever is not signed in when they cannot hold on any row (semantics 9), open else. */
import { expect, test } from 'vitest'
import {
  allOf,
  anyOf,
  coalesce,
  concat,
  createApp,
  defineRules,
  defineSchema,
  everyone,
  field,
  lower,
  model,
  not,
} from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const User = model({ name: field.text(), team: field.text().optional(), level: field.integer().default(0) })
const Item = model({
  title: field.text(),
  level: field.integer().default(0),
  owner: field.belongsTo('User').default(caller => caller.id),
  readers: field.manyToMany('User'),
})
const schema = defineSchema(
  { User, Item },
  { caller: 'User', computed: { Item: ({ row, user }) => ({ mine: row.owner.is(user.id) }) } },
)
type ItemRules = NonNullable<Parameters<typeof defineRules<(typeof schema)['~schema'], 'Item'>>[1]['Item']>
type Rule = ReturnType<ItemRules>['read'] & object

const rulesWith = (rule: (symbols: Parameters<ItemRules>[0]) => Rule) =>
  defineRules(schema, {
    User: () => ({ read: everyone }),
    Item: symbols => {
      const condition = rule(symbols)
      return { read: condition, create: condition, update: condition, delete: condition }
    },
  })

test.each<[string, (symbols: Parameters<ItemRules>[0]) => Rule]>([
  ['a key', ({ row, user }) => row.owner.is(user.id)],
  ['a text that is changed', ({ row, user }) => row.title.is(lower(user.name))],
  ['a text that is put together', ({ row, user }) => row.title.startsWith(concat(user.name, ':'))],
  ['a number that is calculated', ({ row, user }) => row.level.lt(user.level.plus(1))],
  ['the first of nothing', ({ row, user }) => row.title.is(coalesce(user.team, user.name))],
  ['a computed field that asks about the caller', ({ row }) => row.mine.is(true)],
  ['related rows', ({ row, user }) => row.readers.some(reader => reader.id.is(user.id))],
  ['how many related rows', ({ row, user }) => row.readers.count(reader => reader.id.is(user.id)).gte(1)],
  [
    'a figure over related rows',
    ({ row, user }) =>
      row.readers
        .max(
          reader => reader.level,
          reader => reader.id.is(user.id),
        )
        .gt(1),
  ],
  [
    'all of several',
    ({ row, user }) => allOf(row.title.is('x'), anyOf(row.owner.is(user.id), row.level.lt(user.level))),
  ],
])('closed: %s', async (_what, rule) => {
  await using plinth = await createTestApp(createApp({ schema, rules: rulesWith(rule) }))
  const ann = await plinth.db.User.create({ name: 'Ann' })
  const item = await plinth.db.Item.create({ title: 'x', ownerId: ann.id })
  const anyone = plinth.asAnonymous()
  const elsewhere = '/api/items/01890000-0000-7000-8000-000000000000'
  const answers = [
    await anyone.get('/api/items'),
    await anyone.get(`/api/items/${item.id}`),
    await anyone.get(elsewhere),
    await anyone.post('/api/items', { nonsense: true }),
    await anyone.patch(elsewhere, { nonsense: true }),
    await anyone.delete(elsewhere),
  ]
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 401, body: { code: 'rules.sign-in-required' } })
    expect(answer.statements).toEqual([])
  }
  expect((await plinth.as(ann).get('/api/items')).status).toBe(200)
})

test.each<[string, (symbols: Parameters<ItemRules>[0]) => Rule]>([
  ['the complement', ({ row, user }) => not(row.owner.is(user.id))],
  ['what needs no caller', ({ row, user }) => row.title.is(coalesce(user.team, 'x'))],
  ['no such related rows', ({ row, user }) => row.readers.count(reader => reader.id.is(user.id)).is(0)],
  [
    'no such figure',
    ({ row, user }) =>
      row.readers
        .max(
          reader => reader.level,
          reader => reader.id.is(user.id),
        )
        .isNull(),
  ],
])('open: %s', async (_what, rule) => {
  await using plinth = await createTestApp(createApp({ schema, rules: rulesWith(rule) }))
  const ann = await plinth.db.User.create({ name: 'Ann' })
  await plinth.db.Item.create({ title: 'x', ownerId: ann.id })
  expect(await plinth.asAnonymous().get('/api/items')).toMatchObject({ status: 200, body: { data: [{ title: 'x' }] } })
})
