/** What people know a check by: the name that the declaration gives it, or else its field. */
import type { Expression, Predicate } from './expression.ts'
import type { CheckNode } from './graph.ts'
import { mapPredicate } from './symbol/map-nodes.ts'

export interface ToldCheck {
  readonly name: string
  /** The fields that it looks at. */
  readonly fields: readonly string[]
}

export function toldCheck({ field, word, predicate }: CheckNode): ToldCheck {
  const fields = new Set<string>()
  mapPredicate<null>(predicate, null, {
    place: reference => reference,
    bind: () => null,
    made(node) {
      const part = node as Expression | Predicate
      if (part.kind === 'field') fields.add(part.field)
    },
  })
  const parts = [field ?? '', word].filter(part => part !== '')
  return { name: parts.join('_'), fields: [...fields] }
}
