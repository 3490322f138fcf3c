/** Checks, scopes and computed fields: what a schema declares with symbols. */
import { PlinthError } from '../../error/index.ts'
import { thrownAt } from '../../lib/index.ts'
import type { Predicate } from '../expression.ts'
import type { ModelGraph } from '../graph.ts'
import { Condition, describeGiven } from '../symbol/condition.ts'
import { finishPredicate, unusedReads } from '../symbol/finish.ts'
import { readsOfOneRun } from '../symbol/probe.ts'
import type { SymbolRead } from '../symbol/reads.ts'
import { rowSymbol } from '../symbol/row-symbol.ts'
import { modelIn, openSession, rootToken, type Session } from '../symbol/session.ts'
import { userSymbol } from '../symbol/user-symbol.ts'
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

export function openSymbols(
  graph: ModelGraph,
  model: string,
): { readonly session: Session; readonly symbols: Symbols } {
  const session = openSession(graph, 'schema')
  return {
    session,
    symbols: { row: rowSymbol(session, modelIn(graph, model), rootToken, 'row'), user: userSymbol(session) },
  }
}

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
    { rule: subject.rule, model: subject.model, message, place: thrownAt(error) },
    subject.place,
  )
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

/** A run of a function of the declaration, to be compared with its first one. */
export interface SecondRun {
  readonly session: Session
  readonly build: () => unknown
}

/**
 * Tells symbols that were read and are no part of the result: what JavaScript's own operators decide about is lost. First those that
 * the result is not made of, then those that a second run finds, in which those operators go the other way.
 */
export function addDropped(
  session: Session,
  used: ReadonlySet<SymbolRead>,
  again: SecondRun,
  subject: Subject,
  mistakes: Mistakes,
): void {
  const unused = unusedReads(session, used)
  const dropped = unused.length > 0 ? unused : readsOfOneRun(session, again.session, again.build).slice(0, 1)
  for (const { symbol, place } of dropped) {
    mistakes.add('boot.rule-symbol-unused', { rule: subject.rule, model: subject.model, symbol, place }, subject.place)
  }
}

/** The run of `build` with fresh symbols. */
export function secondRun(graph: ModelGraph, model: string, build: (symbols: Symbols) => unknown): SecondRun {
  const { session, symbols } = openSymbols(graph, model)
  return { session, build: () => build(symbols) }
}

/** One condition of its own session: a check or a scope. */
export function buildCondition(
  graph: ModelGraph,
  subject: Subject,
  build: (symbols: Symbols) => unknown,
  mistakes: Mistakes,
): Predicate | undefined {
  const { session, symbols } = openSymbols(graph, subject.model)
  const ran = runDeclared(() => build(symbols), subject, mistakes)
  if (ran === undefined) return undefined
  const used = new Set<SymbolRead>()
  const predicate = finishCondition(ran.result, subject, used, mistakes)
  if (predicate !== undefined) addDropped(session, used, secondRun(graph, subject.model, build), subject, mistakes)
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
  const { session, symbols } = openSymbols(graph, subject.model)
  const ran = runDeclared(() => build(symbols), subject, mistakes)
  if (ran === undefined) return
  const { result } = ran
  if (typeof result !== 'object' || result === null) {
    mistakes.add(
      'boot.rule-not-condition',
      { rule: subject.rule, model: subject.model, given: describeGiven(result) },
      subject.place,
    )
    return
  }
  const used = new Set<SymbolRead>()
  let complete = true
  for (const [name, given] of Object.entries(result)) complete = finish(name, given, used) && complete
  // Symbols of what could not be finished would be called unused too.
  if (complete) addDropped(session, used, secondRun(graph, subject.model, build), subject, mistakes)
}
