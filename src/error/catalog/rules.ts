/** Errors of the rules: the caller may not do this. */
import type { CatalogEntry } from './catalog-entry.ts'

export const rules = {
  'rules.sign-in-required': {
    status: 401,
    message: 'To {operation} {model} you have to be signed in.',
  },
  'rules.operation-closed': {
    status: 403,
    message: 'You may not {operation} {model}.',
  },
  'rules.field-closed': {
    status: 403,
    message: 'You may not {operation} the field "{name}" of {model}.',
  },
  'rules.row-out-of-scope': {
    status: 403,
    message: 'This {model} would be outside of the scopes of its model, where nobody finds it.',
  },
  'rules.row-closed': {
    status: 403,
    message: 'You may not {operation} this {model}.',
  },
} as const satisfies Record<string, CatalogEntry>
