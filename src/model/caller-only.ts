/** Tells conditions that the caller alone decides from those that look at the row. */
import type { Expression, Predicate } from './expression.ts'

/** The caller attributes that a condition reads, if it reads nothing but the caller and constants; otherwise null. */
export function callerOnlyAttributes(predicate: Predicate): readonly string[] | null {
  const attributes = new Set<string>()
  return readsOnlyCaller(predicate, attributes) ? [...attributes] : null
}

function readsOnlyCaller(predicate: Predicate, attributes: Set<string>): boolean {
  switch (predicate.kind) {
    case 'constant':
    case 'signedIn':
      return true
    case 'and':
    case 'or':
      return predicate.of.every(member => readsOnlyCaller(member, attributes))
    case 'not':
      return readsOnlyCaller(predicate.of, attributes)
    case 'compare':
    case 'text':
    case 'array':
      return isCallerOrLiteral(predicate.left, attributes) && isCallerOrLiteral(predicate.right, attributes)
    case 'in':
      return isCallerOrLiteral(predicate.left, attributes) && isCallerOrLiteral(predicate.list, attributes)
    case 'isNull':
      return isCallerOrLiteral(predicate.of, attributes)
    default:
      return false
  }
}

function isCallerOrLiteral(expression: Expression, attributes: Set<string>): boolean {
  if (expression.kind === 'caller') attributes.add(expression.attribute)
  return expression.kind === 'caller' || expression.kind === 'literal'
}
