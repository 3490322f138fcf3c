// A server for tests by name: whether it can be had here, and the one that all tests of a run share.
import type { TestContext } from 'vitest'
import { ask, keeperVariable } from './ask.ts'
import { entryOf, serverNames, whyNoOwn, whyUnavailable, type Family, type ServerName } from './catalog.ts'
import type { ServerFacts } from './requests.ts'

/** How a test wants a server: shared with all tests, or one of its own (`ownServer`). */
export type Use = 'shared' | 'own'

/** Why `name` cannot be had on this machine, as a sentence; null when it can. The run's end tells it. */
export function unavailable(name: ServerName, use: Use = 'shared'): string | null {
  const reason = use === 'own' ? whyNoOwn(name) : whyUnavailable(name)
  if (reason !== null && process.env[keeperVariable] !== undefined) void ask('missed', { name, reason }).catch(() => {})
  return reason
}

/** Skips the test when `name` cannot be had here, with the reason. */
export function needs(context: TestContext, name: ServerName, use: Use = 'shared'): void {
  const reason = unavailable(name, use)
  if (reason !== null) context.skip(reason)
}

/**
 * The servers of a family that tests are declared for: all that a prepared machine runs, whether they are here or not, and those that can only
 * be given by a URL when they are.
 */
export function serversOf(family: Family): ServerName[] {
  const all = serverNames.filter(name => entryOf(name).family === family && name !== 'pgbouncer')
  return all.filter(name => unavailable(name) === null || entryOf(name).onlyByUrl === undefined)
}

/** The server that all tests of this run share; started by the first who asks. */
export function server(name: ServerName): Promise<ServerFacts> {
  return ask('server', { name })
}
