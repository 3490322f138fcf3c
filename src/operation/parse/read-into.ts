/** Reads a value that was given for a field. */
import { parseValue } from '../../engine/index.ts'
import { detail, type ErrorDetail } from '../../error/index.ts'
import type { FieldNode, Value } from '../../model/index.ts'
import type { ValueForm } from '../../query/index.ts'

/** Into `values`, or as a mistake into `errors`. */
export function readInto(
  values: Record<string, Value>,
  errors: ErrorDetail[],
  form: ValueForm,
  field: FieldNode,
  given: unknown,
  pointer: string,
): void {
  if (given === null) {
    if (field.nullable) values[field.name] = null
    else errors.push(detail('values.not-nullable', { name: field.name }, pointer))
    return
  }
  const parsed = parseValue(given, field.type, form, pointer)
  if (!parsed.ok) errors.push(parsed.error)
  // The text "null" is a JSON value too.
  else if (parsed.value === null && !field.nullable)
    errors.push(detail('values.not-nullable', { name: field.name }, pointer))
  else values[field.name] = parsed.value
}
