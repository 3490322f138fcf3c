/** Checks, scopes and computed fields: what a schema declares with symbols. */
import { PlinthError } from '../../error/index.ts'
import { thrownAt } from '../../lib/index.ts'
import type { Predicate } from '../expression.ts'
import type { ModelGraph } from '../graph.ts'
import { Condition, describeGiven } from '../symbol/condition.ts'
import { finishPredicate } from '../symbol/finish.ts'
import type { SymbolRead } from '../symbol/reads.ts'
import { rowSymbol } from '../symbol/row-symbol.ts'
import { modelIn, openSession, rootToken, type Session } from '../symbol/session.ts'
import { userSymbol } from '../symbol/user-symbol.ts'
import { addDropped, type Run } from './dropped.ts'
import type { Mistakes } from './mistakes.ts'

/** What the functions of the declaration are given. */
export interface Symbols {
  readonly row: object
  readonly user: object
}

/** Who a mistake is about: `The read rule`, its model, and its place in the declaration. */
export interface Subject {
  readonly rule: string
  readonly model: string
  readonly place: readonly string[]
}

const symbolsOf = (session: Session, model: string): Symbols => ({
  row: rowSymbol(session, modelIn(session.graph, model), rootToken, 'row'),
  user: userSymbol(session),
})

/** Runs a function of the declaration; what it throws becomes a mistake. */
export function runDeclared(
  build: () => unknown,
  subject: Subject,
  mistakes: Mistakes,
): { readonly result: unknown } | undefined {
  try {
    return { result: build() }
  } catch (error) {
    addThrown(error, subject, mistakes)
    return undefined
  }
}

export function addThrown(error: unknown, subject: Subject, mistakes: Mistakes): void {
  if (error instanceof PlinthError) {
    mistakes.addError(error, `${subject.rule} of ${subject.model}`, subject.place)
    return
  }
  const message = error instanceof Error ? error.message : String(error)
  mistakes.add(
    'boot.function-threw',
    { rule: subject.rule, model: subject.model, message, place: thrownAt(error), advice: adviceFor(message) },
    subject.place,
  )
}

const combined =
  'Conditions are put together by allOf(…), anyOf(…) and not(…); everyone and user.isSignedIn are conditions as they are, without parentheses.'
const named = 'In rules it is called is and isNot, as in row.name.is(…).'
const several =
  'What leads to many rows has no fields of its own: row.comments.some(comment => comment.hidden.is(false)).'

/** Beginners write `row.name.eq('a')`, `row.a.is(1).or(row.b.is(2))`, `everyone()`, `user.isSignedIn()` and `row.comments.hidden.is(false)`. */
function adviceFor(message: string): string {
  if (/\.(?:eq|equals|ne) is not a function$/.test(message)) return named
  if (message.endsWith('is not a function')) return combined
  return message.startsWith('Cannot read properties of undefined') ? several : ''
}

/** The finished predicate of what a function gave, or a mistake. */
export function finishCondition(
  given: unknown,
  subject: Subject,
  used: Set<SymbolRead>,
  mistakes: Mistakes,
): Predicate | undefined {
  if (!(given instanceof Condition)) {
    mistakes.add(
      'boot.rule-not-condition',
      { rule: subject.rule, model: subject.model, given: describeGiven(given) },
      subject.place,
    )
    return undefined
  }
  try {
    return finishPredicate(given['~predicate'], used)
  } catch (error) {
    addThrown(error, subject, mistakes)
    return undefined
  }
}

/** A run of `build` with fresh symbols. */
export function freshRun(graph: ModelGraph, model: string, build: (symbols: Symbols) => unknown): Run {
  const session = openSession(graph, 'schema')
  return { session, build: () => build(symbolsOf(session, model)) }
}

/** One condition of its own session: a check or a scope. */
export function buildCondition(
  graph: ModelGraph,
  subject: Subject,
  build: (symbols: Symbols) => unknown,
  mistakes: Mistakes,
): Predicate | undefined {
  const again = (): Run => freshRun(graph, subject.model, build)
  const run = again()
  const ran = runDeclared(run.build, subject, mistakes)
  if (ran === undefined) return undefined
  const used = new Set<SymbolRead>()
  const predicate = finishCondition(ran.result, subject, used, mistakes)
  if (predicate !== undefined) addDropped({ ...run, ...ran }, used, again, subject, mistakes)
  return predicate
}

/** What a function gives that names several things at once: `finish` makes one of them. */
export function buildNamed(
  graph: ModelGraph,
  subject: Subject,
  build: (symbols: Symbols) => unknown,
  mistakes: Mistakes,
  finish: (name: string, given: unknown, used: Set<SymbolRead>) => boolean,
): void {
  const again = (): Run => freshRun(graph, subject.model, build)
  const run = again()
  const ran = runDeclared(run.build, subject, mistakes)
  if (ran === undefined) return
  const { result } = ran
  if (typeof result !== 'object' || result === null || result instanceof Promise) {
    mistakes.add(
      'boot.not-by-name',
      {
        rule: subject.rule,
        model: subject.model,
        given: describeGiven(result),
        example: '{ isCheap: row.price.lt(10) }',
      },
      subject.place,
    )
    return
  }
  const used = new Set<SymbolRead>()
  let complete = true
  for (const [name, given] of Object.entries(result)) complete = finish(name, given, used) && complete
  // Symbols of what could not be finished would be called unused too.
  if (complete) addDropped({ ...run, ...ran }, used, again, subject, mistakes)
}
