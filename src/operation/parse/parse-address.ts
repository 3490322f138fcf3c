/** What names a row in a body: its key, or a unique. */
import { valuesOf } from '../../engine/index.ts'
import { detail, type ErrorDetail } from '../../error/index.ts'
import { pointerStep } from '../../lib/index.ts'
import { type ModelNode, namingFields, type Value } from '../../model/index.ts'
import { type Address, hasParts, sameFields } from '../address.ts'
import type { ParseOptions } from './parsed-row.ts'
import { readInto } from './read-into.ts'

/** A key as a bare value, or an object of the key's fields or of a unique field. */
export function parseAddress(
  { form, caller }: ParseOptions,
  model: ModelNode,
  given: unknown,
  pointer: string,
  errors: ErrorDetail[],
): Address[] {
  const single = model.key.length === 1 ? model.key[0] : undefined
  const isObject = hasParts(given)
  const entries: [string, unknown][] = isObject
    ? Object.entries(given)
    : single === undefined || given === null
      ? []
      : [[single, given]]
  const names = entries.map(([name]) => name)
  const candidates = namingFields(model, caller !== 'system')
  const fields = candidates.find(each => sameFields(each, names))
  if (fields === undefined) {
    const expected = candidates.map(each => each.join(' and ')).join(', or ')
    errors.push(detail('values.wrong-type', { expected: `a row's ${expected}` }, pointer))
    return []
  }
  const values: Record<string, Value> = {}
  for (const [name, value] of entries) {
    const field = model.fields[name]
    if (field === undefined) continue
    const place = isObject ? `${pointer}/${pointerStep(name)}` : pointer
    if (value === null) errors.push(detail('values.not-nullable', { name }, place))
    else readInto(values, errors, form, field, value, place)
  }
  if (fields.some(field => values[field] === undefined)) return []
  return [{ fields, values: valuesOf(values, fields), pointer }]
}
