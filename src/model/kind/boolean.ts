/** `boolean`: true or false; false sorts first. */
import type { FieldKind, Parsed } from '../kind.ts'
import { equalityOperators, parsed, wrongType } from './support.ts'

function parse(input: unknown, _type: unknown, pointer: string): Parsed {
  return typeof input === 'boolean' ? parsed(input) : wrongType('true or false', pointer)
}

export const booleanKind: FieldKind = Object.freeze({
  name: 'boolean',
  storage: 'boolean',
  operators: equalityOperators,
  sortable: true,
  parseJson: parse,
  parseText: (text: string, type: unknown, pointer: string) =>
    parse(text === 'true' ? true : text === 'false' ? false : text, type, pointer),
  parseNative: parse,
  compare: (left, right) => Number(left) - Number(right),
  jsonSchema: () => ({ type: 'boolean' }),
} satisfies FieldKind)
