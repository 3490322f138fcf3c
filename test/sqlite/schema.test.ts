// Tables made, compared and mended in real files.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CompiledQuery } from 'kysely'
import { describe, expect, test } from 'vitest'
import { defineSchema, field, graphOf, model, type ModelGraph } from '../../src/model/index.ts'
import type { SchemaDifference } from '../../src/store/contract/index.ts'
import { SqliteStore } from '../../src/store/sqlite/index.ts'
import { contextWith, openShop, shop } from './shop.ts'

interface Place extends Disposable {
  readonly file: string
  sql(text: string): readonly unknown[]
  /** What is different, after a look and, if asked for, after mending. */
  look(graph: ModelGraph, mend?: boolean): Promise<readonly SchemaDifference[]>
}

function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-schema-'))
  const file = join(folder, 'deep', 'er', 'app.db')
  return {
    file,
    sql(text) {
      using database = new DatabaseSync(file)
      return database.prepare(text).all()
    },
    async look(graph, mend = false) {
      const store = new SqliteStore({ file })
      store.open(graph)
      const differences = store.compareSchema(graph)
      if (mend) store.applySchema(differences)
      await store.close()
      return differences
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

const Box = model({ number: field.integer().key() })
const graphWith = (fields: Parameters<typeof model>[0]): ModelGraph =>
  graphOf(defineSchema({ Item: model({ number: field.integer().key(), ...fields }), Box }))

const plain = { name: field.text(), state: field.enum(['new', 'sold']) }

describe('the tables of a graph', () => {
  test('are made once, and nothing is missing afterwards', async () => {
    using at = place()
    const missing = await at.look(shop, true)
    expect(missing.map(({ description }) => description)).toContain('The table "customer" of Customer is missing.')
    expect(missing.every(({ commands }) => commands !== null)).toBe(true)
    expect(await at.look(shop)).toEqual([])
    const sql = at.sql("select sql from sqlite_schema where name = 'line'")
    expect(sql).toEqual([
      {
        sql: `CREATE TABLE "line" (
  "number" integer not null,
  "order_number" integer not null,
  "product_number" integer not null,
  primary key ("number"),
  constraint "line_order_number_reference" foreign key ("order_number") references "order" ("number") on delete cascade,
  constraint "line_product_number_reference" foreign key ("product_number") references "product" ("number") on delete no action
) strict`,
      },
    ])
  })

  test('the file belongs to its owner only', async () => {
    using at = place()
    await at.look(shop)
    expect(statSync(at.file).mode & 0o777).toBe(0o600)
  })

  test('":memory:" is a file that goes away on close', async () => {
    const opened = openShop({ file: ':memory:' })
    const sql = await opened.store.typedSql(contextWith())
    const { rows } = await sql.executeQuery<{ file: string }>(CompiledQuery.raw('pragma database_list'))
    const file = rows[0]?.file ?? ''
    expect(existsSync(file)).toBe(true)
    await opened.store.close()
    expect(existsSync(file)).toBe(false)
  })
})

describe('a graph that has changed', () => {
  test.each([
    [
      'a nullable field',
      graphWith({ ...plain, note: field.text().optional() }),
      ['The column "note" of Item.note is missing.'],
    ],
    [
      'a field with a default',
      graphWith({ ...plain, size: field.integer().default(3) }),
      ['The column "size" of Item.size is missing.'],
    ],
    [
      'an optional reference',
      graphWith({ ...plain, box: field.belongsTo('Box').optional() }),
      [
        'The column "box_number" of Item.boxNumber is missing.',
        'The index "item_box_number_index" of Item is missing.',
      ],
    ],
    [
      'an index',
      graphOf(defineSchema({ Item: model({ number: field.integer().key(), ...plain }, { index: [['name']] }), Box })),
      ['The index "item_name_index" of Item is missing.'],
    ],
    [
      'a unique',
      graphWith({ ...plain, name: field.text().unique() }),
      ['The unique index "item_name_unique" of Item is missing.'],
    ],
    [
      'one more word of an enum',
      graphWith({ ...plain, state: field.enum(['new', 'used', 'sold']) }),
      [
        'The table "item" of Item is stricter than declared: its constraint "item_state_form" allows less than is declared.',
      ],
    ],
    [
      'a field that has become optional',
      graphWith({ ...plain, name: field.text().optional() }),
      ['The table "item" of Item is stricter than declared: its column "name" refuses null.'],
    ],
  ])('%s is added without losing a row', async (_what, graph, descriptions) => {
    using at = place()
    await at.look(graphWith(plain), true)
    at.sql("insert into item (number, name, state) values (1, 'tea', 'new') returning 1")
    const differences = await at.look(graph, true)
    expect(differences.map(({ description }) => description)).toEqual(descriptions)
    expect(await at.look(graph)).toEqual([])
    expect(at.sql('select number, name, state from item')).toEqual([{ number: 1, name: 'tea', state: 'new' }])
    expect(at.sql('pragma foreign_key_check')).toEqual([])
  })

  test.each([
    [
      'a field without a default',
      graphWith({ ...plain, size: field.integer() }),
      'The column "size" of Item.size is missing.',
    ],
    [
      'another type',
      graphWith({ ...plain, name: field.integer() }),
      'The column "item.name" is text, and Item.name needs integer.',
    ],
    [
      'a word less of an enum',
      graphWith({ ...plain, state: field.enum(['new']) }),
      'The constraint "item_state_form" of the table "item" is',
    ],
    [
      'a field that has to be there',
      graphWith({ name: field.text(), state: field.enum(['new', 'sold']), note: field.text() }),
      'The column "note" of Item.note is missing.',
    ],
    [
      'a column that is no field',
      graphWith({ name: field.text() }),
      'The column "item.state" refuses null, and Item has no field for it.',
    ],
  ])('%s is reported and left alone', async (_what, graph, description) => {
    using at = place()
    await at.look(graphWith(plain), true)
    const differences = await at.look(graph, true)
    const found = differences.find(one => one.description.startsWith(description))
    expect(found).toMatchObject({ commands: null })
    expect((await at.look(graph)).map(one => one.description)).toEqual(
      differences.filter(({ commands }) => commands === null).map(one => one.description),
    )
  })

  test('what Plinth does not know of may stay', async () => {
    using at = place()
    await at.look(graphWith(plain), true)
    at.sql('select 1')
    using database = new DatabaseSync(at.file)
    database.exec(
      'alter table item add column extra text; create table other (a); create index extra_index on item (extra)',
    )
    expect(await at.look(graphWith(plain))).toEqual([])
  })

  test('a mistake in the middle leaves the database as it was', async () => {
    using at = place()
    await at.look(graphWith(plain), true)
    at.sql("insert into item (number, name, state) values (1, 'tea', 'new'), (2, 'tea', 'new') returning 1")
    const graph = graphWith({ ...plain, name: field.text().unique(), note: field.text().optional() })
    await expect(at.look(graph, true)).rejects.toThrow('UNIQUE constraint failed')
    expect((await at.look(graph)).map(({ description }) => description)).toEqual([
      'The column "note" of Item.note is missing.',
      'The unique index "item_name_unique" of Item is missing.',
    ])
  })
})
