/**
 * Writes that look first and lose what they have found to somebody else before they write: a slug that was free, a row that was not there. Nobody
 * has sent what is refused then, so they start again, where no code of the application has run (semantics 32).
 */
import { PlinthError } from '../error/index.ts'
import type { Engine, TransactionChoice } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode } from '../model/index.ts'
import type { ExecutionContext } from '../query/index.ts'
import { slugRaces } from './slugs.ts'

/** How often a write is tried that has ended with such a refusal. */
const attemptsOf = new WeakMap<PlinthError, number>()

/** Those who write the same row all the time win three times in a row now and then. */
const mostRaces = 5

/** The values of `fields` were free when the write looked: if they are what it is refused for, it may be tried so often. */
export function noteLostRace(error: unknown, model: ModelNode, fields: readonly string[], attempts = mostRaces): void {
  if (!(error instanceof PlinthError) || error.code !== 'writes.unique') return
  if (error.parameters['model'] !== model.name) return
  const named = String(error.parameters['fields']).split(', ')
  if (named.length === fields.length && named.every(name => fields.includes(name))) attemptsOf.set(error, attempts)
}

/** What it says was not so a moment ago, and may not be so any more: the write may be tried so often. */
export function lostRace(error: PlinthError): PlinthError {
  attemptsOf.set(error, mostRaces)
  return error
}

/** Another error in the place of one that may be such a refusal. */
export function keepingRace(from: PlinthError, to: PlinthError): PlinthError {
  const attempts = attemptsOf.get(from)
  if (attempts !== undefined) attemptsOf.set(to, attempts)
  return to
}

/** Whether what was refused at this attempt, the first being 1, may be tried again. */
export const mayRaceAgain = (error: unknown, attempt: number): boolean =>
  error instanceof PlinthError && attempt < (attemptsOf.get(error) ?? 1)

/** Runs a write in a transaction, again when it has lost a race. */
export async function raced<T>(
  engine: Engine,
  context: ExecutionContext,
  choice: TransactionChoice,
  body: (inside: ExecutionContext) => Steps<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      // What a statement has held for itself is held until it is known why it was refused.
      const own = attempt === 1 ? choice : { ...choice, single: false }
      return await engine.transactions.run(context, own, body)
    } catch (error) {
      if (!choice.together || !mayRaceAgain(error, attempt)) throw error
    }
  }
}

/** A write of rows with slugs that were free: whether it starts again when they are not any more. */
export function* withSlugs<T>(model: ModelNode, slugs: readonly string[], write: Steps<T>): Steps<T> {
  try {
    return yield* write
  } catch (error) {
    for (const slug of slugs) noteLostRace(error, model, [slug], slugRaces)
    throw error
  }
}
