/** Constraints that a table has to have, for servers that print a check in words of their own: what one is has to be told from its name. */
import { enumValues, type FieldNode, type ModelNode } from '../../model/index.ts'
import type { ConstraintShape } from './schema-dialect.ts'
import type { ReferenceShape } from './shape.ts'
import { columnCheckName } from './table-words.ts'

const named = (own: Pick<ConstraintShape, 'name' | 'kind' | 'text' | 'columns'>): ConstraintShape => ({
  ...own,
  comesWithColumn: false,
  compare: () => 'same',
  isServedBy: () => false,
})

export const checkShape = (name: string): ConstraintShape => named({ name, kind: 'check', text: 'check', columns: [] })

/** `isServedBy`: whether a reference of another name, as the catalogue is read, is the same one. */
export const referenceShape = (
  { name, columns }: ReferenceShape,
  { text, isServedBy }: Pick<ConstraintShape, 'text' | 'isServedBy'>,
): ConstraintShape => ({ ...named({ name, kind: 'reference', text, columns }), isServedBy })

/**
 * The check of one column. More words of an enum can be allowed, fewer only when nobody uses the rest. `wordsIn`: those that a check allows, as the
 * server prints it; null where it is not kept to.
 */
export function formShape(
  model: ModelNode,
  field: FieldNode,
  { check, wordsIn }: { readonly check: string; wordsIn(found: string): readonly string[] | null },
): ConstraintShape {
  const wanted = field.type.kind === 'enum' ? enumValues(field.type) : []
  const name = columnCheckName(model, field.column)
  return {
    ...named({ name, kind: 'form', text: `check (${check})`, columns: [field] }),
    comesWithColumn: true,
    compare(found) {
      const words = wordsIn(found)
      if (words === null || !words.every(word => wanted.includes(word))) return 'different'
      return words.length === wanted.length ? 'same' : 'narrower'
    },
  }
}
