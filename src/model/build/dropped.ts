/** Finds what JavaScript's own operators have taken out of a rule or value: semantics 7. */
import type { Expression, Predicate } from '../expression.ts'
import { Condition } from '../symbol/condition.ts'
import { unusedReads } from '../symbol/finish.ts'
import { isExpressionSymbol } from '../symbol/literal.ts'
import { partsOfCondition, partsOfValue } from '../symbol/parts-of.ts'
import { readsOf, type SymbolRead } from '../symbol/reads.ts'
import type { Session } from '../symbol/session.ts'
import { type Course, courseOf, decidesBy, given } from '../symbol/trial.ts'
import type { Subject } from './conditions.ts'
import type { Mistakes } from './mistakes.ts'

/** One run of a function of the declaration with symbols of its own. */
export interface Run {
  readonly session: Session
  readonly build: () => unknown
}

/**
 * Adds a mistake for what is lost between a function and what it gave: symbols that were read and are no part of it, else a symbol that the
 * function decides by. `again` makes further runs, which are compared with each other.
 *
 * Not seen: constants of ours as truth values (`nobody && condition`), a symbol that is compared with a constant by `===` and used rightly
 * as well (it does not compile), and a choice by three or more symbols whose ways are one whenever half of them are false. A function that
 * gives something else each time it runs cannot be judged and is held to its symbols alone.
 */
export function addDropped(
  first: Run & { readonly result: unknown },
  used: ReadonlySet<SymbolRead>,
  again: () => Run,
  subject: Subject,
  mistakes: Mistakes,
): void {
  const about = { rule: subject.rule, model: subject.model }
  const unused = unusedReads(first.session, used)
  for (const { symbol, place } of unused) {
    const known = place === '' ? placeNear(first.session) : place
    mistakes.add('boot.rule-symbol-unused', { ...about, symbol, place: known }, subject.place)
  }
  if (unused.length > 0) return
  // Constants that change from run to run, such as the moment of the start, are left out of the comparison.
  for (const print of [printed, printedWithoutConstants]) {
    const run = again()
    const course = courseOf(run.build, print)
    if (course.result === null || course.result !== print(first.result)) continue
    const build = (): unknown => again().build()
    const index = decidesBy(course, build, print)
    if (index === null) return
    if (courseOf(build, print).result !== course.result) continue
    const { symbol, place } = readOf(course, index, run.session, first.session)
    mistakes.add('boot.rule-symbol-tested', { ...about, symbol, place }, subject.place)
    return
  }
}

/** How messages call a symbol of the course, and where it was read: the first run knows places, in the same order. */
function readOf(course: Course, index: number, { reads }: Session, known: Session): SymbolRead {
  const read = (at: number): SymbolRead | undefined => {
    const handed = course.handed[at]
    if (handed === undefined) return undefined
    const own = readsIn(handed.symbol).at(-1)
    return known.reads[own === undefined ? reads.findIndex(({ symbol }) => symbol === handed.name) : reads.indexOf(own)]
  }
  const own = read(index)
  if (own !== undefined && own.place !== '') return own
  return { symbol: course.handed[index]?.name ?? 'a symbol', place: placeNear(known) }
}

/** For what is given and not read, such as `user` itself: anything that the same function reads is near. */
const placeNear = ({ reads }: Session): string => reads.find(({ place }) => place !== '')?.place ?? 'an unknown place'

/** The reads that a condition or value is made of. */
function readsIn(symbol: object): readonly SymbolRead[] {
  if (symbol instanceof Condition) return partsOfCondition(symbol['~predicate']).flatMap(readsOf)
  return isExpressionSymbol(symbol) ? partsOfValue(symbol['~expression']).flatMap(readsOf) : []
}

/** What a function gave, as text: conditions and values by what they are made of. */
const printed = (result: unknown): string => JSON.stringify(plain(result))

const printedWithoutConstants = (result: unknown): string =>
  JSON.stringify(plain(result), (_key, node: unknown) => (isLiteral(node) ? 'literal' : node))

const isLiteral = (node: unknown): boolean =>
  typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'literal'

function plain(result: unknown): unknown {
  const value = given(result)
  if (value instanceof Condition) return { condition: value['~predicate'] satisfies Predicate }
  if (isExpressionSymbol(value)) return { value: value['~expression'] satisfies Expression }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]))
  }
  return typeof value === 'bigint' || typeof value === 'function' || value === undefined ? String(value) : value
}
