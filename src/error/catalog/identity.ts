/** Errors of identity: who is calling cannot be told. */
import type { CatalogEntry } from './catalog-entry.ts'

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
  'identity.busy': {
    status: 503,
    message: 'Too many people are signing in at once.',
    hint: 'Try again after a moment.',
  },
  'identity.password-too-long': {
    status: 422,
    message: 'The password is longer than {limit} bytes.',
  },
  'identity.password-hash-unreadable': {
    status: 500,
    message: 'A stored password is not an Argon2id hash.',
    hint: 'Store what hashPassword() returns; hashes of other systems have to be replaced at the next sign-in.',
  },
} as const satisfies Record<string, CatalogEntry>
