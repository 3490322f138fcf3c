/** `time`: a time of day without a zone, `09:30:00.000`; at most 23:59:59.999. */
import { canonicalTime } from '../../lib/index.ts'
import type { FieldKind } from '../kind.ts'
import { asText, compareSimple, orderOperators, parsed, wrongType } from './support.ts'
import { textForm } from './text-form.ts'

const expected = 'a time of day like "09:30:00"'

export const timeKind: FieldKind = textForm({
  name: 'time',
  storage: 'time',
  operators: orderOperators,
  expected,
  parse(text, _type, pointer) {
    const time = canonicalTime(text)
    return time === undefined ? wrongType(expected, pointer) : parsed(time)
  },
  compare: (left, right) => compareSimple(asText(left), asText(right)),
  // JSON Schema's format "time" is RFC 3339's, which demands an offset.
  jsonSchema: () => ({
    type: 'string',
    pattern: '^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?$',
  }),
})
