import { expect, it } from 'vitest'
import { shortName } from './short-name.ts'

it('leaves names alone that fit', () => {
  expect(shortName('a'.repeat(63), 63)).toBe('a'.repeat(63))
})

it('cuts longer ones and keeps them distinct', () => {
  const one = shortName(`${'a'.repeat(70)}1`, 63)
  const other = shortName(`${'a'.repeat(70)}2`, 63)
  expect(one).toHaveLength(63)
  expect(other).toHaveLength(63)
  expect(one).not.toBe(other)
  expect(one).toMatch(/^a{54}_[0-9a-f]{8}$/)
})

it('counts bytes', () => {
  expect(Buffer.byteLength(shortName('ü'.repeat(60), 63))).toBeLessThanOrEqual(63)
})
