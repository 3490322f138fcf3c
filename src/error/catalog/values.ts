/** Errors of values: what was sent does not fit its field. */
import type { CatalogEntry } from '../catalog.ts'

export const values = {
  'values.invalid': {
    status: 422,
    message: 'The {model} that was sent is not valid.',
    hint: 'Each entry of "errors" names the place and the mistake.',
  },
  'values.wrong-type': { status: 422, message: 'This has to be {expected}.' },
  'values.required': { status: 422, message: '"{name}" is missing.' },
  'values.not-nullable': { status: 422, message: '"{name}" cannot be null.' },
  'values.empty': { status: 422, message: 'This cannot be empty.' },
  'values.too-short': { status: 422, message: 'This has to have at least {limit} {unit}.' },
  'values.too-long': { status: 422, message: 'This may have at most {limit} {unit}.' },
  'values.too-small': { status: 422, message: 'This has to be at least {limit}.' },
  'values.too-large': { status: 422, message: 'This may be at most {limit}.' },
  'values.pattern': { status: 422, message: 'This does not have the form {expected}.' },
  'values.not-in-list': {
    status: 422,
    message: '"{value}" is not one of: {options}.',
    hint: 'Did you mean "{nearest}"?',
  },
  'values.null-character': { status: 422, message: 'Text cannot contain the character U+0000.' },
  'values.lone-surrogate': {
    status: 422,
    message: 'Text has to be well-formed Unicode; it contains half of a surrogate pair.',
  },
  'values.too-deep': { status: 422, message: 'This nests more than {limit} levels deep.' },
  'values.schema': { status: 422, message: 'This does not fit its schema: {reason}.' },
  'values.read-only': { status: 422, message: '"{name}" is set by the server and cannot be written.' },
  'values.immutable': { status: 422, message: '"{name}" cannot be changed after the row was created.' },
  'values.unique-in-bulk': {
    status: 422,
    message: '"{name}" is unique and cannot be given to several rows at once.',
    hint: 'Update the rows one by one.',
  },
  'values.unknown-field': { status: 422, message: '{model} has no field "{name}".', hint: 'Did you mean "{nearest}"?' },
} as const satisfies Record<string, CatalogEntry>
