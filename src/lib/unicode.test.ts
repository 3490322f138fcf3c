import { expect, it } from 'vitest'
import fc from 'fast-check'
import { codePointLength, compareCodePoints } from './unicode.ts'

it('counts code points', () => {
  expect(codePointLength('')).toBe(0)
  expect(codePointLength('a😀b')).toBe(3)
  expect(codePointLength('👩‍👩‍👧')).toBe(5)
  expect(codePointLength('e\u0301')).toBe(2)
})

it('counts as iterating does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), text => {
      expect(codePointLength(text)).toBe(Array.from(text).length)
    }),
  )
})

it('compares as UTF-8 bytes compare', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      expect(Math.sign(compareCodePoints(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)))
    }),
    {
      examples: [
        ['\u{1f600}', '\uff5e'],
        ['a', 'a '],
        ['A', 'a'],
      ],
    },
  )
})
