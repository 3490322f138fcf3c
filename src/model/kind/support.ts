/** What the kinds share: results, options, and the checks that every text passes. */
import { codePointLength } from '../../lib/index.ts'
import { detail, type ErrorCode, type ErrorDetail, type ErrorParameters } from '../../error/index.ts'
import type { OperatorName, Parsed } from '../kind.ts'
import type { FieldType, Value } from '../value.ts'

export const equalityOperators: readonly OperatorName[] = ['eq', 'ne', 'in', 'notIn', 'isNull']
export const orderOperators: readonly OperatorName[] = [...equalityOperators, 'lt', 'lte', 'gt', 'gte']
export const textOperators: readonly OperatorName[] = [...orderOperators, 'contains', 'startsWith', 'endsWith']

export const parsed = (value: Value): Parsed => ({ ok: true, value })
export const mistake = (error: ErrorDetail): Parsed => ({ ok: false, error })

export function refused<Code extends ErrorCode>(
  code: Code,
  parameters: ErrorParameters<Code>,
  pointer: string,
): Parsed {
  return { ok: false, error: detail(code, parameters, pointer) }
}

export const wrongType = (expected: string, pointer: string): Parsed =>
  refused('values.wrong-type', { expected }, pointer)

export function numberOption(type: FieldType, name: string): number | undefined {
  const value = type.options[name]
  return typeof value === 'number' ? value : undefined
}

export function textOption(type: FieldType, name: string): string | undefined {
  const value = type.options[name]
  return typeof value === 'string' ? value : undefined
}

/** What no text may hold: U+0000 (PostgreSQL cannot store it) and halves of surrogate pairs (UTF-8 has no form for them). */
export function textMistake(text: string, pointer: string): ErrorDetail | undefined {
  if (text.includes('\u0000')) return detail('values.null-character', {}, pointer)
  if (!text.isWellFormed()) return detail('values.lone-surrogate', {}, pointer)
  return undefined
}

/** Length in code points. */
export function lengthMistake(text: string, min: number, max: number, pointer: string): ErrorDetail | undefined {
  // A text of n UTF-16 units has between n/2 and n code points; counting is only needed in between.
  const length = text.length < min || text.length > max || text.length < min * 2 ? codePointLength(text) : text.length
  if (length === 0 && min > 0) return detail('values.empty', {}, pointer)
  if (length < min) return detail('values.too-short', { limit: min, unit: 'characters' }, pointer)
  if (length > max) return detail('values.too-long', { limit: max, unit: 'characters' }, pointer)
  return undefined
}

/** Lower and upper bound of numbers. */
export function rangeMistake(value: number, min: number, max: number, pointer: string): ErrorDetail | undefined {
  if (value < min) return detail('values.too-small', { limit: min }, pointer)
  if (value > max) return detail('values.too-large', { limit: max }, pointer)
  return undefined
}

/** Canonical values of the text kinds are strings; anything else here is a mistake of ours. */
export function asText(value: Value): string {
  if (typeof value === 'string') return value
  throw new TypeError(`A canonical text was expected, not ${typeof value}.`)
}

export function asNumber(value: Value): number {
  if (typeof value === 'number') return value
  throw new TypeError(`A canonical number was expected, not ${typeof value}.`)
}

/** The order of plain ASCII texts of one length, and of numbers. */
export const compareSimple = <T extends string | number | bigint>(left: T, right: T): number =>
  left < right ? -1 : left > right ? 1 : 0

/** A JSON Schema without the keywords that are undefined. */
export function withoutUndefined(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined))
}
