/** Numbers of different types side by side: decimals of different scales, decimals beside integers, floats beside everything. */
import { decimalToScaled } from '../../lib/index.ts'
import {
  type AggregateFunction,
  decimalPrecision,
  decimalScale,
  type FieldType,
  kindOf,
  type StorageClass,
  type Value,
} from '../../model/index.ts'
import { textOf } from './canonical.ts'
import type { SqlDialect, SqlValue } from './dialect.ts'
import { floatType } from './statement.ts'

export const storageOf = (type: FieldType): StorageClass => kindOf(type).storage

const numeric: ReadonlySet<StorageClass> = new Set(['integer', 'bigint', 'decimal', 'float'])

export const isNumeric = (type: FieldType): boolean => numeric.has(storageOf(type))

/** Digits after the point that the stored form has: none for integers. */
export const scaleOf = (type: FieldType): number => (storageOf(type) === 'decimal' ? decimalScale(type) : 0)

/** Ten to the power of so many digits, as SQL reads it: a number of JavaScript would come out as 1e+22. */
export const powerOfTen = (digits: number): string => `1${'0'.repeat(digits)}`

/** Digits that a calculated decimal can have; a declared one has no more. */
const mostDigits = 38

/** The greatest absolute value that a type holds, in units of its last digit: what is calculated is refused beyond it. */
export function mostIn(type: FieldType): bigint {
  switch (storageOf(type)) {
    case 'integer':
      return BigInt(Number.MAX_SAFE_INTEGER)
    case 'bigint':
      return 2n ** 63n - 1n
    default:
      return 10n ** BigInt(mostDigits) - 1n
  }
}

/** The greatest absolute value that a value can have, in units of its last digit. */
function mostOf({ type, own, most }: SqlValue): bigint {
  if (most !== undefined) return most
  // Nothing holds a column that was there before its field to the field's digits.
  if (storageOf(type) === 'decimal' && own === undefined) return 10n ** BigInt(decimalPrecision(type)) - 1n
  return beyondZero(type)
}

/** Below zero 64 bits hold one number more. */
const beyondZero = (type: FieldType): bigint => (storageOf(type) === 'bigint' ? 2n ** 63n : mostIn(type))

/** Of a constant. */
export function mostOfLiteral(value: Value, type: FieldType): bigint | undefined {
  if (value === null || !isNumeric(type) || storageOf(type) === 'float') return undefined
  const units = decimalToScaled(textOf(value), scaleOf(type))
  return units < 0n ? -units : units
}

/** The same in units of a digit that lies further behind the point, or before it. */
export function mostAt(value: SqlValue, scale: number): bigint {
  const digits = scale - scaleOf(value.type)
  return digits >= 0 ? mostOf(value) * 10n ** BigInt(digits) : mostOf(value) / 10n ** BigInt(-digits) + 1n
}

/** No table has more rows than 64 bits can count. */
export const mostOfSum = (of: SqlValue): bigint => mostOf(of) * 2n ** 63n

/** What has been calculated, within the bounds of its type. */
export const inRange = (dialect: SqlDialect, value: SqlValue): SqlValue => {
  const [most, limit] = [mostOf(value), beyondZero(value.type)]
  return { ...value, sql: dialect.inRange(value.sql, value.type, most), most: most < limit ? most : limit }
}

/** The value in the stored form of another type. Types that are not both numbers are left alone. */
export function converted(dialect: SqlDialect, value: SqlValue, to: FieldType): SqlValue {
  if (!isNumeric(value.type) || !isNumeric(to)) return { ...value, type: to }
  const [from, target] = [storageOf(value.type), storageOf(to)]
  if (target === 'float')
    return from === 'float'
      ? value
      : { ...value, sql: dialect.toFloat(value), type: to, own: undefined, most: undefined }
  const most = from === 'float' ? mostIn(to) : mostAt(value, scaleOf(to))
  const sql = from === 'float' ? dialect.fromFloat(value.sql, to) : dialect.rescale(value, to)
  return { ...value, sql, type: to, own: undefined, most }
}

/** Both values in one stored form, so that they can be compared or added. */
export function aligned(dialect: SqlDialect, left: SqlValue, right: SqlValue): readonly [SqlValue, SqlValue] {
  if (!isNumeric(left.type) || !isNumeric(right.type)) return [left, right]
  if (storageOf(left.type) === 'float' || storageOf(right.type) === 'float') {
    return [converted(dialect, left, floatType), converted(dialect, right, floatType)]
  }
  const [a, b] = [scaleOf(left.type), scaleOf(right.type)]
  if (a === b || !dialect.scaledDecimals) return [left, right]
  return a > b ? [left, converted(dialect, right, left.type)] : [converted(dialect, left, right.type), right]
}

/** A figure over rows; `of`: what of each of them, null for the rows themselves. */
export function figureSql(dialect: SqlDialect, name: AggregateFunction, of: SqlValue | null, type: FieldType): string {
  if (name === 'count') return of === null ? 'count(*)' : `count(${of.sql})`
  if (of === null) throw new Error(`The plan has a ${name} of nothing.`)
  return dialect.aggregate(name, of, type)
}
