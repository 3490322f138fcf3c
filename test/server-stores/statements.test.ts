/** Prepared statements of connections stay bounded whatever is asked, and what is asked often stays prepared (semantics 14). */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { sql } from 'kysely'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs } from '../services/index.ts'
import { engines } from './engine.ts'

const names = Array.from({ length: 16 }, (_, index) => `f${index}`)
const schema = defineSchema({
  Wide: model(Object.fromEntries(names.map(name => [name, field.integer().default(1)]))),
})
const rules = defineRules(schema, { Wide: () => ({ read: everyone, create: everyone }) })

const selects = 10_000
const prepared = 100

describe.each(engines)('on $name', { timeout: 180_000 }, engine => {
  test('ten thousand different selects leave a bounded number of statements, and the hot one prepared', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const store = engine.store(database.url, { connections: 2, prepared })
    await using app = await createTestApp(createApp({ schema, rules }), { store })
    const { body } = await app.asAnonymous().post('/api/wides', {})
    const hot = () => app.asAnonymous().get(`/api/wides/${body.id}?select=id,f3,f5`)
    const list = () => app.asAnonymous().get('/api/wides?select=id,f3&sort=f3')
    const started = performance.now()
    for (let select = 1; select <= selects; select++) {
      const chosen = names.filter((_, index) => (select >> index) & 1)
      const url = `/api/wides/${body.id}?select=${chosen.join(',')}`
      // The second time it gets a name.
      const [first] = await Promise.all([app.asAnonymous().get(url), app.asAnonymous().get(url)])
      expect(Object.keys(first.body)).toEqual(chosen)
      if (select % 50 === 0) for (const answer of [await hot(), await list()]) expect(answer.status).toBe(200)
    }
    const took = Math.round((performance.now() - started) / selects / 2)

    if (engine.family === 'postgres') {
      const db = await app.db.sql('Wide')
      const counted = await sql<{
        n: string
        own: string
      }>`select count(*) as n, count(*) filter (where name like 'plinth%') as own from pg_prepared_statements`.execute(
        db,
      )
      expect(Number(counted.rows[0]?.n)).toBeLessThanOrEqual(prepared)
      const found = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db)
      expect(found.rows.length).toBeGreaterThan(0)
    } else {
      const [count] = await administer(
        'mysql',
        database.adminUrl,
        'show global status like "Prepared_stmt_count"',
      ).then(() =>
        administer(
          'mysql',
          database.adminUrl,
          "select variable_value from information_schema.global_status where variable_name = 'Prepared_stmt_count'",
        ),
      )
      // All tests of the run share the server.
      expect(Number(count)).toBeLessThan(2 * prepared + 1000)
    }
    process.stdout.write(`${engine.name}: ${took} ms per select\n`)
  })

  test('a statement that the session has lost is prepared again', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const store = engine.store(database.url, { connections: 1 })
    await using app = await createTestApp(createApp({ schema, rules }), { store })
    const { body } = await app.asAnonymous().post('/api/wides', {})
    const read = () => app.asAnonymous().get('/api/wides?select=f3&sort=f3')
    for (let turn = 0; turn < 5; turn++) expect((await read()).status).toBe(200)
    // The plan that is kept does not fit the table any more.
    const column = engine.family === 'postgres' ? 'alter column f3 type numeric' : 'modify f3 decimal(20, 0) not null'
    await administer(engine.family, database.adminUrl, `alter table wide ${column}`)
    for (let turn = 0; turn < 5; turn++) {
      expect((await read()).status).toBe(200)
      expect((await app.asAnonymous().get(`/api/wides/${body.id}?select=f3`)).status).toBe(200)
    }
    if (engine.family === 'postgres') {
      const db = await app.db.sql('Wide')
      await sql`deallocate all`.execute(db)
      for (let turn = 0; turn < 5; turn++) expect((await read()).status).toBe(200)
    }
    expect(app.failures).toEqual([])
  })
})
