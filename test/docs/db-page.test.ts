// docs/db.md: what typed SQL gives for each kind of field on each engine.
import { describe, expect, test } from 'vitest'
import { createTestApp } from 'plinth/testing'
import { createApp, defineSchema, field, model } from '../../src/index.ts'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { readPage, tableBelow } from './markdown.ts'

/** In the order of the page. */
const fields = ['decimal', 'bigint', 'wide', 'boolean', 'datetime', 'date', 'time', 'json', 'array', 'bytes'] as const

const Sample = model({
  decimal: field.decimal({ precision: 8, scale: 2 }),
  bigint: field.bigint(),
  wide: field.bigint(),
  boolean: field.boolean(),
  datetime: field.datetime(),
  date: field.date(),
  time: field.time(),
  json: field.json(),
  array: field.array(field.text({ max: 10 })),
  bytes: field.bytes(),
})
const schema = defineSchema({ Sample })
const app = createApp({ schema })

describe.each(serverFamilies)('on %s', engine => {
  test('SQL gives what the page says', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    await using opened = await createTestApp(app, { store: database.store() })
    await opened.db.Sample.create({
      decimal: '9.90',
      bigint: 5n,
      wide: 9_007_199_254_740_993n,
      boolean: true,
      datetime: new Date('2026-11-26T09:30:00Z'),
      date: '2026-11-26',
      time: '09:30:00',
      json: { a: 1 },
      array: ['a'],
      bytes: new Uint8Array([1]),
    })
    const sql = await opened.db.sql('Sample')

    const row: Readonly<Record<string, unknown>> = await sql.selectFrom('Sample').selectAll().executeTakeFirstOrThrow()

    const place = serverFamilies.indexOf(engine) + 1
    const said = tableBelow(readPage('docs/db.md'), 'SQL of your own').map(cells => cells[place])
    expect(fields.map(name => words(row[name]))).toEqual(said)
  })
})

/** A value in the words of the page. */
function words(value: unknown): string {
  if (value instanceof Date) return 'Date'
  if (Buffer.isBuffer(value)) return 'Buffer'
  if (value instanceof Uint8Array) return 'Uint8Array'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return `'${value}'`
  return JSON.stringify(value)
}
