import { expect, it } from 'vitest'
import { field } from '../field/index.ts'
import { defineKind } from './define-kind.ts'
import { kindOf } from './registry.ts'

const isbn = defineKind({
  name: 'isbn',
  expected: 'an ISBN of 13 digits',
  parse: text => (/^97[89]\d{10}$/.test(text.replaceAll('-', '')) ? text.replaceAll('-', '') : undefined),
  jsonSchema: { type: 'string', pattern: '^[0-9-]{13,17}$' },
})

it('makes a kind that fields can be of', () => {
  const { type } = field.custom(isbn).declaration
  const kind = kindOf(type)
  expect(kind.parseJson('978-0-306-40615-7', type, '')).toEqual({ ok: true, value: '9780306406157' })
  expect(kind.parseJson('12', type, '/isbn')).toMatchObject({
    error: { code: 'values.wrong-type', message: 'This has to be an ISBN of 13 digits.', pointer: '/isbn' },
  })
  expect(kind.parseJson('978\u00000306406157', type, '')).toMatchObject({ error: { code: 'values.null-character' } })
  expect(kind.operators).toEqual(['eq', 'ne', 'in', 'notIn', 'isNull'])
})

it('orders by the stored form', () => {
  const reversed = defineKind({
    name: 'reversed',
    expected: 'a text',
    parse: text => text,
    jsonSchema: { type: 'string' },
    codec: {
      encode: text => text.split('').toReversed().join(''),
      decode: stored => stored.split('').toReversed().join(''),
    },
  })
  const type = { kind: 'reversed', options: {} }
  expect(reversed.compare('az', 'ba', type)).toBeGreaterThan(0)
  expect(reversed.codec?.encode('ab', type)).toBe('ba')
  expect(reversed.codec?.decode('ba', type)).toBe('ab')
})
