/** Conditions put together and simplified: constants disappear, groups flatten, double negation cancels. */
import { always, never, type Predicate } from '../model/index.ts'

function isConstant(predicate: Predicate, value: boolean): boolean {
  return predicate.kind === 'constant' && predicate.value === value
}

export function isAlways(predicate: Predicate): boolean {
  return isConstant(predicate, true)
}

export function isNever(predicate: Predicate): boolean {
  return isConstant(predicate, false)
}

function group(kind: 'and' | 'or', members: readonly Predicate[]): Predicate {
  const neutral = kind === 'and' ? always : never
  const absorbing = kind === 'and' ? never : always
  const kept: Predicate[] = []
  const seen = new Set<string>()
  for (const member of members.flatMap(each => (each.kind === kind ? each.of : [each]))) {
    if (isConstant(member, kind === 'and')) continue
    if (isConstant(member, kind !== 'and')) return absorbing
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
