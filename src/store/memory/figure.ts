/** Counts, sums, averages and extremes over a list of values. */
import type { AggregateFunction, FieldType, Value } from '../../model/index.ts'
import { divideRounded, exact, finite, fromExact, sumFloats, toScale } from './number.ts'
import { comparisonOf, conversion, scaleOf, storageOf } from './value.ts'

const floatType: FieldType = { kind: 'float', options: {} }

/** Nulls do not take part; without any value all but the count are null. */
export function figure(name: AggregateFunction, all: readonly Value[], of: FieldType | null, type: FieldType): Value {
  const values = all.filter(value => value !== null)
  if (name === 'count') return values.length
  if (of === null || values.length === 0) return null
  if (name === 'min' || name === 'max') {
    const compare = comparisonOf(of, of)
    const extreme = values.reduce((best, value) =>
      compare(value, best) < 0 === (name === 'min') && compare(value, best) !== 0 ? value : best,
    )
    return conversion(of, type)(extreme)
  }
  if (storageOf(of) === 'float') {
    const sum = finite(sumFloats(values.map(Number)))
    return conversion(floatType, type)(name === 'sum' ? sum : sum / values.length)
  }
  const scale = scaleOf(of)
  const sum = values.reduce((units: bigint, value) => units + toScale(exact(value), scale).units, 0n)
  if (name === 'sum') return fromExact({ units: sum, scale }, storageOf(type), scaleOf(type))
  // Scaled before dividing, so that the one rounding is the last step; a float has seventeen digits.
  const digits = storageOf(type) === 'float' ? 40 : scaleOf(type)
  const quotient = divideRounded(sum * 10n ** BigInt(digits), BigInt(values.length) * 10n ** BigInt(scale))
  return fromExact({ units: quotient, scale: digits }, storageOf(type), digits)
}
