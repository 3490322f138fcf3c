// What is larger than the server may put together is cut, with a warning that nobody reads: such an answer is refused (semantics 16).
import { afterAll, describe, expect, test } from 'vitest'
import { createEngine } from '../../src/engine/index.ts'
import { defineSchema, field, graphOf, model } from '../../src/model/index.ts'
import { createDb, type SystemDb } from '../../src/operation/index.ts'
import { defaultLimits } from '../../src/query/index.ts'
import { serverStores } from '../fixtures/server-stores.ts'
import { systemContext } from '../fixtures/system-context.ts'
import { needs, serversOf } from '../services/index.ts'

const schema = defineSchema({
  Box: model({ number: field.integer().key(), papers: field.hasMany('Paper', 'box') }),
  Paper: model({ box: field.belongsTo('Box'), text: field.text({ max: 2_000_000 }) }),
})

describe.each(serversOf('mysql'))('%s', name => {
  const stores = serverStores(name)
  afterAll(() => stores.drop())

  test('refuses a list that it would have cut, and a page beside it is whole', { timeout: 60_000 }, async context => {
    needs(context, name)
    const store = await stores.open()
    // The engine's own bound would come before.
    const engine = createEngine({
      graph: graphOf(schema),
      store,
      limits: { responseBytes: 10 * defaultLimits.responseBytes },
    })
    await store.open(engine.graph)
    await store.applySchema(await store.compareSchema(engine.graph))
    const db = createDb(engine, systemContext) as unknown as SystemDb<typeof schema>
    try {
      await db.Box.create({ number: 1 })
      const text = 'x'.repeat(1_500_000)
      // Its max_allowed_packet, in mebibytes.
      const packet = name.startsWith('mysql') ? 64 : 16
      const many = Math.ceil((packet * 1024 * 1024) / text.length)
      for (let count = 0; count < many; count += 5)
        await db.Paper.create(Array.from({ length: 5 }, () => ({ boxNumber: 1, text })))
      const some = await db.Box.get(1, { include: { papers: { limit: 10 } } })
      expect(some.papers.map(paper => paper.text.length)).toEqual(Array(10).fill(1_500_000))
      const all = db.Box.get(1, { include: { papers: { limit: many } } })
      await expect(all).rejects.toMatchObject({ code: 'store.response-too-large' })
    } finally {
      await store.close()
    }
  })
})
