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
        `The constraint "item_state_form" of the table "item" is "check ("state" in ('new', 'sold'))", and Item needs "check ("state" in ('new', 'used', 'sold'))".`,
      ],
    ],
    [
      'a field that has become optional',
      graphWith({ ...plain, name: field.text().optional() }),
      ['The column "item.name" refuses null, and Item.name allows it.'],
    ],
    [
      'a field that is gone',
      graphWith({ name: field.text() }),
      ['The column "item.state" refuses null, and Item has no field for it.'],
    ],
    [
      'a version, and moments of creation and change,',
      graphOf(
        defineSchema({
          Item: model({ number: field.integer().key(), ...plain }, { timestamps: true, version: true }),
          Box,
        }),
      ),
      [
        'The column "created_at" of Item.createdAt is missing. Rows that are there get the moment of the change.',
        'The column "updated_at" of Item.updatedAt is missing. Rows that are there get the moment of the change.',
        'The column "version" of Item.version is missing. Rows that are there get 1.',
      ],
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
      'a reference that has to be there',
      graphWith({ ...plain, box: field.belongsTo('Box') }),
      'The column "box_number" of Item.boxNumber is missing. Rows that are there have no value for it;',
    ],
  ])(
    '%s is reported and left alone where there are rows, and made where there are none',
    async (_what, graph, description) => {
      using at = place()
      await at.look(graphWith(plain), true)
      at.sql("insert into item (number, name, state) values (1, 'tea', 'sold') returning 1")
      const differences = await at.look(graph, true)
      const found = differences.find(one => one.description.startsWith(description))
      expect(found).toMatchObject({ commands: null })
      expect((await at.look(graph)).map(one => one.description)).toEqual(
        differences.filter(({ commands }) => commands === null).map(one => one.description),
      )
      expect(at.sql('select number, name, state from item')).toEqual([{ number: 1, name: 'tea', state: 'sold' }])

      at.sql('delete from item returning 1')
      const empty = await at.look(graph, true)
      expect(empty.length).toBeGreaterThan(0)
      expect(empty.every(({ commands }) => commands !== null)).toBe(true)
      expect(await at.look(graph)).toEqual([])
      expect(at.sql('pragma foreign_key_check')).toEqual([])
    },
  )

  test('rows that come between the comparison and the change are not lost', async () => {
    using at = place()
    await at.look(graphWith(plain), true)
    const graph = graphWith({ ...plain, size: field.integer() })
    const store = new SqliteStore({ file: at.file })
    store.open(graph)
    const differences = store.compareSchema(graph)
    at.sql("insert into item (number, name, state) values (1, 'tea', 'new') returning 1")
    expect(() => store.applySchema(differences)).toThrow('NOT NULL constraint failed')
    await store.close()
    expect(at.sql('select number, name, state from item')).toEqual([{ number: 1, name: 'tea', state: 'new' }])
  })

  test('the rows that are there get the moment of the change and version 1', async () => {
    using at = place()
    await at.look(graphWith(plain), true)
    at.sql("insert into item (number, name, state) values (1, 'tea', 'new') returning 1")
    const before = new Date().toISOString()
    const Item = model({ number: field.integer().key(), ...plain }, { timestamps: true, version: true })
    await at.look(graphOf(defineSchema({ Item, Box })), true)
    const after = new Date().toISOString()
    const [row] = at.sql('select * from item') as [{ created_at: string; updated_at: string; version: number }]
    expect(row.version).toBe(1)
    expect(row.updated_at).toBe(row.created_at)
    expect(row.created_at >= before && row.created_at <= after).toBe(true)
    // No later row gets that moment unasked: it is not the column's default.
    expect(at.sql("select dflt_value from pragma_table_info('item') where name = 'created_at'")).toEqual([
      { dflt_value: null },
    ])
  })

  test('a table that is made anew keeps what others have put there, and gives no number twice', async () => {
    using at = place()
    const graph = (state: readonly [string, ...string[]]) =>
      graphOf(
        defineSchema({
          Item: model({
            number: field.sequence(),
            state: field.enum(state),
            note: field.text(),
          }),
          Part: model({ item: field.belongsTo('Item'), name: field.text() }),
        }),
      )
    await at.look(graph(['new']), true)
    {
      using database = new DatabaseSync(at.file)
      database.exec(`
        alter table item add column extra text default 'x,  (y)' /* it's so */ check (extra is not null and length(extra) < 9) constraint short check (extra <> '');
        alter table item add column longer text generated always as (extra || '!') check (longer <> '');
        create index extra_index on item (extra);
        create table log (number integer);
        create trigger item_log after insert on Item begin insert into log values (new.number); end;
        create view item_names as select number, state from item;
        insert into item (state, note) values ('new', 'a'), ('new', 'b');
        insert into part (id, item_number, name) values ('00000000-0000-7000-8000-000000000000', 1, 'wheel');
        delete from item where number = 2`)
    }
    await at.look(graph(['new', 'sold']), true)
    expect(await at.look(graph(['new', 'sold']))).toEqual([])
    at.sql("insert into item (state, note, extra) values ('sold', 'c', 'z') returning 1")
    expect(at.sql('select number, extra, longer from item')).toEqual([
      { number: 1, extra: 'x,  (y)', longer: 'x,  (y)!' },
      { number: 3, extra: 'z', longer: 'z!' },
    ])
    expect(at.sql('select number from log')).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
    expect(at.sql('select state from item_names')).toEqual([{ state: 'new' }, { state: 'sold' }])
    expect(at.sql("select name from sqlite_schema where name = 'extra_index'")).toHaveLength(1)
    expect(() =>
      at.sql("insert into item (state, note, extra) values ('sold', 'd', 'far too long') returning 1"),
    ).toThrow('CHECK constraint failed')
    expect(() => at.sql('delete from item where number = 1 returning 1')).toThrow('FOREIGN KEY constraint failed')
  })

  test.each([
    ['of a column', (sql: string) => sql.replace('"name" text', `$& constraint short check (length(name) < 9)`)],
    ['of the table', (sql: string) => sql.replace(/\) strict$/u, `, constraint short check (length(name) < 9)$&`)],
  ])('what somebody else says %s that a model has is not lost by making it anew', async (_what, changed) => {
    using at = place()
    await at.look(graphWith(plain), true)
    {
      using database = new DatabaseSync(at.file)
      const sql = changed(String(database.prepare("select sql from sqlite_schema where name = 'item'").get()?.['sql']))
      expect(sql).toContain('constraint short')
      database.exec(`drop table item; ${sql}`)
    }
    expect(await at.look(graphWith(plain))).toEqual([])
    const wider = graphWith({ ...plain, state: field.enum(['new', 'sold', 'used']) })
    expect(await at.look(wider, true)).toMatchObject([{ commands: null }])
    expect(() => at.sql("insert into item values (1, 'far too long', 'new') returning 1")).toThrow('short')
  })

  test('words of an enum that differ in their spaces are different words', async () => {
    using at = place()
    await at.look(graphWith({ ...plain, state: field.enum(['as  new']) }), true)
    const differences = await at.look(graphWith({ ...plain, state: field.enum(['as new']) }), true)
    expect(differences.map(({ description }) => description)).toEqual([
      `The constraint "item_state_form" of the table "item" is "check ("state" in ('as  new'))", and Item needs "check ("state" in ('as new'))".`,
    ])
    at.sql("insert into item values (1, 'tea', 'as new') returning 1")
  })

  test('a table of which not all is understood is told of, and left alone', async () => {
    using at = place()
    await at.look(graphWith(plain), true)
    {
      // As early versions of SQLite took it, and all later ones read it.
      using database = new DatabaseSync(at.file, { defensive: false })
      database.exec(`
        pragma writable_schema = on;
        update sqlite_schema set sql = replace(sql, ') strict', ', foreign key ("name" desc) references box) strict')
        where name = 'item'`)
    }
    expect(await at.look(graphWith({ ...plain, state: field.enum(['new']), note: field.text() }))).toMatchObject([
      { description: 'The column "note" of Item.note is missing.', commands: null },
      {
        description:
          'Whether the table "item" has the constraint "item_state_form" is not known: what made it is not understood at "desc) references box) strict".',
        commands: null,
      },
    ])
  })

  test('a relation that is gone leaves its column and refers to nothing', async () => {
    using at = place()
    const before = graphWith({ ...plain, box: field.belongsTo('Box'), lid: field.belongsTo('Box').optional() })
    await at.look(graphWith(plain), true)
    await at.look(before, true)
    at.sql('insert into box values (1) returning 1')
    at.sql("insert into item (number, name, state, box_number, lid_number) values (1, 'tea', 'new', 1, 1) returning 1")
    await at.look(graphWith(plain), true)
    expect(await at.look(graphWith(plain))).toEqual([])
    expect(at.sql('select box_number, lid_number from item')).toEqual([{ box_number: 1, lid_number: 1 }])
    at.sql('delete from box returning 1')
  })

  test('a unique that is declared no more is given up', async () => {
    using at = place()
    await at.look(graphWith({ ...plain, name: field.text().unique() }), true)
    const differences = await at.look(graphWith(plain), true)
    expect(differences.map(({ description }) => description)).toEqual([
      'The unique index "item_name_unique" of Item is declared no more.',
    ])
    expect(
      at.sql("insert into item (number, name, state) values (1, 'a', 'new'), (2, 'a', 'new') returning 1"),
    ).toHaveLength(2)
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
