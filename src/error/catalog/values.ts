/** Errors of values: what was sent does not fit its field. */
import type { CatalogEntry } from './catalog-entry.ts'

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
  'values.computed': { status: 422, message: '"{name}" is computed and cannot be written.' },
  'values.relation-not-here': {
    status: 422,
    message: '"{name}" is a relation, and relations cannot be written here.',
    hint: 'Nested writes go one level deep, and not with changes of many rows at once.',
  },
  'values.unknown-word': {
    status: 422,
    message: 'The relation "{name}" cannot be written with "{word}".',
    hint: 'Did you mean "{nearest}"? It can with: {words}.',
  },
  'values.given-twice': {
    status: 422,
    message: '"{name}" is given here, and "{relation}" gives it, too.',
    hint: 'Give one of them.',
  },
  'values.contradicted': {
    status: 422,
    message: '"{name}" is given, and a relation that is written along holds another value there.',
    hint: 'Leave it out, or connect a row that fits.',
  },
  'values.reference-incomplete': {
    status: 422,
    message: '"{name}" is missing: "{relation}" refers to a row only with all of {fields}.',
    hint: 'Give all of them, or none.',
  },
  'values.not-addressable': {
    status: 422,
    message: '"{name}" is the key, and no path can name the row "{value}".',
    hint: 'A key cannot be empty, "." or "..".',
  },
  'values.unique-in-bulk': {
    status: 422,
    message: '"{name}" is unique and cannot be given to several rows at once.',
    hint: 'Update the rows one by one.',
  },
  'values.unknown-field': { status: 422, message: '{model} has no field "{name}".', hint: 'Did you mean "{nearest}"?' },
} as const satisfies Record<string, CatalogEntry>
