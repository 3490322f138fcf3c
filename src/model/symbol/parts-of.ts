/** What a condition or value is made of: each node in it, those inside before those around. */
import type { Expression, Predicate } from '../expression.ts'
import { mapExpression, mapPredicate, type RowMapping } from './map-nodes.ts'

type Node = Expression | Predicate

function collected(visit: (mapping: RowMapping<null>) => unknown): readonly Node[] {
  const parts: Node[] = []
  visit({ place: reference => reference, bind: () => null, made: node => void parts.push(node) })
  return parts
}

export const partsOfCondition = (condition: Predicate): readonly Node[] =>
  collected(mapping => mapPredicate(condition, null, mapping))

export const partsOfValue = (value: Expression): readonly Node[] =>
  collected(mapping => mapExpression(value, null, mapping))
