/** A key as code has it: its one value, or an object of its parts. */
import { type ModelNode, nativeValue, type Value } from '../model/index.ts'

export function nativeKey(model: ModelNode, key: readonly Value[]): unknown {
  const parts = model.key.map((name, index): [string, unknown] => {
    const type = model.fields[name]?.type
    const value = key[index] ?? null
    return [name, type === undefined ? value : nativeValue(value, type)]
  })
  return parts.length === 1 ? parts[0]?.[1] : Object.fromEntries(parts)
}
