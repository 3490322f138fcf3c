/** Conditions put together and simplified: constants disappear, groups flatten, double negation cancels. */
import { always, isAlways, isNever, never, type Predicate } from '../model/index.ts'

function group(kind: 'and' | 'or', members: readonly Predicate[]): Predicate {
  const [neutral, absorbing] = kind === 'and' ? [always, never] : [never, always]
  const [isNeutral, isAbsorbing] = kind === 'and' ? [isAlways, isNever] : [isNever, isAlways]
  const kept: Predicate[] = []
  const seen = new Set<string>()
  for (const member of members.flatMap(each => (each.kind === kind ? each.of : [each]))) {
    if (isNeutral(member)) continue
    if (isAbsorbing(member)) return absorbing
    const text = JSON.stringify(member)
    if (seen.has(text)) continue
    seen.add(text)
    kept.push(member)
  }
  const [first] = kept
  if (first === undefined) return neutral
  return kept.length === 1 ? first : { kind, of: kept }
}

export function allOf(...members: readonly Predicate[]): Predicate {
  return group('and', members)
}

export function anyOf(...members: readonly Predicate[]): Predicate {
  return group('or', members)
}

export function not(predicate: Predicate): Predicate {
  if (predicate.kind === 'constant') return predicate.value ? never : always
  if (predicate.kind === 'not') return predicate.of
  return { kind: 'not', of: predicate }
}
