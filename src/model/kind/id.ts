/** `id`: a UUID; new ones are of version 7 and increase with time. */
import { canonicalUuid } from '../../lib/index.ts'
import type { FieldKind } from '../kind.ts'
import { asText, compareSimple, orderOperators, parsed, wrongType } from './support.ts'
import { textForm } from './text-form.ts'

export const idKind: FieldKind = textForm({
  name: 'id',
  storage: 'uuid',
  operators: orderOperators,
  expected: 'a UUID',
  parse(text, _type, pointer) {
    const uuid = canonicalUuid(text)
    return uuid === undefined ? wrongType('a UUID', pointer) : parsed(uuid)
  },
  compare: (left, right) => compareSimple(asText(left), asText(right)),
  jsonSchema: () => ({ type: 'string', format: 'uuid' }),
})
