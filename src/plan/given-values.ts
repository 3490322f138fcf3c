/** Conditions with values that the engine gives when a step runs: keys of rows that it knows, uniques that it looks up. */
import type { FieldType, Predicate } from '../model/index.ts'
import { equal } from './equal.ts'
import { allOf } from './fold.ts'
import type { Standpoint } from './standpoint.ts'

/** The field has the value that is given under this name. */
export const equalGiven = (at: Standpoint, field: string, name: string, ignoreCase = false): Predicate =>
  equal(at.field(field), at.planning.stepValue(name, at.typeOf(field)), ignoreCase)

/** The row whose key is given, field by field, under `key.<field>`. */
export const equalKey = (at: Standpoint): Predicate =>
  allOf(...at.model.key.map(field => equalGiven(at, field, `key.${field}`)))

const tupleType: FieldType = Object.freeze({ kind: 'tuple', options: Object.freeze({}) })

/** Rows by one bound list under `keys`, whatever its length: values of one field, or tuples of several. */
export function amongTuples(at: Standpoint, fields: readonly string[]): Predicate {
  const [only, ...others] = fields
  const { planning } = at
  if (only !== undefined && others.length === 0) {
    const list = planning.parameter({ source: 'step', name: 'keys', type: at.typeOf(only), list: true })
    return { kind: 'in', left: at.field(only), list }
  }
  const list = planning.parameter({ source: 'step', name: 'keys', type: tupleType, list: true })
  return { kind: 'tupleIn', left: fields.map(field => at.field(field)), list }
}
