/** Comparing and converting canonical values by the storage class of their type. */
import { compareCodePoints } from '../../lib/index.ts'
import { type Direction, type FieldType, kindOf, type StorageClass, type Value } from '../../model/index.ts'
import { compareExact, exact, fromExact, isNumeric, textOf } from './number.ts'

export const storageOf = (type: FieldType): StorageClass => kindOf(type).storage

export const scaleOf = (type: FieldType): number =>
  typeof type.options['scale'] === 'number' ? type.options['scale'] : 0

/** Negative, zero or positive; neither side is null. */
export type Comparison = (left: Value, right: Value) => number

export function comparisonOf(left: FieldType, right: FieldType): Comparison {
  const [a, b] = [storageOf(left), storageOf(right)]
  if (isNumeric(a) && isNumeric(b)) {
    if (a === 'decimal' || a === 'bigint' || b === 'decimal' || b === 'bigint') {
      if (a !== 'float' && b !== 'float') return (x, y) => compareExact(exact(x), exact(y))
    }
    return (x, y) => Number(x) - Number(y)
  }
  switch (a) {
    case 'boolean':
      return (x, y) => Number(x) - Number(y)
    case 'bytes':
      return (x, y) => Buffer.compare(Buffer.from(textOf(x), 'base64'), Buffer.from(textOf(y), 'base64'))
    case 'json':
    case 'array':
      return (x, y) => compareCodePoints(JSON.stringify(x), JSON.stringify(y))
    default:
      return (x, y) => compareCodePoints(textOf(x), textOf(y))
  }
}

/** Nulls come last in both directions. */
export function ordering(type: FieldType, direction: Direction): Comparison {
  const compare = comparisonOf(type, type)
  return (left, right) => {
    if (left === null) return right === null ? 0 : 1
    if (right === null) return -1
    return direction === 'ascending' ? compare(left, right) : compare(right, left)
  }
}

/** A value of one type in the canonical form of another, as when a sum of integers becomes a decimal. */
export function conversion(from: FieldType, to: FieldType): (value: Value) => Value {
  const [a, b] = [storageOf(from), storageOf(to)]
  if (!isNumeric(a) || !isNumeric(b)) return value => value
  if (a === b && (a !== 'decimal' || scaleOf(from) === scaleOf(to))) return value => value
  if (a === 'float') {
    return value => {
      if (value === null) return null
      return b === 'integer' ? Math.round(Number(value)) : Number(value).toFixed(b === 'decimal' ? scaleOf(to) : 0)
    }
  }
  return value => (value === null ? null : fromExact(exact(value), b, scaleOf(to)))
}
