// Tables of a PostgreSQL database compared with models that have changed, and mended without losing a row.
import { describe, expect, test } from 'vitest'
import { defineSchema, field, graphOf, model, type ModelGraph } from '../../src/model/index.ts'
import type { SchemaDifference } from '../../src/store/contract/index.ts'
import { postgresStore } from '../../src/store/postgres/index.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, type ServerName, serversOf } from '../services/index.ts'

interface Place extends AsyncDisposable {
  sql(...statements: readonly string[]): Promise<readonly string[]>
  look(graph: ModelGraph, mend?: boolean): Promise<readonly SchemaDifference[]>
}

async function place(name: ServerName): Promise<Place> {
  const database = await freshDatabase(name)
  return {
    sql: (...statements) => administer('postgres', database.url, ...statements),
    async look(graph, mend = false) {
      const store = postgresStore({ url: database.url, connections: 2 })
      await store.open(graph)
      try {
        const differences = await store.compareSchema(graph)
        if (mend) await store.applySchema(differences)
        return differences
      } finally {
        await store.close()
      }
    },
    [Symbol.asyncDispose]: () => database.drop(),
  }
}

const Box = model({ number: field.integer().key() })
const graphWith = (
  fields: Parameters<typeof model>[0],
  options: { readonly timestamps?: true; readonly version?: true } = {},
): ModelGraph => graphOf(defineSchema({ Item: model({ number: field.integer().key(), ...fields }, options), Box }))
const plain = { name: field.text(), state: field.enum(['new', 'sold']) }
const words = (differences: readonly SchemaDifference[]): readonly string[] =>
  differences.map(({ description }) => description)

describe.each(serversOf('postgres'))('a graph that has changed, on %s', name => {
  test('rows get the moment of the change, version 1, and an empty reference', { timeout: 60_000 }, async context => {
    needs(context, name)
    await using at = await place(name)
    await at.look(graphWith(plain), true)
    await at.sql("insert into item (number, name, state) values (1, 'tea', 'new')")
    const graph = graphWith(
      { name: field.text(), box: field.belongsTo('Box').optional() },
      { timestamps: true, version: true },
    )
    expect(words(await at.look(graph, true))).toEqual([
      'The column "box_number" of Item.boxNumber is missing.',
      'The column "created_at" of Item.createdAt is missing. Rows that are there get the moment of the change.',
      'The column "updated_at" of Item.updatedAt is missing. Rows that are there get the moment of the change.',
      'The column "version" of Item.version is missing. Rows that are there get 1.',
      'The column "item.state" refuses null, and Item has no field for it.',
      'The index "item_box_number_index" of Item is missing.',
      'The reference "item_box_number_reference" of the table "item" is missing.',
    ])
    expect(await at.look(graph)).toEqual([])
    expect(
      await at.sql("select now() - created_at < '1 minute' and updated_at = created_at and version = 1 from item"),
    ).toEqual(['true'])
    expect(
      await at.sql(
        "select count(*) from information_schema.columns where table_name = 'item' and column_default is not null",
      ),
    ).toEqual(['0'])
    await expect(at.sql('update item set box_number = 7')).rejects.toThrow('item_box_number_reference')
  })

  test(
    'an enum that became a text takes any, and a unique that is declared no more is given up',
    { timeout: 60_000 },
    async context => {
      needs(context, name)
      await using at = await place(name)
      await at.look(graphWith({ ...plain, name: field.text().unique() }), true)
      const graph = graphWith({ ...plain, state: field.text() })
      await at.look(graph, true)
      expect(await at.look(graph)).toEqual([])
      await at.sql("insert into item (number, name, state) values (1, 'tea', 'lost'), (2, 'tea', 'found')")
      expect(await at.sql('select count(*) from item')).toEqual(['2'])
    },
  )

  test(
    'what has to be there comes into an empty table, and is withheld from rows',
    { timeout: 60_000 },
    async context => {
      needs(context, name)
      await using at = await place(name)
      await at.look(graphWith(plain), true)
      const graph = graphWith({ ...plain, size: field.integer(), box: field.belongsTo('Box') })
      await at.sql("insert into item (number, name, state) values (1, 'tea', 'new')")
      const differences = await at.look(graph, true)
      expect(words(differences)).toEqual([
        expect.stringMatching(/^The column "size" of Item\.size is missing\. Rows that are there have no value/),
        expect.stringMatching(
          /^The column "box_number" of Item\.boxNumber is missing\. Rows that are there have no value/,
        ),
      ])
      expect(differences.every(({ commands }) => commands === null)).toBe(true)
      await at.sql('delete from item')
      await at.look(graph, true)
      expect(await at.look(graph)).toEqual([])
    },
  )
})
