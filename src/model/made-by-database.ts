/** Conditions on a new row are decided before the database makes what only it knows: they must not look at that. */
import type { Expression, Predicate } from './expression.ts'
import type { ModelNode } from './graph.ts'
import { mapPredicate } from './symbol/map-nodes.ts'

/** The fields of the row itself that a condition looks at and the database makes. */
export function madeByDatabase(model: ModelNode, predicate: Predicate): readonly string[] {
  const found = new Set<string>()
  mapPredicate<null>(predicate, null, {
    place: reference => reference,
    bind: () => null,
    made(node) {
      const part = node as Expression | Predicate
      if (part.kind !== 'field' || part.row !== 0 || part.path.length > 0) return
      if (model.fields[part.field]?.default?.from === 'database') found.add(part.field)
    },
  })
  return [...found]
}
