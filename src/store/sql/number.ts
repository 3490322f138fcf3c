/** Numbers of different types side by side: decimals of different scales, decimals beside integers, floats beside everything. */
import { decimalScale, type FieldType, kindOf, type StorageClass } from '../../model/index.ts'
import type { SqlDialect, SqlValue } from './dialect.ts'
import { bigintType, floatType, integerType } from './statement.ts'

export const storageOf = (type: FieldType): StorageClass => kindOf(type).storage

const numeric: ReadonlySet<StorageClass> = new Set(['integer', 'bigint', 'decimal', 'float'])

export const isNumeric = (type: FieldType): boolean => numeric.has(storageOf(type))

/** Digits after the point that the stored form has: none for integers. */
export const scaleOf = (type: FieldType): number => (storageOf(type) === 'decimal' ? decimalScale(type) : 0)

/** The value in the stored form of another type. Types that are not both numbers are left alone. */
export function converted(dialect: SqlDialect, value: SqlValue, to: FieldType): SqlValue {
  if (!isNumeric(value.type) || !isNumeric(to)) return { ...value, type: to }
  const [from, target] = [storageOf(value.type), storageOf(to)]
  if (target === 'float')
    return from === 'float' ? value : { ...value, sql: dialect.toFloat(value), type: to, own: undefined }
  if (from === 'float') return { ...value, sql: dialect.fromFloat(value.sql, to), type: to, own: undefined }
  return { ...value, sql: dialect.rescale(value, to), type: to, own: undefined }
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

/** What a figure is when nobody says otherwise: a sum of integers can outgrow them, an average of decimals stays a decimal. */
export function figureType(name: 'count' | 'sum' | 'avg' | 'min' | 'max', of: FieldType | null): FieldType {
  if (name === 'count' || of === null) return integerType
  if (name === 'min' || name === 'max') return of
  switch (storageOf(of)) {
    case 'decimal':
      return of
    case 'integer':
    case 'bigint':
      return name === 'sum' ? bigintType : floatType
    default:
      return floatType
  }
}
