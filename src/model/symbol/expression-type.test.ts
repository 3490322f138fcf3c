/** The types of values that are calculated. */
import { describe, expect, it } from 'vitest'
import { coalesce, concat, defineSchema, field, length, model } from '../index.ts'
import type { FieldType } from '../value.ts'
import { aggregateType, arithmeticType } from './expression-type.ts'

const of = (kind: string, options: FieldType['options'] = {}): FieldType => ({ kind, options })
const decimal = (precision: number, scale: number): FieldType => of('decimal', { precision, scale })

describe('arithmetic', () => {
  it.each<['add' | 'subtract' | 'multiply', FieldType, FieldType, FieldType | undefined]>([
    ['add', of('integer'), of('integer'), of('integer')],
    ['add', of('integer'), of('bigint'), of('bigint')],
    ['add', of('float'), of('integer'), of('float')],
    ['add', decimal(4, 2), decimal(10, 3), decimal(38, 3)],
    ['subtract', of('integer'), decimal(4, 2), decimal(38, 2)],
    ['multiply', decimal(4, 2), decimal(10, 3), decimal(38, 5)],
    ['multiply', decimal(38, 30), decimal(38, 30), decimal(38, 38)],
    ['multiply', of('bigint'), decimal(4, 2), decimal(38, 2)],
    ['add', of('float'), decimal(4, 2), undefined],
    ['add', of('float'), of('bigint'), undefined],
    ['add', of('text'), of('integer'), undefined],
    ['add', of('text'), of('text'), undefined],
    ['add', decimal(4, 2), of('text'), undefined],
  ])('%s of %o and %o is %o', (operation, left, right, expected) => {
    expect(arithmeticType(operation, left, right)).toEqual(expected)
  })
})

describe('aggregates', () => {
  it.each<['count' | 'sum' | 'avg' | 'min' | 'max', FieldType | null, FieldType | undefined, boolean]>([
    ['count', null, of('integer'), false],
    ['sum', of('integer'), of('bigint'), true],
    ['sum', of('bigint'), of('bigint'), true],
    ['sum', of('float'), of('float'), true],
    ['sum', decimal(9, 2), decimal(38, 2), true],
    ['avg', of('integer'), of('float'), true],
    ['avg', decimal(9, 2), of('float'), true],
    ['min', of('text'), of('text'), true],
    ['max', of('datetime'), of('datetime'), true],
    ['sum', of('text'), undefined, true],
    ['avg', of('date'), undefined, true],
    ['min', of('json'), undefined, true],
    ['sum', null, undefined, true],
  ])('%s of %o is %o', (name, type, expected, nullable) => {
    expect(aggregateType(name, type)).toEqual(expected === undefined ? undefined : { type: expected, nullable })
  })
})

describe('expressions', () => {
  const { graph } = defineSchema(
    {
      Order: model({
        note: field.text().optional(),
        name: field.text(),
        buyer: field.belongsTo('User').optional(),
        lines: field.hasMany('Line', 'order'),
      }),
      Line: model({
        order: field.belongsTo('Order'),
        amount: field.decimal({ precision: 9, scale: 2 }),
        number: field.integer().optional(),
      }),
      User: model({ name: field.text() }),
    },
    {
      caller: 'User',
      computed: {
        Order: ({ row, user }) => ({
          size: row.lines.count(),
          total: row.lines.sum(line => line.amount),
          safe: coalesce(
            row.lines.sum(line => line.amount),
            '0',
          ),
          label: concat(row.name, '/', row.note),
          letters: length(row.name),
          buyerName: row.buyer.name,
          mine: row.buyer.is(user.id),
          reader: user.name,
          weighted: row.lines.sum(line => line.number.times(line.amount)),
        }),
      },
    },
  )
  const computed = graph.models['Order']?.computed ?? {}

  it.each([
    ['size', 'integer', false, false],
    ['total', 'decimal', true, false],
    ['safe', 'decimal', false, false],
    ['label', 'text', true, false],
    ['letters', 'integer', false, false],
    ['buyerName', 'text', true, false],
    ['mine', 'boolean', false, true],
    ['reader', 'text', true, true],
    ['weighted', 'decimal', true, false],
  ])('%s is %s, null: %s, relative to the caller: %s', (name, kind, nullable, callerRelative) => {
    expect(computed[name]).toMatchObject({ type: { kind }, nullable, callerRelative, sortable: true })
  })
})
