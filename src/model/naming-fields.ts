/** By which fields rows can be named: their key, or what is unique. */
import type { ModelNode } from './graph.ts'

/** The key first. `outside`: for callers, who are not told of private fields. */
export function namingFields({ key, uniques, fields }: ModelNode, outside: boolean): readonly (readonly string[])[] {
  const groups = [key, ...uniques.map(unique => unique.fields)].filter(names => names.length > 0)
  return outside ? groups.filter(names => names.every(name => fields[name]?.private !== true)) : groups
}
