/** By which fields rows can be named: their key, or what is unique. */
import type { ModelNode } from './graph.ts'
import { isServerWritten } from './require-creatable.ts'

/** The key first. `outside`: for callers, who are not told of private fields. */
export function namingFields({ key, uniques, fields }: ModelNode, outside: boolean): readonly (readonly string[])[] {
  const groups = [key, ...uniques.map(unique => unique.fields)].filter(names => names.length > 0)
  return outside ? groups.filter(names => names.every(name => fields[name]?.private !== true)) : groups
}

/** Those that a new row brings along, so that it can be told from rows that are there: not a key that Plinth or the database makes. */
export function recognisingFields(model: ModelNode, outside: boolean): readonly (readonly string[])[] {
  const isGiven = (name: string): boolean => {
    const field = model.fields[name]
    if (field === undefined || (field.default?.from === 'database' && field.default.always)) return false
    return !outside || !isServerWritten(field)
  }
  return namingFields(model, outside).filter(names => names.every(isGiven))
}
