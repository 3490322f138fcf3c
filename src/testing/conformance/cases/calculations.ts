/** Numbers that are calculated: exact where their type can hold them, otherwise refused, and never another number. */
import assert from 'node:assert/strict'
import { group, refused, writing } from '../case.ts'
import type { Fixture } from '../fixture.ts'
import type { CreateInput } from '../../../model/index.ts'
import type { harbours } from '../schema.ts'

const code = 'store.number-out-of-range'
const least = -9_223_372_036_854_775_808n
const greatest = 9_223_372_036_854_775_807n
const greatestFloat = Number.MAX_VALUE

type Reading = CreateInput<typeof harbours, 'Reading'>
type Db = Fixture['system']

/** Computed fields, each read alone: next to one that is refused nothing else is answered. */
const values = {
  wholeSquare: async (db: Db, key: number) =>
    (await db.Reading.get(key, { select: { wholeSquare: true } }))?.wholeSquare,
  wholeNext: async (db: Db, key: number) => (await db.Reading.get(key, { select: { wholeNext: true } }))?.wholeNext,
  largeSquare: async (db: Db, key: number) =>
    (await db.Reading.get(key, { select: { largeSquare: true } }))?.largeSquare,
  largeBefore: async (db: Db, key: number) =>
    (await db.Reading.get(key, { select: { largeBefore: true } }))?.largeBefore,
  exactSquare: async (db: Db, key: number) =>
    (await db.Reading.get(key, { select: { exactSquare: true } }))?.exactSquare,
  realSquare: async (db: Db, key: number) => (await db.Reading.get(key, { select: { realSquare: true } }))?.realSquare,
}

async function read(
  { system }: Fixture,
  name: keyof typeof values,
  reading: Omit<Reading, 'number'>,
): Promise<unknown> {
  const number = (await system.Reading.count()) + 1
  await system.Reading.create({ number, ...reading }, { select: { number: true } })
  return values[name](system, number)
}

const key = { select: { number: true } } as const
const needs = ['aggregates', 'joins', 'transactions'] as const

export const calculationGroup = group('calculated numbers', [
  writing('integers up to 2^53 - 1', needs, async fixture => {
    assert.equal(await read(fixture, 'wholeSquare', { whole: -94_906_265 }), 9_007_199_136_250_225)
    assert.equal(await read(fixture, 'wholeNext', { whole: Number.MAX_SAFE_INTEGER - 1 }), Number.MAX_SAFE_INTEGER)
    assert.equal(await read(fixture, 'wholeNext', { whole: Number.MIN_SAFE_INTEGER }), 1 - Number.MAX_SAFE_INTEGER)
    assert.equal(await read(fixture, 'wholeNext', {}), null)
    const error = await refused(read(fixture, 'wholeNext', { whole: Number.MAX_SAFE_INTEGER }), code)
    assert.match(error.message, /Reading\.wholeNext/)
    await refused(read(fixture, 'wholeSquare', { whole: 94_906_267 }), code)
    await refused(read(fixture, 'wholeSquare', { whole: Number.MAX_SAFE_INTEGER }), code)
  }),
  writing('64-bit integers', needs, async fixture => {
    assert.equal(await read(fixture, 'largeSquare', { large: -3_037_000_499n }), 9_223_372_030_926_249_001n)
    assert.equal(await read(fixture, 'largeBefore', { large: greatest }), greatest - 2n)
    assert.equal(await read(fixture, 'largeBefore', { large: least + 3n }), least + 1n)
    await refused(read(fixture, 'largeSquare', { large: 3_037_000_500n }), code)
    await refused(read(fixture, 'largeBefore', { large: least }), code)
  }),
  writing('decimals, to the last digit', needs, async fixture => {
    assert.equal(await read(fixture, 'exactSquare', { exact: '-999999.999' }), '999999998000.000001')
    assert.equal(await read(fixture, 'exactSquare', { exact: '0.001' }), '0.000001')
    assert.equal(await read(fixture, 'exactSquare', {}), null)
  }),
  writing('floats that stay finite', needs, async fixture => {
    assert.equal(await read(fixture, 'realSquare', { real: 1e150 }), 1e150 * 1e150)
    await refused(read(fixture, 'realSquare', { real: 1e200 }), code)
  }),
  writing('in what a write gives back', needs, async ({ system }) => {
    const select = { number: true, wholeNext: true } as const
    const whole = Number.MAX_SAFE_INTEGER
    const created = await refused(system.Reading.create({ number: 1, whole }, { select }), code)
    assert.match(created.message, /Reading\.wholeNext/)
    assert.equal(await system.Reading.count(), 0)
    await system.Reading.create({ number: 1, whole: 1 }, key)
    const updated = await refused(system.Reading.update(1, { whole }, { select }), code)
    assert.match(updated.message, /Reading\.wholeNext/)
    assert.deepEqual(await system.Reading.get(1, { select }), { number: 1, wholeNext: 2 })
  }),
  writing('sums over related rows', [...needs, 'foreignKeys'], async fixture => {
    const { system } = fixture
    await system.Gauge.create({ name: 'tide', low: 0, high: 9 })
    await system.Reading.create(
      { number: 1, gaugeName: 'tide', large: greatest, real: greatestFloat, exact: '1.001' },
      key,
    )
    await system.Reading.create({ number: 2, gaugeName: 'tide', whole: 11, exact: '2.002' }, key)
    const select = { largeSum: true, realSum: true, exactMean: true, pastHigh: true } as const
    const sums = { largeSum: greatest, realSum: greatestFloat, exactMean: 1.5015, pastHigh: 2n }
    assert.deepEqual(await system.Gauge.get('tide', { select }), sums)
    await system.Reading.create({ number: 3, gaugeName: 'tide', large: 1n, real: greatestFloat }, key)
    const error = await refused(system.Gauge.get('tide', { select: { largeSum: true } }), code)
    assert.match(error.message, /Gauge\.largeSum/)
    await refused(system.Gauge.get('tide', { select: { realSum: true } }), code)
    await refused(system.Gauge.find({ where: { largeSum: { gt: 1n } } }), code)
  }),
  writing('figures over all rows', needs, async ({ system }) => {
    await system.Reading.create({ number: 1, large: greatest, real: greatestFloat, exact: '999999.999' }, key)
    await system.Reading.create({ number: 2, large: 1n, real: 1, exact: '999999.999' }, key)
    // What is added up runs over on the way, if it comes in this order.
    await system.Reading.create({ number: 3, large: -2n }, key)
    const [row] = await system.Reading.aggregate({ sum: ['large', 'real', 'exact'], avg: ['real'] })
    assert.deepEqual(row, {
      sum: { large: greatest - 1n, real: greatestFloat, exact: '1999999.998' },
      avg: { real: greatestFloat / 2 },
    })
    for (const number of [5, 6, 7]) await system.Reading.create({ number, exact: '1.1' }, key)
    const [mean] = await system.Reading.aggregate({ avg: ['exact'], where: { number: { gte: 5 } } })
    assert.deepEqual(mean, { avg: { exact: 1.1 } })
    await system.Reading.create({ number: 4, large: 5n, real: greatestFloat }, key)
    const error = await refused(system.Reading.aggregate({ sum: ['large'] }), code)
    assert.match(error.message, /sumLarge|sum/)
    await refused(system.Reading.aggregate({ sum: ['real'] }), code)
  }),
  writing('order and pages by them', [...needs, 'orderByAnything', 'or'], async ({ system }) => {
    for (const [index, whole] of [3, -94_906_265, 7, 0].entries())
      await system.Reading.create({ number: index + 1, whole, exact: `${whole % 1000}.5` })
    for (const [sort, order] of [
      ['wholeSquare', [4, 1, 3, 2]],
      ['-exactByWhole', [2, 3, 1, 4]],
    ] as const) {
      const first = await system.Reading.page({ sort: [sort], select: { number: true }, limit: 2 })
      const second = await system.Reading.page({
        sort: [sort],
        select: { number: true },
        limit: 2,
        after: first.page.after ?? '',
      })
      const numbers = [...first.rows, ...second.rows].map(({ number }) => number)
      assert.deepEqual(numbers, order)
    }
  }),
])
