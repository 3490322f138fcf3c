/** What people know a check by: the name that the declaration gives it, or else its field. */
import type { CheckNode } from './graph.ts'
import { partsOfCondition } from './symbol/parts-of.ts'

export interface ToldCheck {
  readonly name: string
  /** The fields that it looks at. */
  readonly fields: readonly string[]
}

/** Whether it asks what a list holds. */
export const asksLists = ({ predicate }: CheckNode): boolean =>
  partsOfCondition(predicate).some(part => part.kind === 'array')

export function toldCheck({ field, word, predicate }: CheckNode): ToldCheck {
  const fields = partsOfCondition(predicate).flatMap(part => (part.kind === 'field' ? [part.field] : []))
  const parts = [field ?? '', word].filter(part => part !== '')
  return { name: parts.join('_'), fields: [...new Set(fields)] }
}
