/** Whether at most one row of a model has given values of these fields. */
import type { ModelNode } from './graph.ts'

export function isUnique(model: ModelNode, fields: readonly string[]): boolean {
  const covers = (unique: readonly string[]): boolean =>
    unique.length > 0 && unique.every(field => fields.includes(field))
  return covers(model.key) || model.uniques.some(unique => !unique.liveOnly && covers(unique.fields))
}
