/** Every comparison of every kind, on values whose order is written down here, and a null among them. */
import assert from 'node:assert/strict'
import { wholeText } from '../../../lib/index.ts'
import type { Value } from '../../../model/index.ts'
import { emptyFind } from '../../../query/index.ts'
import { type CaseGroup, type ConformanceCase, group, reading } from '../case.ts'
import type { Fixture } from '../fixture.ts'

interface KindTable {
  readonly field: string
  /** From the least to the greatest. */
  readonly ascending: readonly Value[]
  /** Whether there is `lt` and the like, and whether rows can be sorted by it. */
  readonly ordered: boolean
  readonly sortable: boolean
}

const ordered = { ordered: true, sortable: true }
const equality = { ordered: false, sortable: false }

const tables: readonly KindTable[] = [
  // By code point: capitals first, then small letters, é composed, 4-byte characters after all of the first plane.
  { field: 'text', ascending: ['', ' ', 'Zoo', 'a', 'a ', 'ab', 'e\u0301', 'é', '｡', '😀'], ...ordered },
  { field: 'slug', ascending: ['a', 'a-b', 'a0', 'b'], ...ordered },
  { field: 'email', ascending: ['A@example.com', 'a@example.com', 'b@example.com'], ...ordered },
  { field: 'url', ascending: ['http://example.com/', 'https://example.com/A', 'https://example.com/a'], ...ordered },
  {
    field: 'uuid',
    ascending: [
      '00000000-0000-0000-0000-000000000000',
      '01936f00-0000-7000-8000-000000000001',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ],
    ...ordered,
  },
  { field: 'integer', ascending: [-9007199254740991, -1, 0, 9, 10, 9007199254740991], ...ordered },
  {
    field: 'bigint',
    ascending: [
      '-9223372036854775808',
      '-9',
      '-1',
      '0',
      '9',
      '10',
      '9007199254740992',
      '9007199254740993',
      '9223372036854775807',
    ],
    ...ordered,
  },
  {
    field: 'decimal',
    ascending: [
      '-99999999999999.9999',
      '-10.0000',
      '-9.5000',
      '0.0000',
      '0.0001',
      '0.3000',
      '9.0000',
      '10.0000',
      '99999999999999.9999',
    ],
    ...ordered,
  },
  { field: 'float', ascending: [-1.7976931348623157e308, -0.5, 0, 5e-324, 0.3, 0.30000000000000004, 1e21], ...ordered },
  { field: 'boolean', ascending: [false, true], ordered: false, sortable: true },
  { field: 'date', ascending: ['0001-01-01', '1969-12-31', '2028-02-29', '2028-03-01', '9999-12-31'], ...ordered },
  { field: 'time', ascending: ['00:00:00.000', '09:30:00.000', '09:30:00.001', '23:59:59.999'], ...ordered },
  {
    field: 'datetime',
    ascending: [
      '0001-01-01T00:00:00.000Z',
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00.000Z',
      '2026-11-22T17:29:21.001Z',
      '9999-12-31T23:59:59.999Z',
    ],
    ...ordered,
  },
  { field: 'enum', ascending: ['Mid', 'high', 'low'], ...ordered },
  { field: 'bytes', ascending: ['', 'AA==', 'AAA=', '/w=='], ...equality },
  // By number, not by spelling; an IPv4 address counts as the IPv6 address that it is mapped to.
  { field: 'ip', ascending: ['::1', '9.255.0.1', '10.0.0.1', '2001:db8::1', '2001:db8::a'], ...ordered },
]

type Where = Readonly<Record<string, unknown>>

/** Names of the samples that fulfil a filter, sorted. */
export async function named({ anonymous }: Fixture, where: Where): Promise<readonly string[]> {
  const rows = await anonymous.Sample.find({
    where,
    sort: 'name',
    limit: 100,
    select: { name: true } as never,
  })
  return rows.map(row => (row as { name: string }).name)
}

const nameOf = (field: string, index: number): string => `${field} ${String(index).padStart(2, '0')}`
const nullOf = (field: string): string => `${field} null`

/** A sample for each value, and one for null; every store that is shared by reading cases has them. */
export const kindSamples: readonly Readonly<Record<string, Value>>[] = tables.flatMap(({ field, ascending }) => [
  ...ascending.map((value, index) => ({ name: nameOf(field, index), [field]: value })),
  { name: nullOf(field), [field]: null },
])

/** The samples of one kind that fulfil a filter. */
const ofKind = (fixture: Fixture, field: string, where: Where): Promise<readonly string[]> =>
  named(fixture, { name: { startsWith: `${field} ` }, ...where })

function comparisons(table: KindTable): ConformanceCase {
  const { field, ascending } = table
  return reading(
    `${field}: eq, ne, in, notIn, isNull${table.ordered ? ', lt, lte, gt, gte' : ''}`,
    [],
    async fixture => {
      const all = ascending.map((_, index) => nameOf(field, index))
      const where = async (filter: Where, expected: readonly string[]): Promise<void> => {
        assert.deepEqual(
          await ofKind(fixture, field, { [field]: filter }),
          expected,
          `${field} ${JSON.stringify(filter)}`,
        )
      }
      for (const [index, value] of ascending.entries()) {
        const others = all.filter(name => name !== nameOf(field, index))
        await where({ eq: value }, [nameOf(field, index)])
        await where({ ne: value }, others)
        if (!table.ordered) continue
        await where({ lt: value }, all.slice(0, index))
        await where({ lte: value }, all.slice(0, index + 1))
        await where({ gt: value }, all.slice(index + 1))
        await where({ gte: value }, all.slice(index))
      }
      const ends = [ascending[0], ascending.at(-1)]
      await where({ in: ends }, [nameOf(field, 0), nameOf(field, ascending.length - 1)])
      await where({ in: [] }, [])
      await where({ isNull: true }, [nullOf(field)])
    },
  )
}

function negations(table: KindTable): ConformanceCase {
  const { field, ascending } = table
  return reading(`${field}: notIn, isNull false; not is the exact complement`, ['or'], async fixture => {
    const all = [...ascending.map((_, index) => nameOf(field, index)), nullOf(field)].toSorted()
    const present = all.filter(name => name !== nullOf(field))
    const ends = [ascending[0], ascending.at(-1)]
    assert.deepEqual(await ofKind(fixture, field, { [field]: { isNull: false } }), present)
    assert.deepEqual(await ofKind(fixture, field, { [field]: { notIn: [] } }), present)
    assert.deepEqual(await ofKind(fixture, field, { [field]: { notIn: ends } }), present.slice(1, -1))
    const operators = table.ordered ? ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] : ['eq', 'ne']
    const value = ascending[1] ?? ascending[0]
    const filters: Where[] = [
      ...operators.map(operator => ({ [operator]: value })),
      { in: [value] },
      { notIn: [value] },
      { isNull: true },
    ]
    for (const filter of filters) {
      const held = await ofKind(fixture, field, { [field]: filter })
      const rest = all.filter(name => !held.includes(name))
      assert.deepEqual(
        await ofKind(fixture, field, { not: { [field]: filter } }),
        rest,
        `not ${field} ${JSON.stringify(filter)}`,
      )
    }
  })
}

function orders(table: KindTable): ConformanceCase {
  const { field, ascending } = table
  return reading(`${field}: order, nulls last in both directions`, ['orderByAnything'], async fixture => {
    const all = ascending.map((_, index) => nameOf(field, index))
    const sorted = async (sort: string): Promise<readonly unknown[]> => {
      const rows = await fixture.anonymous.Sample.find({
        where: { name: { startsWith: `${field} ` } },
        sort: sort as never,
        limit: 100,
      })
      return rows.map(row => row.name)
    }
    assert.deepEqual(await sorted(field), [...all, nullOf(field)])
    assert.deepEqual(await sorted(`-${field}`), [...all.toReversed(), nullOf(field)])
  })
}

function answers(table: KindTable): ConformanceCase {
  const { field, ascending } = table
  return reading(`${field}: what was written is read`, ['transactions'], async fixture => {
    const { anonymous } = fixture
    const name = `written ${field}`
    for (const value of [...ascending, null]) {
      const created = await anonymous.Sample.create({ name, [field]: value })
      assert.deepEqual(await anonymous.Sample.get(name), created)
      const { json } = await canonical(fixture, name, field)
      assert.deepEqual(json, value, `${field} ${JSON.stringify(value)}`)
      await anonymous.Sample.delete(name)
    }
  })
}

/** A field of a sample as it would stand in an answer of an API. */
export async function canonical(
  { engine, contextOf }: Fixture,
  name: string,
  field: string,
): Promise<{ readonly json: Value }> {
  const prepared = engine.find(
    {
      ...emptyFind,
      model: 'Sample',
      select: { defaults: false, outputs: [{ kind: 'field', output: 'value', field }] },
      by: { fields: ['name'], slots: [0] },
    },
    'anonymous',
  )
  const caller = { class: 'anonymous', key: [], attributes: {}, reason: null } as const
  const { json } = await prepared.run({ form: 'json', values: [name], cursor: null }, contextOf(caller))
  const row = JSON.parse(wholeText(json ?? 'null')) as { readonly value: Value }
  return { json: row.value }
}

export const kindGroups: readonly CaseGroup[] = [
  group('comparisons of every kind', tables.map(comparisons)),
  group('two-valued logic of every kind', tables.map(negations)),
  group('order of every kind', tables.filter(({ sortable }) => sortable).map(orders)),
  group('values of every kind', tables.map(answers)),
]
