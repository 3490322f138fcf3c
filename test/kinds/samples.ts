/** For each kind: types of it, and canonical values of each type, for tests that go over all kinds. */
import fc from 'fast-check'
import { canonicalDecimal, datetimeOf } from '../../src/lib/index.ts'
import { arrayDefaultMax, type FieldType, type Value } from '../../src/model/index.ts'

const of = (kind: string, options: FieldType['options'] = {}, element?: FieldType): FieldType =>
  element === undefined ? { kind, options } : { kind, options, element }

const wellFormed = (max: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: 'grapheme', maxLength: max })
    .filter(text => !text.includes('\u0000') && text.isWellFormed() && Array.from(text).length <= max)

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)

const moment = fc
  .integer({ min: Date.parse('0001-01-01T00:00:00.000Z'), max: Date.parse('9999-12-31T23:59:59.999Z') })
  .map(value => datetimeOf(value) ?? '')

const decimals = (precision: number, scale: number): fc.Arbitrary<string> =>
  fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** BigInt(precision) - 1n })).map(([negative, digits]) => {
    const text = digits.toString().padStart(scale + 1, '0')
    const whole = text.slice(0, text.length - scale)
    return (
      canonicalDecimal(
        `${negative ? '-' : ''}${whole}${scale === 0 ? '' : `.${text.slice(-scale)}`}`,
        precision,
        scale,
      ) ?? ''
    )
  })

const ip = fc.oneof(
  fc.ipV4(),
  fc
    .tuple(...Array.from({ length: 8 }, () => fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))))
    .map(groups => groups.map(group => group.toString(16)).join(':')),
)

/** `spelled` are inputs that may have another canonical form; the others are canonical. */
export interface KindSample {
  readonly type: FieldType
  readonly values: fc.Arbitrary<Value>
  readonly spelled?: fc.Arbitrary<string>
}

export const kindSamples: readonly KindSample[] = [
  { type: of('id'), values: fc.uuid(), spelled: fc.uuid().map(id => id.toUpperCase()) },
  { type: of('text', { min: 0, max: 30 }), values: wellFormed(30) },
  { type: of('text', { max: 8, pattern: '^[a-z]*$' }), values: fc.stringMatching(/^[a-z]{0,8}$/) },
  { type: of('slug'), values: fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join('-')) },
  {
    type: of('email'),
    values: fc.tuple(word, word, word).map(([local, domain, top]) => `${local}@${domain}.${top}`),
    spelled: fc.tuple(word, word).map(([local, domain]) => `${local}@${domain.toUpperCase()}.EXAMPLE`),
  },
  {
    type: of('url'),
    values: fc
      .tuple(fc.constantFrom('http', 'https'), word, fc.webPath())
      .map(([scheme, host, path]) => `${scheme}://${host}.example${path}`),
  },
  { type: of('integer'), values: fc.maxSafeInteger().map(value => (value === 0 ? 0 : value)) },
  {
    type: of('integer', { min: -5, max: 5 }),
    values: fc.integer({ min: -5, max: 5 }).map(value => (value === 0 ? 0 : value)),
  },
  { type: of('bigint'), values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) },
  { type: of('decimal', { precision: 12, scale: 2 }), values: decimals(12, 2) },
  { type: of('decimal', { precision: 38, scale: 0 }), values: decimals(38, 0) },
  { type: of('decimal', { precision: 5, scale: 5 }), values: decimals(5, 5) },
  {
    type: of('float'),
    values: fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (value === 0 ? 0 : value)),
  },
  { type: of('boolean'), values: fc.boolean() },
  { type: of('date'), values: moment.map(text => text.slice(0, 10)) },
  { type: of('time'), values: moment.map(text => text.slice(11, 23)) },
  { type: of('datetime'), values: moment },
  {
    type: of('enum', { values: ['draft', 'published', 'größe'] }),
    values: fc.constantFrom('draft', 'published', 'größe'),
  },
  {
    type: of('json'),
    values: fc
      .jsonValue({ maxDepth: 4 })
      .map(value => JSON.parse(JSON.stringify(value)) as Value)
      .filter(isStorable),
  },
  {
    type: of('bytes', { max: 40 }),
    values: fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes).toString('base64')),
  },
  { type: of('array', {}, of('text', { max: 5 })), values: fc.array(wellFormed(5), { maxLength: arrayDefaultMax }) },
  { type: of('array', { max: 3 }, of('datetime')), values: fc.array(moment, { maxLength: 3 }) },
  {
    type: of('ip'),
    values: fc.constantFrom('0.0.0.0', '192.0.2.1', '::', '::1', '2001:db8::1', 'fe80::1:0:0:1'),
    spelled: ip,
  },
]

/** JSON texts may hold what no database does. */
function isStorable(value: Value): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (typeof value === 'number') return !Object.is(value, -0)
  if (Array.isArray(value)) return value.every(isStorable)
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).every(([key, inner]) => key !== '__proto__' && isStorable(key) && isStorable(inner))
  return true
}
