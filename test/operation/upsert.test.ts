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
