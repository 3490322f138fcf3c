/** What is asked again and again is planned once for all values: PostgreSQL plans anew as long as that seems to promise a cheaper plan. */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { sql } from 'kysely'
import { postgresStore } from '../../src/store/postgres/index.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, serversOf } from '../services/index.ts'

const schema = defineSchema({
  Note: model({ title: field.text(), topic: field.text().index() }, { timestamps: true, index: [['createdAt']] }),
})
const rules = defineRules(schema, { Note: () => ({ read: everyone }) })

describe.each(serversOf('postgres'))('on %s', server => {
  test('pages of a list, whatever their size, place and filter', async context => {
    needs(context, server)
    await using database = await freshDatabase(server)
    const store = postgresStore({ url: database.url, connections: 1, lanes: 0 })
    await using app = await createTestApp(createApp({ schema, rules }), { store })
    await administer(
      'postgres',
      database.adminUrl,
      `insert into note (id, title, topic, created_at, updated_at)
        select gen_random_uuid(), 'Note ' || n, 'topic ' || n % 50, now() - n * interval '1 minute', now() from generate_series(1, 20000) n`,
      'analyze note',
    )
    const moments = Array.from({ length: 12 }, (_, index) => new Date(Date.now() - index * 3_600_000).toISOString())
    for (const [index, moment] of moments.entries()) {
      const page = await app
        .asAnonymous()
        .get(`/api/notes?createdAt[lt]=${moment}&sort=-createdAt&limit=${5 + index}&select=title`)
      expect(page.body.data).toHaveLength(5 + index)
    }
    const db = await app.db.sql('Note')
    const { rows } = await sql<{
      custom: string
      generic: string
    }>`select custom_plans as custom, generic_plans as generic
      from pg_prepared_statements where statement like '%order by t0."created_at" desc%'`.execute(db)
    expect(rows).toHaveLength(1)
    // The first five are planned for their values, to know what that costs.
    expect(Number(rows[0]?.custom)).toBe(5)
    expect(Number(rows[0]?.generic)).toBeGreaterThan(0)
  })
})
