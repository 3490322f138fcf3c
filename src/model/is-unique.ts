/** Whether at most one row of a model has given values of these fields. */
import type { ModelNode } from './graph.ts'

/** Whether a unique is over this field alone. One over rows that are not soft-deleted counts, too. */
export const hasOwnUnique = ({ uniques }: Pick<ModelNode, 'uniques'>, name: string): boolean =>
  uniques.some(({ fields }) => fields.length === 1 && fields[0] === name)

export function isUnique(model: ModelNode, fields: readonly string[]): boolean {
  const covers = (unique: readonly string[]): boolean =>
    unique.length > 0 && unique.every(field => fields.includes(field))
  return covers(model.key) || model.uniques.some(unique => !unique.liveOnly && covers(unique.fields))
}
