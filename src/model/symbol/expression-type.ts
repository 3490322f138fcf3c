/** The types of calculated values. */
import type { AggregateFunction } from '../expression.ts'
import { decimalPrecision, decimalScale, kindOf } from '../kind/index.ts'
import type { FieldType } from '../value.ts'

const bare = (kind: string): FieldType => Object.freeze({ kind, options: Object.freeze({}) })

export const integerType: FieldType = bare('integer')
const bigintType: FieldType = bare('bigint')
const floatType: FieldType = bare('float')
export const booleanType: FieldType = bare('boolean')
export const datetimeType: FieldType = bare('datetime')

const decimalType = (precision: number, scale: number): FieldType =>
  Object.freeze({ kind: 'decimal', options: Object.freeze({ precision, scale }) })

/** The text type of calculated texts: nothing bounds them but their parts. */
export const longTextType: FieldType = Object.freeze({ kind: 'text', options: Object.freeze({ max: 10_000_000 }) })

/**
 * The type of `left + right` and the like; undefined when the two do not mix. Whole numbers mix with decimals (a decimal comes out);
 * floats only mix with floats and integers, because a decimal that became a float would no longer be exact.
 */
export function arithmeticType(
  operation: 'add' | 'subtract' | 'multiply',
  left: FieldType,
  right: FieldType,
): FieldType | undefined {
  const kinds = new Set([left.kind, right.kind])
  if (kinds.has('float'))
    return [...kinds].every(kind => kind === 'float' || kind === 'integer') ? floatType : undefined
  if (kinds.has('decimal')) {
    const [a, b] = [scaleOf(left), scaleOf(right)]
    if (a === undefined || b === undefined) return undefined
    return decimalType(38, operation === 'multiply' ? Math.min(a + b, 38) : Math.max(a, b))
  }
  if (kinds.has('bigint'))
    return [...kinds].every(kind => kind === 'bigint' || kind === 'integer') ? bigintType : undefined
  return left.kind === 'integer' && right.kind === 'integer' ? integerType : undefined
}

function scaleOf(type: FieldType): number | undefined {
  if (type.kind === 'decimal') return decimalScale(type)
  return type.kind === 'integer' || type.kind === 'bigint' ? 0 : undefined
}

/** A type and whether null is among its values. */
export interface ValueType {
  readonly type: FieldType
  readonly nullable: boolean
}

/**
 * What an aggregate over values of `of` gives; undefined when there is none. Sums of whole numbers are bigint, sums of decimals keep
 * their scale, averages are floats. Over no rows, all but count are null.
 */
export function aggregateType(name: AggregateFunction, of: FieldType | null): ValueType | undefined {
  if (name === 'count') return { type: integerType, nullable: false }
  if (of === null) return undefined
  if (name === 'min' || name === 'max') return kindOf(of).sortable ? { type: of, nullable: true } : undefined
  const number = of.kind === 'integer' || of.kind === 'bigint' || of.kind === 'decimal' || of.kind === 'float'
  if (!number) return undefined
  if (name === 'avg' || of.kind === 'float') return { type: floatType, nullable: true }
  if (of.kind === 'decimal')
    return { type: decimalType(Math.max(38, decimalPrecision(of)), decimalScale(of)), nullable: true }
  return { type: bigintType, nullable: true }
}

/** The type of an aggregate that a plan has: that there is one has been looked at before. */
export const figureType = (name: AggregateFunction, of: FieldType | null): FieldType =>
  aggregateType(name, of)?.type ?? integerType
