/** Prepared statements of connections stay bounded whatever is asked, and what is asked often stays prepared (semantics 14). */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { sql } from 'kysely'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs } from '../services/index.ts'
import { fewerEngines } from './engine.ts'

const names = Array.from({ length: 16 }, (_, index) => `f${index}`)
const schema = defineSchema({
  Wide: model(Object.fromEntries(names.map(name => [name, field.integer().default(1)]))),
})
const rules = defineRules(schema, { Wide: () => ({ read: everyone, create: everyone }) })

const selects = process.env['PLINTH_TEST_LONG'] === undefined ? 800 : 10_000
const prepared = 100

describe.each(fewerEngines)('on $name', { timeout: 180_000 }, engine => {
  test('many different selects leave a bounded number of statements, and the hot one prepared', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const store = engine.store(database.url, { connections: 1, lanes: 0, prepared })
    await using app = await createTestApp(createApp({ schema, rules }), { store })
    const { body } = await app.asAnonymous().post('/api/wides', {})
    const hot = () => app.asAnonymous().get(`/api/wides/${body.id}?select=id,f3,f5`)
    const list = () => app.asAnonymous().get('/api/wides?select=id,f3&sort=f3')
    for (let select = 1; select <= selects; select++) {
      const chosen = names.filter((_, index) => (select >> index) & 1)
      const url = `/api/wides/${body.id}?select=${chosen.join(',')}`
      // The second time its plan is kept, and when that runs again it gets a name.
      for (let turn = 0; turn < 3; turn++) expect(Object.keys((await app.asAnonymous().get(url)).body)).toEqual(chosen)
      if (select % 50 === 0) for (const answer of [await hot(), await list()]) expect(answer.status).toBe(200)
    }

    const db = await app.db.sql('Wide')
    if (engine.family === 'postgres') {
      const found = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db)
      expect(found.rows.length).toBeGreaterThan(prepared / 2)
      expect(found.rows.length).toBeLessThanOrEqual(prepared)
      const columns = found.rows.map(({ statement }) => [...new Set(statement.match(/\bf\d+/g))].join())
      expect(columns).toContain('f3,f5')
    } else {
      const status = async (name: string): Promise<number> => {
        const { rows } = await sql<{ Value: string }>`show session status like ${sql.lit(name)}`.execute(db)
        return Number(rows[0]?.Value)
      }
      const [asked, closed] = [await status('Com_stmt_prepare'), await status('Com_stmt_close')]
      expect(asked - closed).toBeLessThanOrEqual(prepared + 2)
      await hot()
      // Nothing but the questions themselves.
      expect((await status('Com_stmt_prepare')) - asked).toBeLessThanOrEqual(2)
    }
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
