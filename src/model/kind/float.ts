/** `float`: a finite 64-bit floating point number (IEEE 754); -0 is 0. */
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
  withoutUndefined,
  wrongType,
} from './support.ts'

export interface FloatOptions {
  /** The least value; any finite number by default. */
  readonly min?: number
  /** The greatest value; any finite number by default. */
  readonly max?: number
}

const expected = 'a finite number'

function parse(input: unknown, type: FieldType, pointer: string): Parsed {
  // JSON.parse reads 1e400 as Infinity.
  if (typeof input !== 'number' || !Number.isFinite(input)) return wrongType(expected, pointer)
  const wrong = rangeMistake(
    input,
    numberOption(type, 'min') ?? -Number.MAX_VALUE,
    numberOption(type, 'max') ?? Number.MAX_VALUE,
    pointer,
  )
  return wrong === undefined ? parsed(input === 0 ? 0 : input) : mistake(wrong)
}

export const floatKind: FieldKind = Object.freeze({
  name: 'float',
  storage: 'float',
  operators: orderOperators,
  sortable: true,
  parseJson: parse,
  parseText: (text: string, type: FieldType, pointer: string) =>
    /^-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?$/.test(text)
      ? parse(Number(text), type, pointer)
      : wrongType(expected, pointer),
  parseNative: parse,
  compare: (left, right) => compareSimple(asNumber(left), asNumber(right)),
  jsonSchema: type =>
    withoutUndefined({ type: 'number', minimum: numberOption(type, 'min'), maximum: numberOption(type, 'max') }),
} satisfies FieldKind)
