/** Constants of the declaration and symbols of other rows, as the right side of comparisons. */
import { type ErrorDetail, refusal } from '../../error/index.ts'
import type { Expression } from '../expression.ts'
import { kindOf } from '../kind/index.ts'
import type { FieldType, Value } from '../value.ts'
import { describeGiven, placeOf } from './condition.ts'
import { given } from './trial.ts'

/** The part of a value symbol that other symbols look at. */
export interface ExpressionSymbol {
  readonly '~expression': Expression
  readonly '~type': FieldType
  readonly '~nullable': boolean
}

export type Below = (...parameters: never[]) => unknown

export function isExpressionSymbol(value: unknown): value is ExpressionSymbol {
  return typeof value === 'object' && value !== null && '~expression' in value
}

export function misused(symbol: string, reason: string, below: Below): Error {
  return refusal('boot.symbol-misused', { symbol, reason, place: placeOf(below) })
}

/** `isNull(false)` would be read as the opposite of what it is. */
export function refuseArguments(given: readonly unknown[], name: string, below: Below): void {
  if (given.length > 0) throw misused(name, `it takes nothing; its opposite is not(${name})`, below)
}

/** What a symbol answers when JavaScript asks for its value, as in a template. */
export function refuseValue(symbol: string): () => never {
  return function toPrimitive() {
    throw misused(symbol, 'it stands for something that is only known when a request runs', toPrimitive)
  }
}

const families: readonly (readonly string[])[] = [
  ['text', 'slug', 'email', 'url', 'enum'],
  ['integer', 'bigint', 'decimal', 'float'],
]

/** Whether values of the two types can be compared with each other. */
export function comparable(left: FieldType, right: FieldType): boolean {
  if (left.kind === right.kind) {
    return (
      left.kind !== 'array' ||
      (left.element !== undefined && right.element !== undefined && comparable(left.element, right.element))
    )
  }
  return families.some(family => family.includes(left.kind) && family.includes(right.kind))
}

/** What to write where somebody compares with a row as a whole, by the symbol of the row: its key. */
const rowKeys = new WeakMap<object, string>()

export function noteRowKey(symbol: object, key: string): void {
  rowKeys.set(symbol, key)
}

export function refuseRow(input: unknown, name: string, below: Below): void {
  const key = typeof input === 'object' && input !== null ? rowKeys.get(input) : undefined
  if (key !== undefined) throw misused(name, `it is given a row; compare with its key, ${key}`, below)
}

function canonical(input: unknown, type: FieldType, name: string, below: Below): Value {
  if (input === null || input === undefined) {
    throw misused(name, `it compares with ${String(input)}, which is never true; use isNull()`, below)
  }
  refuseRow(input, name, below)
  const result = kindOf(type).parseNative(input, type, '')
  if (result.ok) return result.value
  throw misused(name, `it is given ${describeGiven(input)}: ${messageOf(result.error)}`, below)
}

const messageOf = (error: ErrorDetail): string => error.message.replace(/\.$/, '')

/** The right side of a comparison with something of `type`. */
export function operand(input: unknown, type: FieldType, name: string, below: Below): Expression {
  const value = given(input)
  if (!isExpressionSymbol(value)) return { kind: 'literal', value: canonical(value, type, name, below), type }
  if (comparable(type, value['~type'])) return value['~expression']
  throw misused(name, `it compares ${type.kind} with ${value['~type'].kind}`, below)
}

/** The list of `in`, `hasAny` and `hasAll`. Its type is an array of `type`. */
export function listOperand(input: unknown, type: FieldType, name: string, below: Below): Expression {
  const listType: FieldType = { kind: 'array', options: {}, element: type }
  const list = given(input)
  if (isExpressionSymbol(list)) {
    if (comparable(listType, list['~type'])) return list['~expression']
    throw misused(name, `it looks for ${type.kind} in ${list['~type'].kind}, which is no list of it`, below)
  }
  if (!Array.isArray(list)) throw misused(name, `it wants a list, not ${describeGiven(list)}`, below)
  return { kind: 'literal', value: list.map(item => canonical(item, type, name, below)), type: listType }
}
