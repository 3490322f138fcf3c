/** What a write looks up to say why it was refused: when that fails, it is the failure that is told. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { refusal } from '../../src/error/index.ts'
import { memoryStore } from '../../src/store/memory/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const schema = defineSchema({
  Author: model({ name: field.text() }),
  Book: model({ title: field.text(), author: field.belongsTo('Author') }),
})
const all = { read: everyone, create: everyone }
// Not every author is everyone's to see: whether this one is has to be looked up.
const rules = defineRules(schema, { Author: ({ row }) => ({ read: row.name.is('Anna') }), Book: () => all })

test('a database that is gone is not taken for a reference that leads nowhere', async () => {
  const store = memoryStore()
  const prepareFind = store.prepareFind.bind(store)
  let gone = false
  store.prepareFind = plan => {
    const prepared = prepareFind(plan)
    const run: typeof prepared.run = (...given) => {
      if (gone && plan.model === 'Author') throw refusal('store.unavailable', {})
      return prepared.run(...given)
    }
    return {
      command: prepared.command,
      explain: values => prepared.explain(values),
      release: () => prepared.release(),
      run,
    }
  }
  await using library = await createTestApp(createApp({ schema, rules }), { store })
  const book = { title: 'Dune', authorId: '0192d5a6-8f7a-7c3e-9b1d-5e6f7a8b9c0d' }

  const missing = await library.asAnonymous().post('/api/books', book)
  gone = true
  const unanswered = await library.asAnonymous().post('/api/books', book)

  expect([missing.status, missing.body.code]).toEqual([409, 'writes.reference-missing'])
  expect([unanswered.status, unanswered.body.code]).toEqual([503, 'store.unavailable'])
})
