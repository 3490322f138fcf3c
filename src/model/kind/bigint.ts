/** `bigint`: a signed 64-bit integer; in JSON a string of digits, because JSON numbers lose digits past 2^53. */
import type { FieldKind, Parsed } from '../kind.ts'
import { asText, compareSimple, orderOperators, parsed, refused, wrongType } from './support.ts'

const least = -(2n ** 63n)
const greatest = 2n ** 63n - 1n
const expected = 'a whole number as a text of digits'
const pattern = '^(?:0|-?[1-9][0-9]{0,18})$'
const form = new RegExp(pattern)

function inRange(value: bigint, pointer: string): Parsed {
  if (value < least) return refused('values.too-small', { limit: String(least) }, pointer)
  if (value > greatest) return refused('values.too-large', { limit: String(greatest) }, pointer)
  return parsed(String(value))
}

function parse(input: unknown, _type: unknown, pointer: string): Parsed {
  if (typeof input !== 'string') return wrongType(expected, pointer)
  if (form.test(input)) return inRange(BigInt(input), pointer)
  return /^-?[0-9]{1,1000}$/.test(input) && /^-?[1-9]/.test(input)
    ? refused(
        input.startsWith('-') ? 'values.too-small' : 'values.too-large',
        { limit: String(input.startsWith('-') ? least : greatest) },
        pointer,
      )
    : wrongType(expected, pointer)
}

export const bigintKind: FieldKind = Object.freeze({
  name: 'bigint',
  storage: 'bigint',
  operators: orderOperators,
  sortable: true,
  parseJson: parse,
  parseText: parse,
  parseNative: (input: unknown, type: unknown, pointer: string) =>
    typeof input === 'bigint' ? inRange(input, pointer) : parse(input, type, pointer),
  toNative: value => BigInt(asText(value)),
  compare: (left, right) => compareSimple(BigInt(asText(left)), BigInt(asText(right))),
  jsonSchema: () => ({ type: 'string', pattern, maxLength: 20 }),
} satisfies FieldKind)
