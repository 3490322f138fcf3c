/** What is the same for all values is planned once on PostgreSQL, which plans anew as long as that promises a cheaper plan; what is not is planned anew. */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { sql } from 'kysely'
import { postgresStore } from '../../src/store/postgres/index.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, type ServerName, serversOf } from '../services/index.ts'

const schema = defineSchema({
  Note: model({ title: field.text(), topic: field.text().index() }, { timestamps: true, index: [['createdAt']] }),
})
const rules = defineRules(schema, { Note: () => ({ read: everyone }) })

/** An application on a database of its own, with 20,000 notes of which one in two thousand is of a rare topic. */
async function withNotes(server: ServerName) {
  const database = await freshDatabase(server)
  const store = postgresStore({ url: database.url, connections: 1, lanes: 0 })
  const app = await createTestApp(createApp({ schema, rules }), { store })
  await administer(
    'postgres',
    database.adminUrl,
    `insert into note (id, title, topic, created_at, updated_at)
      select gen_random_uuid(), 'Note ' || n, case when n % 2000 = 0 then 'rare' else 'common' end, now() - n * interval '1 minute', now()
      from generate_series(1, 20000) n`,
    'analyze note',
  )
  return {
    app,
    /** How often the statements with such text were planned for their values, and how often one plan was used again. */
    async plans(text: string): Promise<{ readonly anew: number; readonly again: number }> {
      const { rows } = await sql<{
        anew: string
        again: string
      }>`select sum(custom_plans) as anew, sum(generic_plans) as again
        from pg_prepared_statements where statement like ${`%${text}%`}`.execute(await app.db.sql('Note'))
      return { anew: Number(rows[0]?.anew), again: Number(rows[0]?.again) }
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

describe.each(serversOf('postgres'))('on %s', server => {
  test('pages of a list are planned once, whatever their size and place', async context => {
    needs(context, server)
    await using notes = await withNotes(server)
    for (let turn = 0; turn < 12; turn++) {
      const before = new Date(Date.now() - turn * 3_600_000).toISOString()
      const page = await notes.app
        .asAnonymous()
        .get(`/api/notes?createdAt[lt]=${before}&sort=-createdAt&limit=${5 + turn}&select=title`)
      expect(page.body.data).toHaveLength(5 + turn)
    }
    // The first five are planned for their values, to know what that costs.
    const { anew, again } = await notes.plans('order by t0."created_at" desc')
    expect(anew).toBe(5)
    expect(again).toBeGreaterThan(0)
  })

  test('pages of a filter are planned for its value: a rare one is not looked for as a common one is', async context => {
    needs(context, server)
    await using notes = await withNotes(server)
    const page = (topic: string) =>
      notes.app.asAnonymous().get(`/api/notes?topic=${topic}&sort=-createdAt&select=title,topic`)
    for (let turn = 0; turn < 12; turn++) expect((await page('common')).body.data).toHaveLength(20)
    expect((await page('rare')).body.data).toHaveLength(10)
    const { anew, again } = await notes.plans('order by t0."created_at" desc')
    expect(anew).toBeGreaterThan(5)
    expect(again).toBe(0)
  })
})
