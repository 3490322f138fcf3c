/** Keys and values in the forms in which the steps of writes bind them. */
import { type ModelNode, storedForm, type Value } from '../model/index.ts'

export type StepValues = Readonly<Record<string, Value>>

/** Keys as the one list that plans bind. */
export const keysOf = (model: ModelNode, keys: readonly (readonly Value[])[]): StepValues =>
  tuplesOf(model, model.key, keys)

/** Values of these fields, row by row, as the one list that plans bind: values of a single field, tuples of several. */
export function tuplesOf(
  model: ModelNode,
  fields: readonly string[],
  tuples: readonly (readonly Value[])[],
): StepValues {
  const stored = tuples.map(tuple => fields.map((field, place) => storedValue(model, field, tuple[place] ?? null)))
  return { keys: fields.length === 1 ? stored.flat() : stored }
}

/** One key as the step values of a plan for one row. */
export function keyOf(model: ModelNode, key: readonly Value[]): Record<string, Value> {
  const values: Record<string, Value> = {}
  for (const [index, field] of model.key.entries())
    values[`key.${field}`] = storedValue(model, field, key[index] ?? null)
  return values
}

export function keyText(key: readonly Value[]): string {
  return JSON.stringify(key)
}

/** What the store keeps for a canonical value: the same, but for kinds with a codec. */
export function storedValue(model: ModelNode, field: string, value: Value): Value {
  const type = model.fields[field]?.type
  return type === undefined ? value : storedForm(value, type)
}
