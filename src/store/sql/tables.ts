/** By which fields rows of a table are found, and in whose order an index has them. */
import { fieldsIndexedFolded, type ModelNode } from '../../model/index.ts'

/** The lists of fields by which rows can be found without looking at all of them: key, uniques, indexes, belongsTo. */
export function accessPaths(model: ModelNode): readonly (readonly string[])[] {
  return [
    model.key,
    ...model.uniques.map(({ fields }) => fields),
    ...model.indexes.map(({ fields }) => fields.map(({ field }) => field)),
    ...Object.values(model.relations)
      .filter(({ kind }) => kind === 'belongsTo')
      .map(({ on }) => on.map(({ local }) => local)),
  ]
}

/** Those in whose order an index has the rows: one that ignores case has them in another. */
export function orderedPaths(model: ModelNode): readonly (readonly string[])[] {
  const exact = ({ ignoreCase }: { readonly ignoreCase?: readonly string[] }): boolean => ignoreCase === undefined
  return accessPaths({ ...model, uniques: model.uniques.filter(exact), indexes: model.indexes.filter(exact) })
}

/** Whether an index has the field without its letter case, and whether none has it as it is. */
export function foldedIndex(model: ModelNode, field: string): { readonly alone: boolean } | null {
  if (model.view || !fieldsIndexedFolded(model).has(field)) return null
  const exact = [
    model.key[0],
    ...model.uniques.filter(({ ignoreCase }) => ignoreCase === undefined).map(({ fields }) => fields[0]),
    ...model.indexes.filter(({ ignoreCase }) => ignoreCase === undefined).map(({ fields }) => fields[0]?.field),
  ]
  return { alone: !exact.includes(field) }
}
