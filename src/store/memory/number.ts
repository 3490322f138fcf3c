/** Arithmetic on canonical numbers: exact for integers, bigints and decimals, IEEE 754 for floats. */
import { decimalToScaled, scaledToDecimal } from '../../lib/index.ts'
import type { StorageClass, Value } from '../../model/index.ts'
import { outOfRange } from '../contract/index.ts'

/** `units` of `10^-scale`. */
export interface Exact {
  readonly units: bigint
  readonly scale: number
}

export const isNumeric = (storage: StorageClass): boolean =>
  storage === 'integer' || storage === 'bigint' || storage === 'decimal' || storage === 'float'

/** The digits of a number, the characters of a text. */
export function textOf(value: Value): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new TypeError(`A text or a number was expected, not ${JSON.stringify(value)}.`)
}

/** A canonical integer, bigint or decimal. */
export function exact(value: Value): Exact {
  const text = textOf(value)
  const point = text.indexOf('.')
  const scale = point === -1 ? 0 : text.length - point - 1
  return { units: decimalToScaled(text, scale), scale }
}

export function toScale(number: Exact, scale: number): Exact {
  if (scale >= number.scale) return { units: number.units * 10n ** BigInt(scale - number.scale), scale }
  return { units: divideRounded(number.units, 10n ** BigInt(number.scale - scale)), scale }
}

/** Half away from zero, as databases round decimals. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n
  const [a, b] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor]
  const rounded = (2n * a + b) / (2n * b)
  return negative ? -rounded : rounded
}

export function compareExact(left: Exact, right: Exact): number {
  const scale = Math.max(left.scale, right.scale)
  const difference = toScale(left, scale).units - toScale(right, scale).units
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function calculate(operation: 'add' | 'subtract' | 'multiply', left: Exact, right: Exact): Exact {
  if (operation === 'multiply') return { units: left.units * right.units, scale: left.scale + right.scale }
  const scale = Math.max(left.scale, right.scale)
  const [a, b] = [toScale(left, scale).units, toScale(right, scale).units]
  return { units: operation === 'add' ? a + b : a - b, scale }
}

/** The canonical form in a storage class, refused where that cannot hold it; `scale` matters for decimals only. */
export function fromExact(number: Exact, storage: StorageClass, scale: number): Value {
  switch (storage) {
    case 'decimal':
      return scaledToDecimal(within(toScale(number, scale).units, -greatestDecimal, greatestDecimal), scale)
    case 'bigint':
      return within(toScale(number, 0).units, -(2n ** 63n), 2n ** 63n - 1n).toString()
    case 'integer':
      return Number(within(toScale(number, 0).units, -greatestInteger, greatestInteger))
    default:
      return finite(Number(scaledToDecimal(number.units, number.scale)))
  }
}

/** 38 digits. */
const greatestDecimal = 10n ** 38n - 1n
const greatestInteger = BigInt(Number.MAX_SAFE_INTEGER)

function within(units: bigint, least: bigint, greatest: bigint): bigint {
  if (units < least || units > greatest) throw outOfRange()
  return units
}

export function finite(number: number): number {
  if (!Number.isFinite(number)) throw outOfRange()
  return number
}

/** Neumaier's sum: the rounding of each addition is carried along, so the order of the rows hardly matters. */
export function sumFloats(values: readonly number[]): number {
  let sum = 0
  let lost = 0
  for (const value of values) {
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return Number.isFinite(lost) ? sum + lost : sum
}
