// docs/stores.md against what it is made from, and its table of types against tables that were made. Its figures of the conformance suite are
// compared by the suite's own runs, in test/conformance.
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { sampleFields, sampleGraph } from '../../scripts/sample-fields.ts'
import { storesPage, tableOf, writtenStoresPage } from '../../scripts/stores-page.ts'
import { emptyDatabase, type Engine, engines, needsEngine } from '../fixtures/engines.ts'
import { administer } from '../services/administration.ts'
import { readPage, tableBelow } from './markdown.ts'

test('the page is what the stores say of themselves', () => {
  const written = writtenStoresPage()
  const measured = {
    conformance: tableOf(written, 'Conformance'),
    refused: tableOf(written, 'Without an ability'),
  }
  expect(written).toBe(storesPage(measured))
})

describe.each(engines)('on %s', engine => {
  test('columns have the types of the page', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const store = database.store()
    await store.open(sampleGraph)
    await store.applySchema(await store.compareSchema(sampleGraph))
    await store.close()
    const types = await columnsOf(engine, database.url)
    const place = ['sqlite', 'postgres', 'mariadb', 'mysql'].indexOf(engine.split('-')[0] ?? '') + 1
    const names: Readonly<Record<string, string>> = sampleFields
    for (const cells of tableBelow(readPage('docs/stores.md'), 'What fields are kept as')) {
      const name = names[cells[0] ?? ''] ?? ''
      const column = name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
      expect(types.get(column), cells[0]).toBe(cells[place])
    }
  })
})

/** The type of each column, by its name. */
async function columnsOf(engine: Engine, url: string): Promise<ReadonlyMap<string, string>> {
  if (engine === 'sqlite') {
    const file = new DatabaseSync(url.slice('file:'.length))
    const rows = ['sample', 'counted'].flatMap(table => file.prepare(`pragma table_info(${table})`).all())
    file.close()
    return new Map(rows.map(({ name, type }) => [String(name), String(type).toLowerCase()]))
  }
  const isPostgres = engine.startsWith('postgres')
  const lines = isPostgres
    ? await administer(
        'postgres',
        url,
        `select attname || '=' || format_type(atttypid, atttypmod) from pg_attribute
         where attrelid in ('sample'::regclass, 'counted'::regclass) and attnum > 0`,
      )
    : await administer(
        'mysql',
        url,
        `select concat(column_name, '=', column_type) from information_schema.columns where table_schema = database()`,
      )
  return new Map(lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}
