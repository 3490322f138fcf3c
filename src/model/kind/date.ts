/** `date`: a day of the calendar, `2028-02-29`, years 1 to 9999. */
import { canonicalDate } from '../../lib/index.ts'
import type { FieldKind } from '../kind.ts'
import { asText, compareSimple, orderOperators, parsed, wrongType } from './support.ts'
import { textForm } from './text-form.ts'

const expected = 'a date like "2026-11-22"'

export const dateKind: FieldKind = textForm({
  name: 'date',
  storage: 'date',
  operators: orderOperators,
  expected,
  parse(text, _type, pointer) {
    const date = canonicalDate(text)
    return date === undefined ? wrongType(expected, pointer) : parsed(date)
  },
  compare: (left, right) => compareSimple(asText(left), asText(right)),
  jsonSchema: () => ({ type: 'string', format: 'date' }),
})
