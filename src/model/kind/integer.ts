/** `integer`: a whole number that JavaScript holds exactly, from -(2^53 - 1) to 2^53 - 1. */
import type { FieldKind, Parsed } from '../kind.ts'
import type { FieldType } from '../value.ts'
import {
  asNumber,
  compareSimple,
  mistake,
  numberOption,
  orderOperators,
  parsed,
  rangeMistake,
  wrongType,
} from './support.ts'

export interface IntegerOptions {
  /** The least value; -(2^53 - 1) by default. */
  readonly min?: number
  /** The greatest value; 2^53 - 1 by default. */
  readonly max?: number
}

const least = (type: FieldType): number => numberOption(type, 'min') ?? Number.MIN_SAFE_INTEGER
const greatest = (type: FieldType): number => numberOption(type, 'max') ?? Number.MAX_SAFE_INTEGER

function parse(input: unknown, type: FieldType, pointer: string): Parsed {
  if (typeof input !== 'number' || !Number.isInteger(input)) return wrongType('a whole number', pointer)
  const wrong = rangeMistake(input, least(type), greatest(type), pointer)
  return wrong === undefined ? parsed(input === 0 ? 0 : input) : mistake(wrong)
}

export const integerKind: FieldKind = Object.freeze({
  name: 'integer',
  storage: 'integer',
  operators: orderOperators,
  sortable: true,
  parseJson: parse,
  parseText: (text: string, type: FieldType, pointer: string) =>
    /^-?\d{1,17}$/.test(text) ? parse(Number(text), type, pointer) : wrongType('a whole number', pointer),
  parseNative: parse,
  compare: (left, right) => compareSimple(asNumber(left), asNumber(right)),
  jsonSchema: type => ({ type: 'integer', minimum: least(type), maximum: greatest(type) }),
} satisfies FieldKind)
