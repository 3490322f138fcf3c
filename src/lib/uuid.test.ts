import { expect, it } from 'vitest'
import { canonicalUuid, uuidGenerator } from './uuid.ts'

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

it('makes UUIDs of version 7 whose first 48 bits are the clock', () => {
  const next = uuidGenerator({ now: () => 0x0192d5a68f7a })
  expect(next()).toMatch(form)
  expect(next().slice(0, 13)).toBe('0192d5a6-8f7a')
})

it('rises strictly within a millisecond', () => {
  const next = uuidGenerator({ now: () => 1_700_000_000_000 })
  const made = Array.from({ length: 20_000 }, next)
  expect(made.every(id => form.test(id))).toBe(true)
  expect(made).toEqual(made.toSorted())
  expect(new Set(made).size).toBe(made.length)
})

it('rises when the clock runs backwards', () => {
  const moments = [5000, 4000, 6000, 1]
  const next = uuidGenerator({ now: () => moments.shift() ?? 7000 })
  const made = Array.from({ length: 5 }, next)
  expect(made).toEqual(made.toSorted())
})

it('borrows from the next millisecond when the random part is used up', () => {
  const next = uuidGenerator({ now: () => 1000, random: () => 0xffffffff })
  const made = Array.from({ length: 3 }, next)
  expect(made[0]).toBe('00000000-03e8-77ff-bfff-ffffffffffff')
  expect(made).toEqual(made.toSorted())
  // The carry reaches the 12 bits behind the version: they have room, because their top bit starts as 0.
  expect(made[1]?.slice(14, 18)).toBe('7800')
})

it('takes randomness and the clock from the system by default', () => {
  const before = Date.now()
  const id = uuidGenerator()()
  const time = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
  expect(time).toBeGreaterThanOrEqual(before)
  expect(time).toBeLessThanOrEqual(Date.now())
})

it('knows one spelling of a UUID', () => {
  expect(canonicalUuid('0192D5A6-8F7A-7C3E-9B1D-5E6F7A8B9C0D')).toBe('0192d5a6-8f7a-7c3e-9b1d-5e6f7a8b9c0d')
  for (const text of [
    '',
    '0192d5a6',
    '{0192d5a6-8f7a-7c3e-9b1d-5e6f7a8b9c0d}',
    '0192d5a68f7a7c3e9b1d5e6f7a8b9c0d',
    '0192d5a6-8f7a-7c3e-9b1d-5e6f7a8b9c0g',
  ]) {
    expect(canonicalUuid(text)).toBeUndefined()
  }
})
