// What is written comes back as it was, is found again, and is ordered by code point.
import { expect, test } from 'vitest'
import { wholeText } from '../../src/lib/index.ts'
import type { Value } from '../../src/model/index.ts'
import {
  all,
  ascending,
  contextWith,
  equals,
  findPlan,
  given,
  insert,
  insertPlan,
  openShop,
  output,
  slot,
  typeOf,
  fieldOf,
} from './shop.ts'

// What SQLite is given is what it gives back, whichever way it went in.
const edges: Readonly<Record<string, readonly Value[]>> = {
  text: [
    '',
    ' trailing ',
    'a\u2028b\u2029',
    '😀',
    '"quoted" \\ /',
    '\u0001\u001f\u007f\n\r\t\b\f',
    "it's",
    'e\u0301',
    '\u00e9',
    'null',
    '<&>',
  ],
  whole: [0, -1, 9_007_199_254_740_991, -9_007_199_254_740_991],
  big: ['0', '9007199254740993', '-9007199254740993', '9223372036854775807', '-9223372036854775808'],
  money: ['0.0000', '-0.5000', '0.0001', '-0.0001', '99999999999999.9999', '-99999999999999.9999', '12.0500'],
  real: [0, 0.1 + 0.2, 1e21, 5e-324, 1.7976931348623157e308, 1 / 3, -2.5, 123_456_789.123_456_79, 100],
  flag: [true, false],
  day: ['0001-01-01', '9999-12-31', '2028-02-29'],
  hour: ['00:00:00.000', '23:59:59.999'],
  moment: ['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '2026-11-22T17:29:21.001Z'],
  uuid: ['01936f00-0000-7000-8000-00000000000f'],
  data: [true, false, 0, 'text', [], {}, { a: [1, null, 'ü', { '"': '\\' }] }, 0.1 + 0.2, [[]]],
  bytes: ['', 'AP8=', 'AAECAwQ='],
  list: [[], ['a', '"', '😀', ''], ['\u2028']],
}

const fields = ['number', ...Object.keys(edges)]
const rows: Readonly<Record<string, Value>>[] = []
for (const [name, values] of Object.entries(edges)) {
  for (const value of values) {
    const empty = Object.fromEntries(fields.map(field => [field, null]))
    rows.push({ ...empty, number: rows.length + 1, [name]: value })
  }
}

// Bytes are assembled by JavaScript, as the engine does for what a store cannot write into JSON.
const canonical = (store: Parameters<typeof all>[0], found: unknown) =>
  (found as Record<string, Value>[]).map(row => ({
    ...row,
    bytes: row['bytes'] === null ? null : store.fromStored('bytes', row['bytes'] ?? null),
  }))

test('values of every kind come back as they went in, row by row', async () => {
  await using shop = openShop()
  const one = shop.store.prepareInsert(insertPlan('Sample', fields))
  for (const row of rows) await one.run([fields.map(name => row[name] ?? null)], [], contextWith())
  expect(canonical(shop.store, await all(shop.store, 'Sample', { order: [ascending('Sample', 'number')] }))).toEqual(
    rows,
  )
})

test('values of every kind come back as they went in, all rows in one statement', async () => {
  await using shop = openShop()
  await insert(shop.store, 'Sample', rows)
  expect(canonical(shop.store, await all(shop.store, 'Sample', { order: [ascending('Sample', 'number')] }))).toEqual(
    rows,
  )
})

test.each(Object.entries(edges).filter(([name]) => name !== 'data' && name !== 'list'))(
  'rows are found by their %s, alone and in a list',
  async (name, values) => {
    await using shop = openShop()
    await insert(shop.store, 'Sample', rows)
    const type = typeOf('Sample', name)
    const one = shop.store.prepareFind(
      findPlan('Sample', { parameters: [given(type)], where: equals(name, 0), outputs: [output('Sample', 'number')] }),
    )
    const many = shop.store.prepareFind(
      findPlan('Sample', {
        parameters: [given(type, true)],
        where: { kind: 'in', left: fieldOf(name), list: slot(0) },
        outputs: [output('Sample', 'number')],
      }),
    )
    for (const value of values) {
      const wanted = rows.filter(row => row[name] === value).map(({ number }) => ({ number }))
      expect(JSON.parse(wholeText((await one.run([value], contextWith())).json ?? ''))).toEqual(wanted)
      expect(JSON.parse(wholeText((await many.run([[value]], contextWith())).json ?? ''))).toEqual(wanted)
    }
    expect((await many.run([values], contextWith())).rows).toBe(values.length)
  },
)

test('texts are ordered by code point and positions are canonical values', async () => {
  await using shop = openShop()
  await insert(shop.store, 'Sample', rows)
  for (const [name, values] of Object.entries(edges)) {
    if (name === 'data' || name === 'list' || name === 'bytes') continue
    const plan = findPlan('Sample', {
      where: { kind: 'not', of: { kind: 'isNull', of: fieldOf(name) } },
      order: [ascending('Sample', name)],
      positions: true,
      outputs: [output('Sample', name)],
    })
    const found = await shop.store.prepareFind(plan).run([], contextWith())
    const sorted = (JSON.parse(wholeText(found.json ?? '')) as Record<string, Value>[]).map(row => row[name] ?? null)
    expect(sorted).toHaveLength(values.length)
    expect(found.first).toEqual([sorted[0]])
    expect(found.last).toEqual([sorted.at(-1)])
    if (name !== 'text') continue
    const byCodePoint = [...values]
      .map(String)
      .toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    expect(sorted).toEqual(byCodePoint)
  }
})

test.each([
  ['startsWith', 'ab', ['ab', 'abc', 'ab\u{10ffff}']],
  ['startsWith', '\u{10ffff}', ['\u{10ffff}x']],
  ['startsWith', '', ['', 'ab', 'abc', 'ac', 'AB', 'ab\u{10ffff}', '\u{10ffff}x', '50%', 'x_y', 'İI']],
  ['endsWith', 'c', ['abc', 'ac']],
  ['endsWith', '', ['', 'ab', 'abc', 'ac', 'AB', 'ab\u{10ffff}', '\u{10ffff}x', '50%', 'x_y', 'İI']],
  ['endsWith', 'xabc', []],
  ['contains', '%', ['50%']],
  ['contains', '_', ['x_y']],
  ['contains', '', ['', 'ab', 'abc', 'ac', 'AB', 'ab\u{10ffff}', '\u{10ffff}x', '50%', 'x_y', 'İI']],
] as const)('%s %j', async (operator, part, wanted) => {
  await using shop = openShop()
  const texts = ['', 'ab', 'abc', 'ac', 'AB', 'ab\u{10ffff}', '\u{10ffff}x', '50%', 'x_y', 'İI']
  await insert(
    shop.store,
    'Sample',
    [...texts, null].map((text, index) => ({ number: index, text })),
  )
  const found = shop.store.prepareFind(
    findPlan('Sample', {
      parameters: [given(typeOf('Sample', 'text'))],
      where: { kind: 'text', operator, insensitive: false, left: fieldOf('text'), right: slot(0) },
      order: [ascending('Sample', 'number')],
      outputs: [output('Sample', 'text')],
    }),
  )
  const rowsFound = JSON.parse(wholeText((await found.run([part], contextWith())).json ?? '')) as { text: string }[]
  expect(rowsFound.map(({ text }) => text)).toEqual(wanted)
})

test('letter case is folded beyond ASCII', async () => {
  await using shop = openShop()
  await insert(
    shop.store,
    'Sample',
    ['ÄRGER', 'ärger', 'İ', 'ΟΔΟΣ'].map((text, number) => ({ number, text })),
  )
  const found = shop.store.prepareFind(
    findPlan('Sample', {
      parameters: [given(typeOf('Sample', 'text'))],
      where: { kind: 'text', operator: 'equals', insensitive: true, left: fieldOf('text'), right: slot(0) },
      outputs: [output('Sample', 'number')],
    }),
  )
  const numbers = async (text: string) =>
    JSON.parse(wholeText((await found.run([text], contextWith())).json ?? '')) as unknown
  expect(await numbers('Ärger')).toEqual([{ number: 0 }, { number: 1 }])
  expect(await numbers('i')).toEqual([{ number: 2 }])
  expect(await numbers('οδοσ')).toEqual([{ number: 3 }])
})
