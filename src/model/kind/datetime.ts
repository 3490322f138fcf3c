/** `datetime`: a moment, in any offset when it comes in, in UTC with milliseconds ever after. */
import { canonicalDatetime, datetimeOf } from '../../lib/index.ts'
import type { FieldKind, Parsed } from '../kind.ts'
import type { FieldType } from '../value.ts'
import { asText, compareSimple, orderOperators, parsed, wrongType } from './support.ts'

const expected = 'a date and time like "2026-11-22T17:29:21Z"'

function parse(input: unknown, _type: unknown, pointer: string): Parsed {
  const value = typeof input === 'string' ? canonicalDatetime(input) : undefined
  return value === undefined ? wrongType(expected, pointer) : parsed(value)
}

/** In a query string "+" is a space: whoever writes an offset there as it is has to be told. */
function parseText(input: string, type: FieldType, pointer: string): Parsed {
  const meant = pointer.startsWith('?') ? canonicalDatetime(input.replace(/ (?=[0-9]{2}:[0-9]{2}$)/, '+')) : undefined
  const lost = meant !== undefined && canonicalDatetime(input) === undefined
  return lost ? wrongType(`${expected}, with "+" written as "%2B"`, pointer) : parse(input, type, pointer)
}

export const datetimeKind: FieldKind = Object.freeze({
  name: 'datetime',
  storage: 'datetime',
  operators: orderOperators,
  sortable: true,
  parseJson: parse,
  parseText,
  parseNative: (input: unknown, type: unknown, pointer: string) =>
    parse(input instanceof Date ? datetimeOf(input.getTime()) : input, type, pointer),
  toNative: value => new Date(asText(value)),
  compare: (left, right) => compareSimple(asText(left), asText(right)),
  // The pattern leaves out leap seconds and offsets that the format would allow.
  jsonSchema: () => ({
    type: 'string',
    format: 'date-time',
    pattern:
      '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$',
  }),
} satisfies FieldKind)
