/** Errors of the request: what was asked cannot be understood. */
import type { CatalogEntry } from './catalog-entry.ts'

export const request = {
  'request.unknown-field': {
    status: 400,
    message: '{model} has no field "{name}".',
    hint: 'Did you mean "{nearest}"?',
  },
  'request.unknown-relation': {
    status: 400,
    message: '{model} has no relation "{name}".',
    hint: 'Did you mean "{nearest}"?',
  },
  'request.unknown-operator': {
    status: 400,
    message: 'The field "{name}" cannot be compared with "{operator}".',
    hint: 'Did you mean "{nearest}"? It has: {operators}.',
  },
  'request.unknown-parameter': {
    status: 400,
    message: 'There is no parameter "{name}" here.',
    hint: 'Did you mean "{nearest}"?',
  },
  'request.repeated-parameter': {
    status: 400,
    message: 'The parameter "{name}" stands here more than once.',
    hint: 'Give it once. Several values are written as "{nearest}".',
  },
  'request.malformed-parameter': {
    status: 400,
    message: 'The parameter "{name}" cannot be read: {reason}.',
  },
  'request.not-sortable': {
    status: 400,
    message: '"{name}" cannot be sorted by: {reason}.',
    hint: 'Sort by a field of the model or of a to-one relation, or by a computed field, whose values have an order.',
  },
  'request.not-groupable': {
    status: 400,
    message: '"{name}" cannot be grouped by: {reason}.',
    hint: 'Group by a field of the model or of a to-one relation, or by a computed field, whose values have an order.',
  },
  'request.include-too-deep': {
    status: 400,
    message: 'Relations nest {depth} levels deep here; the limit is {limit}.',
  },
  'request.filter-too-deep': {
    status: 400,
    message: 'Filters nest {depth} levels deep here; the limit is {limit}.',
  },
  'request.too-many-conditions': {
    status: 400,
    message: 'There are {count} conditions; the limit is {limit}.',
  },
  'request.list-too-long': {
    status: 400,
    message: 'The list for "{name}" has {count} entries; the limit is {limit}.',
  },
  'request.limit-out-of-range': {
    status: 400,
    message: 'The limit has to be a whole number from 1 to {limit}, and is "{value}".',
  },
  'request.page-too-large': {
    status: 400,
    message: 'The limits of this request multiply to {rows} rows; at most {limit} may be asked for at once.',
    hint: 'Ask for fewer rows, or for fewer nested rows per row.',
  },
  'request.cursor-invalid': {
    status: 400,
    message: 'The page cursor does not belong to this request.',
    hint: 'Use a cursor exactly as an earlier answer gave it, with the same sort and filters.',
  },
  'request.no-key': {
    status: 400,
    message: '{model} has no key, so {what} is not possible.',
  },
  'request.filter-required': {
    status: 400,
    message: 'A bulk {operation} needs a filter.',
  },
  'request.unknown-aggregate': {
    status: 400,
    message: '"{name}" is not an aggregate of {model}: {reason}.',
  },
  'request.parameter-needs': {
    status: 400,
    message: 'The parameter "{name}" has a meaning only together with "{other}".',
  },
  'request.parameter-conflict': {
    status: 400,
    message: '"{name}" and "{other}" cannot stand together.',
  },
  'request.repeated-output': {
    status: 400,
    message: '"{name}" is selected twice in different ways.',
    hint: 'Give one of them another name, as in "latest:comments(id)".',
  },
  'request.body-missing': {
    status: 400,
    message: 'The request needs a body.',
  },
  'request.body-unexpected': {
    status: 400,
    message: 'The request may not have a body.',
  },
  'request.body-incomplete': {
    status: 400,
    message: 'The body has {received} bytes; {announced} were announced.',
  },
  'request.body-not-utf8': {
    status: 400,
    message: 'The body is not valid UTF-8.',
  },
  'request.body-malformed': {
    status: 400,
    message: 'The body is not JSON: {reason} at character {position}.',
  },
  'request.body-too-deep': {
    status: 400,
    message: 'The body nests deeper than {limit} levels.',
  },
  'request.repeated-key': {
    status: 400,
    message: 'The key "{name}" stands twice in one object.',
  },
  'request.forbidden-key': {
    status: 400,
    message: 'The key "{name}" is not possible in a body.',
  },
  'request.number-not-exact': {
    status: 400,
    message: 'The number {number} cannot be held exactly.',
    hint: 'Send 64-bit integers and decimals as strings.',
  },
  'request.body-wrong-shape': {
    status: 400,
    message: 'The body has to be {expected}.',
  },
  'request.malformed-header': {
    status: 400,
    message: 'The header "{name}" cannot be read: {reason}.',
  },
  'request.precondition-failed': {
    status: 412,
    message: 'What is there is not what If-Match names.',
  },
  'request.unsupported-header': {
    status: 400,
    message: 'The header "{name}" cannot be honoured here: {reason}.',
  },
  'request.not-restorable': {
    status: 400,
    message: '{model} does not delete softly, so nothing can be restored.',
    hint: 'Declare the model with "softDelete: true".',
  },
  'request.not-unique': {
    status: 400,
    message: 'No {model} can be found by "{name}": it is neither the key nor unique.',
    hint: 'Did you mean "{nearest}"?',
  },
  'request.idempotency-anonymous': {
    status: 400,
    message: 'An Idempotency-Key needs a caller who is signed in.',
  },
  'request.idempotency-reused': {
    status: 422,
    message: 'This Idempotency-Key was used for another request.',
    hint: 'Use a new key for each new request, and the same key only to repeat one.',
  },
  'request.idempotency-running': {
    status: 409,
    message: 'A request with this Idempotency-Key is still running.',
    hint: 'Try again after a moment.',
  },
  'request.not-found': {
    status: 404,
    message: 'There is no such {model}.',
  },
} as const satisfies Record<string, CatalogEntry>
