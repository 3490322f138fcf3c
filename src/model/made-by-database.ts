/** Conditions on a new row are decided before the database makes what only it knows: they must not look at that. */
import type { Predicate } from './expression.ts'
import type { ModelNode } from './graph.ts'
import { partsOfCondition } from './symbol/parts-of.ts'

/** The fields of the row itself that a condition looks at and the database makes. */
export function madeByDatabase({ fields }: ModelNode, predicate: Predicate): readonly string[] {
  const looked = partsOfCondition(predicate).flatMap(part =>
    part.kind === 'field' && part.row === 0 && part.path.length === 0 ? [part.field] : [],
  )
  return [...new Set(looked)].filter(name => fields[name]?.default?.from === 'database')
}
