/** `decimal`: an exact number with a fixed count of digits after the point, as text in JSON and in code. */
import { canonicalDecimal, compareDecimals } from '../../lib/index.ts'
import type { FieldKind } from '../kind.ts'
import type { FieldType } from '../value.ts'
import { asText, numberOption, orderOperators, parsed, wrongType } from './support.ts'
import { textForm } from './text-form.ts'

export interface DecimalOptions {
  /** All digits, 1 to 38. */
  readonly precision: number
  /** Digits after the point, 0 to `precision`. */
  readonly scale: number
}

export const decimalPrecision = (type: FieldType): number => numberOption(type, 'precision') ?? 38
export const decimalScale = (type: FieldType): number => numberOption(type, 'scale') ?? 0

function describe(type: FieldType): string {
  const scale = decimalScale(type)
  const whole = decimalPrecision(type) - scale
  return scale === 0
    ? `a whole number as a text of at most ${whole} digits`
    : `a decimal number as a text with at most ${whole} digits before the point and at most ${scale} after it`
}

function pattern(type: FieldType): string {
  const scale = decimalScale(type)
  const whole = decimalPrecision(type) - scale
  const before = whole <= 1 ? (whole === 0 ? '0' : '[0-9]') : `(?:0|[1-9][0-9]{0,${whole - 1}})`
  return `^-?${before}${scale === 0 ? '' : `(?:\\.[0-9]{1,${scale}})?`}$`
}

export const decimalKind: FieldKind = textForm({
  name: 'decimal',
  storage: 'decimal',
  operators: orderOperators,
  expected: 'a decimal number as a text',
  parse(text, type, pointer) {
    const value = canonicalDecimal(text, decimalPrecision(type), decimalScale(type))
    return value === undefined ? wrongType(describe(type), pointer) : parsed(value)
  },
  compare: (left, right) => compareDecimals(asText(left), asText(right)),
  jsonSchema: type => ({ type: 'string', pattern: pattern(type), maxLength: decimalPrecision(type) + 3 }),
})
