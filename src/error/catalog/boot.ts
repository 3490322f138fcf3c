/** Errors of the declaration: what stops an application from starting. They never reach a client. */
import type { CatalogEntry } from '../catalog.ts'

export const boot = {
  'boot.schema-invalid': {
    status: 500,
    message: 'The schema has {count} mistakes:\n{mistakes}',
  },
  'boot.rule-symbol-unused': {
    status: 500,
    message: 'The {rule} rule of {model} reads {symbol} but does not use it in what it returns ({place}).',
    hint: 'Combine conditions with allOf(), anyOf() and not(); &&, ||, ?:, !, === and if do not see the value of a symbol.',
  },
} as const satisfies Record<string, CatalogEntry>
