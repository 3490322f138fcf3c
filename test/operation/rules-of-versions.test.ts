/** A rule may look at the version, which counts up by itself: it holds for the row as it becomes, too (semantics 3). */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'

const schema = defineSchema({
  Draft: model({ text: field.text(), marks: field.hasMany('Mark', 'draft') }, { version: true }),
  Mark: model({ draft: field.belongsTo('Draft') }),
})
const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, { Draft: ({ row }) => ({ ...all, update: row.version.lte(2) }), Mark: () => all })

test.each([
  ['one row', (id: string) => `/api/drafts/${id}`, { text: 'b' }, [200, 403]],
  ['one row, with nested rows', (id: string) => `/api/drafts/${id}`, { marks: { create: [{}] } }, [200, 403]],
  ['rows by a filter', () => '/api/drafts?version[gte]=1', { text: 'b' }, [200, 403]],
])('%s', async (_, path, changes, statuses) => {
  await using tested = await createTestApp(createApp({ schema, rules }))
  const client = tested.asAnonymous()
  const { id } = (await client.post('/api/drafts', { text: 'a' })).body
  for (const status of statuses) expect((await client.patch(path(id), changes)).status).toBe(status)
  expect((await client.get(`/api/drafts/${id}`)).body.version).toBe(2)
  // A change of nothing leaves the version alone.
  expect((await client.patch(`/api/drafts/${id}`, {})).status).toBe(200)
})
