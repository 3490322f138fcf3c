/** Checks of what is mounted beside the generated routes. */
import type { Check } from './check.ts'

/** A mounted handler answers by its own rules; without an `allow` nobody reaches it (semantics 1). */
export const handlersWithoutAllow: Check = {
  name: 'handlers.allow',
  tags: ['handlers', 'rules'],
  run: ({ handlers }) =>
    handlers
      .filter(handler => !handler.allowed)
      .map(({ path }) => ({
        level: 'warning',
        message: `The handler mounted at ${path} has no "allow", so it is closed to everyone.`,
        hint: 'Say who may reach it: allow: ({ user }) => user.isSignedIn, or allow: everyone.',
      })),
}
