/** Errors of the server: HTTP itself, limits, and what nobody foresaw. */
import type { CatalogEntry } from '../catalog.ts'

export const server = {
  'server.unexpected': {
    status: 500,
    message: 'Something went wrong on the server.',
    hint: 'The log has the details under the same request id.',
  },
} as const satisfies Record<string, CatalogEntry>
