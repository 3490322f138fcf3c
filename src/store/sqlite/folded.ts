/** Letter case left out, in the words by which SQLite finds the index of it again: they have to be the same to the letter. */
import type { FieldNode } from '../../model/index.ts'
import { identifier } from '../sql/index.ts'
import { nativeForm } from './native-form.ts'

/** Every connection of Plinth registers it; to other programs it is unknown. */
export const foldFunction = 'plinth_fold'

export const foldedText = (text: string): string => `${foldFunction}(${text})`

export function foldedColumn(field: FieldNode, prefix: string): string {
  const column = `${prefix}${identifier(field.column)}`
  return foldedText(nativeForm(field)?.read(column) ?? column)
}
