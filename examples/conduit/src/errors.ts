/** How the specification words refusals: `{ "errors": { "title": ["can't be blank"] } }`. */
import type { PlinthError, PresentedError } from 'plinth'

const texts = { type: 'array', items: { type: 'string' } }

/** The same, for the reference. */
export const errorSchema = {
  type: 'object',
  properties: { errors: { type: 'object', additionalProperties: texts } },
  required: ['errors'],
}

const things: Readonly<Record<string, string>> = { User: 'profile', Article: 'article', Comment: 'comment' }
const blank = ['values.required', 'values.not-nullable', 'values.empty']

export function presentError(error: PlinthError): PresentedError {
  return { status: error.status === 400 ? 422 : error.status, body: { errors: messagesOf(error) } }
}

function messagesOf({
  code,
  status,
  message,
  parameters,
  pointer = '',
  errors,
}: PlinthError): Record<string, string[]> {
  const thing = things[String(parameters['model'])] ?? 'request'
  if (code === 'rules.sign-in-required') return { token: ['is missing'] }
  if (status === 401 && pointer === '') return { token: ['is invalid'] }
  if (code === 'request.not-found') return { [thing]: ['not found'] }
  if (code === 'rules.row-closed') return { [thing]: ['forbidden'] }
  if (code === 'writes.unique') return { [String(parameters['fields'])]: ['has already been taken'] }
  if (errors.length === 0) return { [lastName(pointer)]: [message] }
  return Object.fromEntries(
    errors.map(each => [lastName(each.pointer), [blank.includes(each.code) ? "can't be blank" : each.message]]),
  )
}

const lastName = (pointer: string): string => pointer.split(/[/?]/).at(-1) || 'request'
