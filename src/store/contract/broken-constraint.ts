/** What a broken constraint is to whoever wrote, in the words of the model: the same for every store. */
import { type ErrorOptions, type PlinthError, refusal } from '../../error/index.ts'
import type { ModelNode, ToldCheck } from '../../model/index.ts'

/** Of an index that the models have no word for its name stands in the place of fields, and is the place of nothing. */
export function brokenUnique(
  { name, fields: own }: Pick<ModelNode, 'name' | 'fields'>,
  fields: readonly string[],
  cause?: unknown,
): PlinthError {
  const place = fields.every(field => Object.hasOwn(own, field)) ? fields : []
  return refusal('writes.unique', { model: name, fields: fields.join(', ') }, at(place, cause))
}

export const brokenCheck = (model: string, { name, fields }: ToldCheck, cause?: unknown): PlinthError =>
  refusal('writes.check', { model, check: name }, at(fields, cause))

export const refusedNull = (field: string, cause?: unknown): PlinthError =>
  refusal('values.not-nullable', { name: field }, at([field], cause))

/** A reference, as refusals name it: by its field, where that is one. */
export interface ToldReference {
  readonly relation: string
  readonly locals: readonly string[]
  /** The model that it refers to. */
  readonly target: string
}

/** It was set to something that is not there. */
export function missingReference({ relation, locals, target }: ToldReference, cause?: unknown): PlinthError {
  const [only = relation] = locals
  const name = locals.length === 1 ? only : relation
  return refusal('writes.reference-missing', { name, model: target }, at([name], cause))
}

/** Rows of `other` refer to what was to go. */
export const referenceInUse = (model: string, other: string, cause?: unknown): PlinthError =>
  refusal('writes.reference-in-use', { model, other }, at([], cause))

/** Several fields are no one place. */
const at = (fields: readonly string[], cause: unknown): ErrorOptions => ({
  ...(fields.length === 1 ? { pointer: `/${fields[0]}` } : {}),
  ...(cause === undefined ? {} : { cause }),
})
