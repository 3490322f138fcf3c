import { expect, it } from 'vitest'
import fc from 'fast-check'
import { canonicalDecimal, compareDecimals, decimalToScaled, scaledToDecimal } from './decimal.ts'

it.each([
  ['12.5', '12.50'],
  ['12', '12.00'],
  ['-0.1', '-0.10'],
  ['-0.00', '0.00'],
  ['0', '0.00'],
  ['99999999.99', '99999999.99'],
])('%s with 10 digits, 2 of them after the point, is %s', (text, canonical) => {
  expect(canonicalDecimal(text, 10, 2)).toBe(canonical)
})

it.each([
  '',
  '.5',
  '5.',
  '+5',
  '05',
  '1e3',
  ' 1',
  '1 ',
  '1,5',
  '0x1',
  '١',
  '1.005',
  '100000000',
  'NaN',
  '--1',
  '1.2.3',
])('refuses %j instead of rounding or guessing', text => {
  expect(canonicalDecimal(text, 10, 2)).toBeUndefined()
})

it('holds 38 digits', () => {
  const digits = '9'.repeat(38)
  expect(canonicalDecimal(digits, 38, 0)).toBe(digits)
  expect(canonicalDecimal(`0.${digits}`, 38, 38)).toBe(`0.${digits}`)
  expect(canonicalDecimal('1', 38, 38)).toBeUndefined()
})

it('goes to a scaled integer and back', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
      fc.integer({ min: 0, max: 38 }),
      (scaled, scale) => {
        const text = scaledToDecimal(scaled, scale)
        expect(decimalToScaled(text, scale)).toBe(scaled)
        expect(canonicalDecimal(text, 38, scale)).toBe(text)
      },
    ),
  )
})

it('compares by value, whatever the scales', () => {
  expect(compareDecimals('0.30', '0.3')).toBe(0)
  expect(compareDecimals('0.1', '0.09')).toBeGreaterThan(0)
  expect(compareDecimals('-2', '-1.5')).toBeLessThan(0)
  expect(compareDecimals('9007199254740993', '9007199254740992')).toBeGreaterThan(0)
})
