/** Errors of identity: who is calling cannot be told. */
import type { CatalogEntry } from '../catalog.ts'

export const identity = {
  'identity.token-invalid': {
    status: 401,
    message: 'The token is not valid.',
    hint: 'Sign in again.',
  },
  'identity.token-expired': {
    status: 401,
    message: 'The token has expired.',
    hint: 'Sign in again.',
  },
  'identity.caller-unknown': {
    status: 401,
    message: 'The token names somebody who does not exist.',
    hint: 'Sign in again.',
  },
  'identity.scheme-unknown': {
    status: 401,
    message: 'The Authorization header has to begin with "{scheme}".',
  },
} as const satisfies Record<string, CatalogEntry>
