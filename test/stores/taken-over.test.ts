/** Models over tables that were there before them, on every engine: what the database makes, what comes back, what is refused. */
import { describe, expect, it } from 'vitest'
import { createApp, defineHooks, defineRules, defineSchema, everyone, field, model, openApp } from '../../src/index.ts'
import { DatabaseSync } from 'node:sqlite'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'
import { administer } from '../services/administration.ts'

const Part = model(
  {
    id: field.integer().key(),
    price: field.integer(),
    tax: field.integer().databaseDefault(),
    total: field.integer().optional().generated(),
  },
  { adopted: true },
)
const Dear = model({ id: field.integer(), price: field.integer() }, { view: true })
const schema = defineSchema({ Part, Dear })

const statements = [
  'create table part (id bigint primary key, price bigint not null, tax bigint not null default (3 + 4), total bigint generated always as (price + tax) stored)',
  'create view dear as select id, price from part where price > 10',
]
// SQLite holds only strict tables to their types.
const inSqlite = (statement: string): string =>
  statement.replaceAll('bigint', 'integer').replace(/stored\)$/u, 'stored) strict')

describe.each(engines)('on %s', engine => {
  it('the database makes what it makes, hooks and answers see it, and neither it nor a view is written', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    if (engine === 'sqlite') {
      const file = new DatabaseSync(database.url.slice('file:'.length))
      for (const statement of statements) file.exec(inSqlite(statement))
      file.close()
    } else
      await administer(
        engine.startsWith('mariadb') || engine.startsWith('mysql') ? 'mysql' : 'postgres',
        database.url,
        ...statements,
      )

    const seen: unknown[] = []
    const hooks = defineHooks(schema, { Part: { afterCreate: ({ rows }) => void seen.push(...rows) } })
    const open = { read: everyone, create: everyone, update: everyone, delete: everyone }
    const rules = defineRules(schema, { Part: () => open, Dear: () => ({ read: everyone }) })
    const app = createApp({ schema, rules, hooks, store: database.store() })
    await using opened = await openApp(app, { environment: { PLINTH_LOG: 'off' } })
    const db = opened.db.asSystem('test')

    expect(await db.Part.create({ id: 1, price: 5 })).toEqual({ id: 1, price: 5, tax: 7, total: 12 })
    expect(
      await db.Part.create([
        { id: 2, price: 20, tax: 1 },
        { id: 3, price: 30, tax: 2 },
      ]),
    ).toMatchObject([{ total: 21 }, { total: 32 }])
    expect(seen).toMatchObject([
      { id: 1, tax: 7, total: 12 },
      { id: 2, tax: 1, total: 21 },
      { id: 3, total: 32 },
    ])
    expect(await db.Part.update(1, { tax: 0 })).toMatchObject({ tax: 0, total: 5 })
    await expect(
      db.Part.create([
        { id: 4, price: 1, tax: 1 },
        { id: 5, price: 1 },
      ]),
    ).rejects.toMatchObject({
      code: 'values.invalid',
      errors: [{ code: 'values.required', pointer: '/1/tax' }],
    })
    // @ts-expect-error the types say so, too
    await expect(db.Part.create({ id: 6, price: 1, total: 3 })).rejects.toMatchObject({
      errors: [{ code: 'values.read-only' }],
    })

    expect(await db.Dear.find({ sort: '-price' })).toEqual([
      { id: 3, price: 30 },
      { id: 2, price: 20 },
    ])
    expect(await db.Dear.count({ where: { price: { gt: 20 } } })).toBe(1)
    const view = { code: 'writes.view', status: 403 }
    await expect(db.Dear.create({ id: 9, price: 9 } as never)).rejects.toMatchObject(view)
    await expect(db.Dear.deleteMany({ where: { price: 20 } })).rejects.toMatchObject(view)
    await expect(db.Dear.updateMany({ where: { price: 20 }, changes: { price: 1 } as never })).rejects.toMatchObject(
      view,
    )
    expect(await db.Part.count()).toBe(3)
  })
})
