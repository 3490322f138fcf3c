import { expect, it } from 'vitest'
import fc from 'fast-check'
import { canonicalDate, canonicalDatetime, canonicalTime, datetimeOf, momentText } from './datetime.ts'

it.each(['0001-01-01', '2028-02-29', '2000-02-29', '9999-12-31'])('%s is a day', text => {
  expect(canonicalDate(text)).toBe(text)
})

it.each([
  '0000-01-01',
  '2027-02-29',
  '1900-02-29',
  '2026-04-31',
  '2026-13-01',
  '2026-00-10',
  '2026-01-00',
  '26-01-01',
  '2026-1-1',
  '+10000-01-01',
  '2026-01-01T00:00:00Z',
  '',
])('%s is no day', text => {
  expect(canonicalDate(text)).toBeUndefined()
})

it.each([
  ['09:30', '09:30:00.000'],
  ['23:59:59.9999', '23:59:59.999'],
  ['00:00:00', '00:00:00.000'],
  ['12:00:00.5', '12:00:00.500'],
])('%s is the time %s', (text, canonical) => {
  expect(canonicalTime(text)).toBe(canonical)
})

it.each(['24:00', '24:00:00', '12:60', '12:00:60', '9:30', '09:30Z', '09:30:00.', ''])('%s is no time', text => {
  expect(canonicalTime(text)).toBeUndefined()
})

it.each([
  ['2026-11-22T17:29:21Z', '2026-11-22T17:29:21.000Z'],
  ['2026-11-22t17:29:21.1234567z', '2026-11-22T17:29:21.123Z'],
  ['2026-11-22T17:29:21+01:00', '2026-11-22T16:29:21.000Z'],
  ['2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00.000Z'],
  ['2028-02-29T00:00:00+14:00', '2028-02-28T10:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
])('%s is the moment %s', (text, canonical) => {
  expect(canonicalDatetime(text)).toBe(canonical)
})

it.each([
  '0001-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
  '2026-11-22T24:00:00Z',
  '2026-11-22T23:59:60Z',
  '2027-02-29T00:00:00Z',
  '2026-11-22T17:29:21',
  '2026-11-22 17:29:21Z',
  '2026-11-22T17:29Z',
  '2026-11-22T17:29:21+1:00',
  '2026-11-22',
  '',
])('%s is no moment', text => {
  expect(canonicalDatetime(text)).toBeUndefined()
})

it('prints every moment of years 1 to 9999 as it reads it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
      moment => {
        const text = datetimeOf(moment)
        expect(text).toMatch(/^\d{4}-/)
        expect(canonicalDatetime(text ?? '')).toBe(text)
      },
    ),
  )
})

it('has no moment outside those years', () => {
  expect(datetimeOf(Date.parse('0001-01-01T00:00:00Z') - 1)).toBeUndefined()
  expect(datetimeOf(Date.parse('9999-12-31T23:59:59.999Z') + 1)).toBeUndefined()
  expect(datetimeOf(Number.NaN)).toBeUndefined()
})

it('writes the moments of the present as any other moment', () => {
  const moment = fc.integer({
    min: Date.parse('0001-01-01T00:00:00.000Z'),
    max: Date.parse('9999-12-31T23:59:59.999Z'),
  })
  fc.assert(
    fc.property(moment, fc.array(fc.integer({ min: -2000, max: 2000 })), (start, steps) => {
      let at = start
      for (const step of steps) {
        at += step
        if (at >= Date.parse('0001-01-01T00:00:00.000Z') && at <= Date.parse('9999-12-31T23:59:59.999Z'))
          expect(momentText(at)).toBe(new Date(at).toISOString())
      }
    }),
  )
})
