/** Values at the edges of what kinds can hold, and just beyond. */
import assert from 'node:assert/strict'
import { group, reading, writing, refused } from '../case.ts'
import type { Fixture } from '../fixture.ts'
import { canonical, named } from './kinds.ts'

/** Creates a sample and reads the field back as it stands in an answer. */
async function roundTrip(fixture: Fixture, field: string, value: unknown): Promise<unknown> {
  await fixture.anonymous.Sample.create({ name: 'edge', [field]: value } as never)
  const { json } = await canonical(fixture, 'edge', field)
  await fixture.anonymous.Sample.delete('edge')
  return json
}

async function refusedValue({ anonymous }: Fixture, field: string, value: unknown): Promise<void> {
  const error = await refused(anonymous.Sample.create({ name: 'edge', [field]: value } as never), 'values.invalid')
  assert.equal(error.status, 422)
  assert.deepEqual(
    error.errors.map(({ pointer }) => pointer.split('/')[1]),
    [field],
  )
}

export const edgeGroup = group('edges', [
  writing('2^53 + 1 and the ends of 64 bits keep their digits', ['transactions'], async fixture => {
    for (const value of ['9007199254740993', '-9007199254740993', '9223372036854775807', '-9223372036854775808']) {
      assert.equal(await roundTrip(fixture, 'bigint', value), value)
    }
    await refusedValue(fixture, 'bigint', '9223372036854775808')
    await refusedValue(fixture, 'bigint', '-9223372036854775809')
    await refusedValue(fixture, 'integer', 9007199254740992)
    await refusedValue(fixture, 'integer', 1.5)
  }),
  writing('0.1 + 0.2, -0, the smallest and the largest float; 1e400 is none', ['transactions'], async fixture => {
    for (const value of [0.1 + 0.2, 5e-324, 1.7976931348623157e308, 1e21, 123456789.12345679]) {
      assert.equal(await roundTrip(fixture, 'float', value), value)
    }
    assert.ok(Object.is(await roundTrip(fixture, 'float', -0), 0))
    assert.ok(Object.is(await roundTrip(fixture, 'integer', -0), 0))
    for (const value of [Number('1e400'), -Infinity, NaN]) await refusedValue(fixture, 'float', value)
  }),
  writing('decimals keep their digits and are not rounded', ['transactions'], async fixture => {
    assert.equal(await roundTrip(fixture, 'decimal', '0.3'), '0.3000')
    assert.equal(await roundTrip(fixture, 'decimal', '-0'), '0.0000')
    assert.equal(await roundTrip(fixture, 'decimal', '99999999999999.9999'), '99999999999999.9999')
    await refusedValue(fixture, 'decimal', '0.00001')
    await refusedValue(fixture, 'decimal', '100000000000000')
    await refusedValue(fixture, 'decimal', 0.3)
  }),
  writing('JSON of sixty-four levels, on create and on update', ['transactions'], async fixture => {
    const nested = (levels: number): unknown =>
      levels === 0 ? 'end' : levels % 2 === 0 ? { in: nested(levels - 1) } : [nested(levels - 1)]
    assert.deepEqual(await roundTrip(fixture, 'json', nested(64)), nested(64))
    await refusedValue(fixture, 'json', nested(65))
    await fixture.system.Sample.create({ name: 'deep', json: [] })
    await fixture.system.Sample.update('deep', { json: nested(64) } as never)
    assert.deepEqual((await canonical(fixture, 'deep', 'json')).json, nested(64))
  }),
  writing('years 1 and 9999, leap days, and days that there are not', ['transactions'], async fixture => {
    for (const value of ['0001-01-01', '9999-12-31', '2000-02-29', '2028-02-29']) {
      assert.equal(await roundTrip(fixture, 'date', value), value)
    }
    for (const value of ['0000-12-31', '10000-01-01', '1900-02-29', '2026-02-29', '2026-13-01', '2026-04-31']) {
      await refusedValue(fixture, 'date', value)
    }
  }),
  writing('moments: offsets become UTC, fractions are cut to milliseconds', ['transactions'], async fixture => {
    assert.equal(await roundTrip(fixture, 'datetime', '2026-11-22T18:29:21.0019+01:00'), '2026-11-22T17:29:21.001Z')
    assert.equal(await roundTrip(fixture, 'datetime', '0001-01-01T00:00:00Z'), '0001-01-01T00:00:00.000Z')
    assert.equal(await roundTrip(fixture, 'datetime', new Date('9999-12-31T23:59:59.999Z')), '9999-12-31T23:59:59.999Z')
    for (const value of [
      '0001-01-01T00:00:00+00:01',
      '9999-12-31T23:59:59-00:01',
      '2026-11-22T24:00:00Z',
      '2026-06-30T23:59:60Z',
    ]) {
      await refusedValue(fixture, 'datetime', value)
    }
  }),
  writing('24:00 is no time of day', ['transactions'], async fixture => {
    assert.equal(await roundTrip(fixture, 'time', '00:00'), '00:00:00.000')
    assert.equal(await roundTrip(fixture, 'time', '23:59:59.999'), '23:59:59.999')
    const { anonymous } = fixture
    await anonymous.Sample.create({ name: 'edge' })
    for (const value of ['10:00:00.000', '00:00:01.000', '23:59:00.000', '12:34:56.789']) {
      await anonymous.Sample.update('edge', { time: value })
      assert.equal((await canonical(fixture, 'edge', 'time')).json, value)
      assert.deepEqual(await named(fixture, { time: value }), ['edge'])
    }
    await anonymous.Sample.delete('edge')
    await refusedValue(fixture, 'time', '24:00')
    await refusedValue(fixture, 'time', '23:59:60')
  }),
  writing('U+0000 is refused wherever it stands', ['transactions'], async fixture => {
    const { anonymous } = fixture
    for (const value of ['\u0000', 'a\u0000b']) {
      await refusedValue(fixture, 'text', value)
      await refusedValue(fixture, 'words', ['fine', value])
      await refusedValue(fixture, 'json', { key: value })
      await refusedValue(fixture, 'json', { [value]: 1 })
      await refused(anonymous.Sample.find({ where: { text: value } }), 'values.null-character')
      await refused(anonymous.Sample.find({ where: { text: { contains: value } } }), 'values.null-character')
      await refused(anonymous.Sample.find({ where: { text: { in: ['fine', value] } } }), 'values.null-character')
    }
  }),
  writing('halves of surrogate pairs are refused', ['transactions'], async fixture => {
    for (const value of ['\ud800', 'a\udc00', '\udc00\ud800']) {
      await refusedValue(fixture, 'text', value)
      await refusedValue(fixture, 'json', [value])
    }
  }),
  writing('characters of four bytes, combining marks, right-to-left, controls', ['transactions'], async fixture => {
    for (const value of [
      '😀',
      '👩‍👩‍👧',
      'e\u0301',
      'שלום',
      '\u0001\u001f\u007f',
      '\r\n\t',
      '\u2028\ufeff',
      '𝄞'.repeat(1000),
    ]) {
      assert.equal(await roundTrip(fixture, 'text', value), value)
    }
  }),
  writing('length counts code points', ['transactions'], async fixture => {
    assert.equal(await roundTrip(fixture, 'text', '😀'.repeat(10_000)), '😀'.repeat(10_000))
    await refusedValue(fixture, 'text', '😀'.repeat(10_001))
  }),
  writing('trailing spaces and the empty text stay what they are', ['transactions'], async fixture => {
    for (const value of ['', ' ', 'x ', ' x', 'x\n']) assert.equal(await roundTrip(fixture, 'text', value), value)
    assert.equal(await roundTrip(fixture, 'text', null), null)
    await fixture.anonymous.Sample.create({ name: 'empty', text: '' })
    assert.deepEqual(await named(fixture, { text: '' }), ['empty'])
    assert.deepEqual(await named(fixture, { text: ' ' }), [])
    assert.deepEqual(await named(fixture, { text: { isNull: true } }), [])
  }),
  writing('JSON comes back as it went, booleans and numbers included', ['transactions'], async fixture => {
    const values: unknown[] = [
      true,
      false,
      0,
      1.5,
      '',
      'true',
      [],
      {},
      [null, true, false],
      { a: { b: [{ c: null }] } },
      { '': 1, '😀': 2, 'a"b\\c': 3, constructor: 4 },
      [1e-7, 1e21, 9007199254740991],
    ]
    for (const value of values) assert.deepEqual(await roundTrip(fixture, 'json', value), value)
  }),
  writing('a key __proto__ in JSON is refused, wherever it stands', ['transactions'], async fixture => {
    await refusedValue(fixture, 'json', JSON.parse('{"__proto__":{"admin":true},"a":1}'))
    await refusedValue(fixture, 'json', JSON.parse('[{"a":{"__proto__":1}}]'))
    assert.deepEqual(await roundTrip(fixture, 'json', { prototype: 1, constructor: { name: 'x' } }), {
      prototype: 1,
      constructor: { name: 'x' },
    })
  }),
  writing('bytes: none, all of them, and as many as may be', ['transactions'], async fixture => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index)
    for (const bytes of [new Uint8Array(0), all, new Uint8Array(65_536).fill(255)]) {
      assert.equal(await roundTrip(fixture, 'bytes', bytes), Buffer.from(bytes).toString('base64'))
    }
    await refusedValue(fixture, 'bytes', new Uint8Array(65_537))
    await refusedValue(fixture, 'bytes', 'AAA')
  }),
  writing('lists: empty, repeated, in their order', ['transactions'], async fixture => {
    for (const value of [[], ['b', 'a', 'b'], ['', ' ', '"', '[]', ',', 'null']]) {
      assert.deepEqual(await roundTrip(fixture, 'words', value), value)
    }
    for (const value of [[], [3, 1, 2], [9007199254740991]])
      assert.deepEqual(await roundTrip(fixture, 'numbers', value), value)
    await refusedValue(fixture, 'words', [null])
  }),
  writing('kinds with a codec: written in one form, answered in another', ['transactions'], async fixture => {
    assert.equal(await roundTrip(fixture, 'ip', '10.0.0.1'), '10.0.0.1')
    assert.equal(await roundTrip(fixture, 'ip', '::ffff:10.0.0.1'), '10.0.0.1')
    assert.equal(await roundTrip(fixture, 'ip', '2001:DB8:0:0:0:0:0:1'), '2001:db8::1')
    await refusedValue(fixture, 'ip', '10.0.0.256')
    await refusedValue(fixture, 'ip', 'fe80::1%eth0')
  }),
  writing('names at the length limit, and words that are taken in SQL', ['transactions'], async ({ anonymous }) => {
    const row = {
      choice: 'a',
      source: 'b',
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaBcccccccccccccccccccccccccccccccccccccccc: 1,
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaBccccccccccccccccccccccccccccccccccccccccc: 2,
    }
    const created = await anonymous.Order.create(row)
    assert.deepEqual({ ...created, id: '' }, { id: '', ...row })
  }),
  writing('values of requests are data, whatever they look like', ['transactions'], async ({ anonymous }) => {
    for (const [index, text] of [
      "'; drop table sample; --",
      '" or "1"="1',
      '%_\\',
      '$1',
      '?1',
      ':name',
      '\\u0000',
    ].entries()) {
      await anonymous.Sample.create({ name: `n${index}`, text })
      assert.equal(await anonymous.Sample.count({ where: { text } }), 1, text)
    }
    assert.equal(await anonymous.Sample.count(), 7)
  }),
  reading(
    'one caller after another: nothing of the first is left',
    ['joins', 'or'],
    async ({ ann, bob, anonymous, cyd }) => {
      for (let round = 0; round < 5; round++) {
        const counts = await Promise.all([
          ann.Voyage.count(),
          bob.Voyage.count(),
          anonymous.Voyage.count(),
          cyd.Vessel.count(),
        ])
        assert.deepEqual(counts, [4, 5, 4, 2])
      }
    },
  ),
])
