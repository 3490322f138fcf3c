/** A model without a key has no rows that can be written one by one, by a unique neither: it was all of them that were changed. */
import { expect, test } from 'vitest'
import { createApp, defineSchema, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'

const schema = defineSchema({ Signal: model({ code: field.text().unique(), level: field.integer() }, { key: [] }) })

test('one row is not changed by a unique', async () => {
  await using tested = await createTestApp(createApp({ schema }))
  const { Signal } = tested.db
  await Signal.create([
    { code: 'a', level: 1 },
    { code: 'b', level: 2 },
  ])
  const refused = expect.objectContaining({ code: 'request.no-key' })
  await expect(Signal.update({ code: 'a' }, { level: 9 })).rejects.toThrow(refused)
  await expect(Signal.delete({ code: 'a' })).rejects.toThrow(refused)
  expect((await Signal.find({ sort: 'level' })).map(({ level }) => level)).toEqual([1, 2])
})
