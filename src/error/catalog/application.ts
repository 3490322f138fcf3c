/** Errors that an application's own code gives its callers; see `fail`. The message is the application's. */
import type { CatalogEntry } from './catalog-entry.ts'

export const application = {
  'application.unauthenticated': { status: 401, message: '{message}' },
  'application.forbidden': { status: 403, message: '{message}' },
  'application.not-found': { status: 404, message: '{message}' },
  'application.conflict': { status: 409, message: '{message}' },
  'application.invalid': { status: 422, message: '{message}' },
  'application.too-many-requests': { status: 429, message: '{message}' },
  'application.unavailable': { status: 503, message: '{message}' },
} as const satisfies Record<string, CatalogEntry>
