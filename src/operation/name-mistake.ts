/** What is wrong with a name in a body that is no field to be written: nobody has it, or it is something else. */
import { detail, type ErrorDetail } from '../error/index.ts'
import { nearest } from '../lib/index.ts'
import type { ModelNode } from '../model/index.ts'

/** `words`: what could be written in its place. */
export function nameMistake(model: ModelNode, name: string, words: readonly string[], pointer: string): ErrorDetail {
  if (Object.hasOwn(model.relations, name)) return detail('values.relation-not-here', { name }, pointer)
  if (Object.hasOwn(model.computed, name)) return detail('values.computed', { name }, pointer)
  return detail('values.unknown-field', { model: model.name, name, nearest: nearest(name, words) }, pointer)
}

/** A word inside of a relation that is none of those it can be written with. */
export const unknownWord = (
  relation: string,
  word: string,
  allowed: readonly string[],
  pointer: string,
  hinted: boolean,
): ErrorDetail => {
  const parameters = { name: relation, word, nearest: hinted ? nearest(word, allowed) : '', words: allowed.join(', ') }
  return detail('values.unknown-word', parameters, pointer)
}
