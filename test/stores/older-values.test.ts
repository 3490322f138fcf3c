/** What is stored may be older than a bound of its field: it is paged, filtered and addressed like any other value, on every engine. */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'

const Reading = model({
  code: field.integer({ max: 100 }).key(),
  level: field.integer({ min: 0, max: 10 }),
  share: field.float({ max: 1 }),
  word: field.text({ min: 2, max: 5, pattern: /^[a-z]+$/ }),
})
const schema = defineSchema({ Reading })
const open = { read: everyone, create: everyone, update: everyone, delete: everyone }
const app = createApp({ schema, rules: defineRules(schema, { Reading: () => open }) })

describe.each(serverFamilies)('on %s', engine => {
  test('pages, filters and addresses do without the bounds of new values', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    await using plinth = await createTestApp(app, { store: database.store() })
    const anyone = plinth.asAnonymous()
    await plinth.db.Reading.create([1, 2, 3].map(code => ({ code, level: code, share: 0.5, word: 'abc' })))
    const sql = await plinth.db.sql('Reading')
    const older = { code: 300, level: 70, share: 2.5, word: 'x' }
    await sql.updateTable('Reading').set(older).where('code', '=', 3).execute()

    for (const name of ['code', 'level', 'share', 'word']) {
      const codes: unknown[] = []
      for (let after = ''; ;) {
        const page = await anyone.get(`/api/readings?sort=-${name}&limit=1${after}`)
        expect(page).toMatchObject({ status: 200 })
        const body = page.body as {
          readonly data: { code: number }[]
          readonly page: { readonly after: string | null }
        }
        codes.push(...body.data.map(({ code }) => code))
        if (body.page.after === null) break
        after = `&after=${body.page.after}`
      }
      expect(codes[0]).toBe(300)
      expect(codes).toHaveLength(3)
    }
    const only = { status: 200, body: { data: [older] } }
    for (const filter of ['level=70', 'level[in]=-5,70', 'share[gt]=2', 'word=x', 'code=300', 'level[gte]=20']) {
      expect(await anyone.get(`/api/readings?${filter}`), filter).toMatchObject(only)
    }
    expect(await anyone.get('/api/readings?level[gte]=-5&limit=10')).toMatchObject({ status: 200 })
    expect(await anyone.get('/api/readings/300')).toMatchObject({ status: 200, body: older })
    expect(await anyone.patch('/api/readings/300', { word: 'abc' })).toMatchObject({ status: 200 })
    expect(await anyone.patch('/api/readings/300', { level: 70 })).toMatchObject({ status: 422 })
    expect(await anyone.delete('/api/readings/300')).toMatchObject({ status: 204 })
    expect(await anyone.get('/api/readings?level=many')).toMatchObject({ status: 400 })
  })
})
