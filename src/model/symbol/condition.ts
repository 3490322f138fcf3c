/** Conditions: what comparisons of symbols give, and how they combine. */
import { refusal } from '../../error/index.ts'
import { callSite } from '../../lib/index.ts'
import { always, never, type Predicate } from '../expression.ts'
import { given, hand, isTrying } from './trial.ts'

/**
 * What `row.state.is('draft')` gives. Conditions combine with `allOf`, `anyOf` and `not`; JavaScript's own operators do not see
 * what is in them, and a rule that uses those is refused when the application starts.
 */
export class Condition<out Asks extends 'row' | 'caller' = 'row' | 'caller'> {
  /** What it looks at: `caller` when it asks about the caller alone. */
  declare readonly '~asks': Asks
  readonly '~predicate': Predicate

  constructor(predicate: Predicate) {
    this['~predicate'] = predicate
  }

  [Symbol.toPrimitive](): never {
    throw refusal('boot.symbol-misused', {
      symbol: 'A condition',
      reason: 'it has no value of its own; combine conditions with allOf(), anyOf() and not()',
      place: placeOf(Condition.prototype[Symbol.toPrimitive]),
    })
  }
}

export const condition = <Asks extends 'row' | 'caller'>(predicate: Predicate): Condition<Asks> =>
  hand(new Condition<Asks>(predicate), 'condition')

/** Where the user's code called `below`. Finding it costs a stack trace, which no trial needs. */
export const placeOf = (below: (...parameters: never[]) => unknown): string => (isTrying() ? '' : callSite(below))

/** What somebody wrote where a condition belongs, in words. */
export function describeGiven(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'function') return 'a function'
  if (value instanceof Promise) return 'a promise, which an async function gives'
  if (value instanceof Condition) return 'a condition'
  if (typeof value === 'object' && value !== null)
    return '~expression' in value ? 'a symbol that was not compared with anything' : 'an object'
  return JSON.stringify(value) ?? typeof value
}

function predicatesOf(
  conditions: readonly unknown[],
  name: string,
  below: (...parameters: never[]) => unknown,
): Predicate[] {
  return conditions.map(argument => {
    const symbol = given(argument)
    if (symbol instanceof Condition) return symbol['~predicate']
    throw refusal('boot.symbol-misused', {
      symbol: `${name}()`,
      reason: `one of its arguments is ${describeGiven(symbol)}, not a condition`,
      place: placeOf(below),
    })
  })
}

/**
 * True when at least one of the conditions is.
 *
 * @example
 * read: anyOf(row.state.is('published'), row.author.is(user.id))
 */
export function anyOf<Asks extends 'row' | 'caller'>(...conditions: readonly Condition<Asks>[]): Condition<Asks> {
  return condition({ kind: 'or', of: predicatesOf(conditions, 'anyOf', anyOf) })
}

/**
 * True when all of the conditions are.
 *
 * @example
 * update: allOf(row.author.is(user.id), row.state.is('draft'))
 */
export function allOf<Asks extends 'row' | 'caller'>(...conditions: readonly Condition<Asks>[]): Condition<Asks> {
  return condition({ kind: 'and', of: predicatesOf(conditions, 'allOf', allOf) })
}

/**
 * True exactly when the condition is false. A comparison with null is false, so its `not` is true.
 *
 * @example
 * read: not(row.hidden.is(true))
 */
export function not<Asks extends 'row' | 'caller'>(of: Condition<Asks>): Condition<Asks> {
  const [inner] = predicatesOf([of], 'not', not)
  return condition({ kind: 'not', of: inner ?? never })
}

/** Always true: open to every caller, signed in or not. */
export const everyone: Condition<'caller'> = new Condition(always)

/** Never true: closed to every caller. The same as leaving the rule out. */
export const nobody: Condition<'caller'> = new Condition(never)
