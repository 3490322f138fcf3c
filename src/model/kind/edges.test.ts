/** The edges that semantics.md pins, kind by kind: what goes in, and what comes out or which code refuses it. */
import { describe, expect, it } from 'vitest'
import type { FieldType } from '../value.ts'
import { kindOf } from './registry.ts'

const of = (kind: string, options: FieldType['options'] = {}): FieldType => ({ kind, options })

function json(type: FieldType, input: unknown): unknown {
  const result = kindOf(type).parseJson(input, type, '/v')
  return result.ok ? result.value : result.error.code
}

function text(type: FieldType, input: string): unknown {
  const result = kindOf(type).parseText(input, type, '?v')
  return result.ok ? result.value : result.error.code
}

function native(type: FieldType, input: unknown): unknown {
  const result = kindOf(type).parseNative(input, type, '')
  return result.ok ? result.value : result.error.code
}

const wrong = 'values.wrong-type'

describe('text', () => {
  const type = of('text', { min: 1, max: 3 })
  it.each([
    ['abc', 'abc'],
    ['😀😀😀', '😀😀😀'],
    ['😀😀😀😀', 'values.too-long'],
    ['', 'values.empty'],
    ['a\u0000b', 'values.null-character'],
    ['\ud83d', 'values.lone-surrogate'],
    ['a\udc00', 'values.lone-surrogate'],
    [' a ', ' a '],
    ['e\u0301', 'e\u0301'],
    [1, wrong],
    [['a'], wrong],
    [{}, wrong],
  ])('%j → %j', (input, expected) => {
    expect(json(type, input)).toBe(expected)
  })

  it('holds 1,000 code points unless told otherwise', () => {
    expect(json(of('text'), '😀'.repeat(1000))).toBe('😀'.repeat(1000))
    expect(json(of('text'), 'a'.repeat(1001))).toBe('values.too-long')
  })

  it('counts the short side in code points too', () => {
    expect(json(of('text', { min: 3 }), '😀😀')).toBe('values.too-short')
    expect(json(of('text', { min: 2 }), '😀😀')).toBe('😀😀')
  })

  it('matches its pattern by code point', () => {
    const pattern = of('text', { pattern: '^.$' })
    expect(json(pattern, '😀')).toBe('😀')
    expect(json(pattern, 'ab')).toBe('values.pattern')
  })
})

describe('integer', () => {
  it.each([
    [2 ** 53 - 1, 2 ** 53 - 1],
    [-(2 ** 53) + 1, -(2 ** 53) + 1],
    [2 ** 53, 'values.too-large'],
    [-(2 ** 53), 'values.too-small'],
    [1.5, wrong],
    ['1', wrong],
    [true, wrong],
    [Number.POSITIVE_INFINITY, wrong],
    [Number.NaN, wrong],
    [JSON.parse('1.0'), 1],
    [JSON.parse('1e3'), 1000],
  ])('%j → %j', (input, expected) => {
    expect(json(of('integer'), input)).toBe(expected)
  })

  it('has no -0', () => {
    expect(Object.is(json(of('integer'), -0), 0)).toBe(true)
    expect(Object.is(text(of('integer'), '-0'), 0)).toBe(true)
  })

  it.each([
    ['9007199254740993', 'values.too-large'],
    ['42', 42],
    ['1e3', wrong],
    ['0x10', wrong],
    ['', wrong],
    [' 1', wrong],
    ['1.0', wrong],
  ])('reads %j from a query string as %j', (input, expected) => {
    expect(text(of('integer'), input)).toBe(expected)
  })
})

describe('bigint', () => {
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
    ['9223372036854775808', 'values.too-large'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['-9223372036854775809', 'values.too-small'],
    ['1'.repeat(500), 'values.too-large'],
    ['-0', wrong],
    ['007', wrong],
    [7, wrong],
    ['', wrong],
  ])('%j → %j', (input, expected) => {
    expect(json(of('bigint'), input)).toBe(expected)
  })

  it('is a bigint in code', () => {
    expect(native(of('bigint'), 2n ** 62n)).toBe('4611686018427387904')
    expect(native(of('bigint'), 2n ** 63n)).toBe('values.too-large')
    expect(native(of('bigint'), 0n)).toBe('0')
  })
})

describe('decimal', () => {
  const type = of('decimal', { precision: 4, scale: 2 })
  it.each([
    ['0.1', '0.10'],
    ['99.99', '99.99'],
    ['-0', '0.00'],
    ['-0.01', '-0.01'],
    ['100', wrong],
    ['0.001', wrong],
    ['1e1', wrong],
    ['', wrong],
    [0.1, wrong],
    [1, wrong],
  ])('%j → %j', (input, expected) => {
    expect(json(type, input)).toBe(expected)
  })
})

describe('float', () => {
  it.each([
    [0.1 + 0.2, 0.1 + 0.2],
    [JSON.parse('1e400'), wrong],
    [JSON.parse('-1e400'), wrong],
    [Number.NaN, wrong],
    ['1', wrong],
    [5e-324, 5e-324],
  ])('%j → %j', (input, expected) => {
    expect(json(of('float'), input)).toBe(expected)
  })

  it('has no -0', () => {
    expect(Object.is(json(of('float'), -0), 0)).toBe(true)
    expect(Object.is(text(of('float'), '-0.0'), 0)).toBe(true)
  })

  it('reads what JavaScript prints', () => {
    expect(text(of('float'), '1e-7')).toBe(1e-7)
    expect(text(of('float'), '1e400')).toBe(wrong)
    expect(text(of('float'), 'Infinity')).toBe(wrong)
    expect(text(of('float'), '0x1')).toBe(wrong)
  })

  it('keeps to its bounds', () => {
    expect(json(of('float', { min: 0, max: 1 }), -0.5)).toBe('values.too-small')
    expect(json(of('float', { min: 0, max: 1 }), 1.5)).toBe('values.too-large')
  })
})

describe('dates and times', () => {
  it.each([
    ['date', '2028-02-29', '2028-02-29'],
    ['date', '2027-02-29', wrong],
    ['date', '0000-12-31', wrong],
    ['date', '9999-12-31', '9999-12-31'],
    ['time', '24:00', wrong],
    ['time', '23:59:59.999', '23:59:59.999'],
    ['time', '09:30', '09:30:00.000'],
    ['datetime', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['datetime', '0001-01-01T00:00:00+00:01', wrong],
    ['datetime', '2026-11-22T24:00:00Z', wrong],
    ['datetime', '2026-11-22', wrong],
    ['datetime', 1_700_000_000_000, wrong],
  ])('%s %j → %j', (kind, input, expected) => {
    expect(json(of(kind), input)).toBe(expected)
  })

  it('takes a Date in code, if it is one', () => {
    expect(native(of('datetime'), new Date(0))).toBe('1970-01-01T00:00:00.000Z')
    expect(native(of('datetime'), new Date(Number.NaN))).toBe(wrong)
    expect(native(of('datetime'), new Date(8.64e15))).toBe(wrong)
    expect(json(of('datetime'), new Date(0))).toBe(wrong)
  })
})

describe('email and url', () => {
  it.each([
    ['Anna.Ä@example.com', wrong],
    ['Anna@Example.COM', 'Anna@example.com'],
    ['a@b', wrong],
    ['a@b@c.de', wrong],
    ['a b@c.de', wrong],
    [`${'a'.repeat(65)}@example.com`, wrong],
    [`a@${'b.'.repeat(130)}de`, 'values.too-long'],
    ['a@-b.de', wrong],
  ])('email %j → %j', (input, expected) => {
    expect(json(of('email'), input)).toBe(expected)
  })

  it.each([
    ['https://example.com', 'https://example.com'],
    ['http://localhost:3000/a?b=c#d', 'http://localhost:3000/a?b=c#d'],
    ['https://192.0.2.1/ä', 'https://192.0.2.1/ä'],
    ['javascript:alert(1)', wrong],
    ['https://example.com:99999/', wrong],
    ['https://exa mple.com', wrong],
    ['https://example.com/a b', wrong],
    ['//example.com', wrong],
    ['https://user:password@example.com', wrong],
    ['ftp://example.com', wrong],
  ])('url %j → %j', (input, expected) => {
    expect(json(of('url'), input)).toBe(expected)
  })
})

describe('enum', () => {
  it('names the nearest word', () => {
    const type = of('enum', { values: ['draft', 'published'] })
    const result = kindOf(type).parseJson('publishd', type, '/state')
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'values.not-in-list', pointer: '/state', hint: 'Did you mean "published"?' },
    })
  })
})

describe('bytes', () => {
  it.each([
    ['aGVsbG8=', 'aGVsbG8='],
    ['', ''],
    ['aGVsbG8', wrong],
    ['aGVsbG9=', wrong],
    ['aGVs bG8=', wrong],
    ['aGVsbG8-', wrong],
    ['AAAAAAAA', 'values.too-long'],
  ])('%j → %j', (input, expected) => {
    expect(json(of('bytes', { max: 5 }), input)).toBe(expected)
  })

  it('takes part of a buffer in code', () => {
    const whole = new Uint8Array([1, 2, 3, 4])
    expect(native(of('bytes'), whole.subarray(1, 3))).toBe('AgM=')
  })
})

describe('array', () => {
  const type: FieldType = { kind: 'array', options: { min: 1, max: 2 }, element: of('integer') }
  it.each([
    [
      [1, 2],
      [1, 2],
    ],
    [[1, 2, 3], 'values.too-long'],
    [[], 'values.too-short'],
    [[1, null], 'values.not-nullable'],
    [[1, 'x'], wrong],
    [{ length: 1 }, wrong],
    ['[1]', wrong],
  ])('%j → %j', (input, expected) => {
    expect(json(type, input)).toEqual(expected)
  })

  it('points at the element', () => {
    expect(kindOf(type).parseJson([1, 'x'], type, '/list')).toMatchObject({ error: { pointer: '/list/1' } })
  })
})

describe('ip', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:1:0:0:0:1:0', '0:0:1::1:0'],
    ['::', '::'],
    ['fe80::1%eth0', wrong],
    ['192.0.2.256', wrong],
    ['192.0.02.1', wrong],
    ['1::2::3', wrong],
    ['example.com', wrong],
  ])('%j → %j', (input, expected) => {
    expect(json(of('ip'), input)).toBe(expected)
  })

  it('is stored as text that sorts', () => {
    const kind = kindOf(of('ip'))
    expect(kind.codec?.encode('192.0.2.1', of('ip'))).toBe('00000000000000000000ffffc0000201')
    expect(kind.compare('10.0.0.9', '10.0.0.10', of('ip'))).toBeLessThan(0)
  })
})
