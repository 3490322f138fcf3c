/** Keys and values in the forms in which the steps of writes bind them. */
import { kindOf, type ModelNode, type Value } from '../model/index.ts'

export type StepValues = Readonly<Record<string, Value>>

/** Keys as the one list that plans bind: values of a single key field, tuples of several. */
export function keysOf(model: ModelNode, keys: readonly (readonly Value[])[]): StepValues {
  return { keys: model.key.length === 1 ? keys.map(key => key[0] ?? null) : keys }
}

/** One key as the step values of a plan for one row. */
export function keyOf(model: ModelNode, key: readonly Value[]): Record<string, Value> {
  const values: Record<string, Value> = {}
  for (const [index, field] of model.key.entries()) values[`key.${field}`] = key[index] ?? null
  return values
}

export function keyText(key: readonly Value[]): string {
  return JSON.stringify(key)
}

/** What the store keeps for a canonical value: the same, but for kinds with a codec. */
export function storedValue(model: ModelNode, field: string, value: Value): Value {
  const type = model.fields[field]?.type
  if (type === undefined || value === null) return value
  const { codec } = kindOf(type)
  return codec === undefined ? value : codec.encode(value, type)
}
