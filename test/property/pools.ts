/** For each kind a few values in canonical form: near one another, equal in some ways, and at the edges. */
import type { FieldType, Value } from '../../src/model/index.ts'

const uuid = (number: number): string => `01936f00-0000-7000-8000-${number.toString(16).padStart(12, '0')}`

const texts = [
  '',
  ' ',
  'a',
  'A',
  'ab',
  'aB',
  'a ',
  'äb',
  'a\u0308b',
  'Äb',
  '😀',
  '｡',
  'a%b',
  'a_b',
  '\\',
  "o'x",
  '"',
  'null',
  'Σ',
  'ς',
  'İ',
  'ß',
]

const pools: Readonly<Record<string, readonly Value[]>> = {
  id: [1, 2, 3, 4, 5].map(uuid),
  text: texts,
  slug: ['a', 'a-b', 'b', 'zz-9'],
  email: ['a@example.com', 'A@example.com', 'b@example.org'],
  url: ['https://example.com/', 'https://example.com/A', 'http://example.com/?q=1'],
  integer: [-2, -1, 0, 1, 2, 3, 9007199254740991, -9007199254740991],
  bigint: ['-9007199254740993', '-1', '0', '1', '2', '9007199254740992', '9007199254740993'],
  float: [-1.5, 0, 0.1, 0.2, 0.30000000000000004, 0.3, 2.5, 1e15, 5e-7],
  boolean: [true, false],
  date: ['0001-01-01', '1969-12-31', '2026-11-22', '2028-02-29', '9999-12-31'],
  time: ['00:00:00.000', '09:30:00.000', '09:30:00.001', '23:59:59.999'],
  datetime: [
    '0001-01-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '2026-11-22T17:29:21.000Z',
    '2026-11-22T17:29:21.001Z',
    '9999-12-31T23:59:59.999Z',
  ],
  json: [true, false, 0, '', 'null', [], {}, { a: true, b: [null, false, 1.5] }, [{ '': 'x' }]],
  bytes: ['', 'AA==', '/w==', 'AP8=', 'gA=='],
  ip: ['9.255.0.1', '10.0.0.1', '::1', '2001:db8::1', 'fe80::1:0:0:1'],
}

const decimals = ['0', '0.1', '0.2', '0.3', '-1.5', '10', '9', '-0.3', '123456789.5']

/** The request's moment in these tests. */
export const now = '2026-11-22T17:29:21.000Z'

export function poolOf(type: FieldType): readonly Value[] {
  if (type.kind === 'enum') return type.options['values'] as readonly Value[]
  if (type.kind === 'decimal') {
    const scale = Number(type.options['scale'])
    return [...new Set(decimals.map(text => atScale(text, scale)))]
  }
  if (type.kind === 'array' && type.element !== undefined) {
    const [a = null, b = null, c = null] = poolOf(type.element)
    return [[], [a], [a, b], [b, a, a], [c]]
  }
  const pool = pools[type.kind]
  const { min } = type.options
  if (typeof min === 'number') return (pool ?? []).filter(value => Number(value) >= min)
  if (pool === undefined) throw new Error(`There are no values for the kind ${type.kind}.`)
  return pool
}

function atScale(text: string, scale: number): string {
  const [whole = '0', fraction = ''] = text.split('.')
  const digits = fraction.slice(0, scale).padEnd(scale, '0')
  const sign = whole.startsWith('-') && !/[1-9]/.test(whole + digits) ? whole.slice(1) : whole
  return scale === 0 ? sign : `${sign}.${digits}`
}

/** As many different values as wanted, for keys: the first from the pool, the rest made up. */
export function distinctValue(type: FieldType, index: number): Value {
  switch (type.kind) {
    case 'id':
      return uuid(index * 7 + 1)
    case 'integer':
      return index + 1
    case 'bigint':
      return String(9007199254740990n + BigInt(index))
    case 'date':
      return `2028-02-${String(index + 1).padStart(2, '0')}`
    case 'text':
      return texts[index + 2] ?? `text ${index}`
    default:
      throw new Error(`Keys of the kind ${type.kind} are not tried.`)
  }
}
