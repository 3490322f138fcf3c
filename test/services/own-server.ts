// A server of a test's own, to be killed, started again, given a bad certificate or a standby that lags.
import { ask } from './ask.ts'
import type { ServerName } from './catalog.ts'
import { freshDatabaseOn, type FreshDatabase, type FreshDatabaseOptions } from './fresh-database.ts'
import type { OwnOptions } from './own-options.ts'
import type { OwnFacts } from './requests.ts'
import { standbyOf, type Standby } from './standby.ts'

export interface OwnServer extends AsyncDisposable {
  readonly facts: OwnFacts
  readonly host: string
  readonly port: number
  /** When `standby: true` was asked for. */
  readonly standby: Standby | null
  freshDatabase(options?: FreshDatabaseOptions): Promise<FreshDatabase>
  /** Ends it as a crash does: connections break off, nothing is written any more. */
  kill(): Promise<void>
  /** Ends it in order. */
  stop(): Promise<void>
  /** Starts it again on the same port with the same files; resolves when it takes connections. */
  start(): Promise<void>
}

/** `await using own = await ownServer('postgres-15')`. It ends with the test's process at the latest. */
export async function ownServer(name: ServerName, options: OwnOptions = {}): Promise<OwnServer> {
  const facts = await ask('own', { name, options })
  const { id, host, port } = facts
  return {
    facts,
    host,
    port,
    standby:
      facts.standby === null
        ? null
        : standbyOf(facts, facts.standby, {
            kill: async () => void (await ask('stop', { id, how: 'at once', part: 'standby' })),
            start: async () => void (await ask('start', { id, part: 'standby' })),
          }),
    freshDatabase: databaseOptions => freshDatabaseOn(facts, databaseOptions),
    kill: async () => void (await ask('stop', { id, how: 'at once' })),
    stop: async () => void (await ask('stop', { id, how: 'in order' })),
    start: async () => void (await ask('start', { id })),
    [Symbol.asyncDispose]: async () => void (await ask('remove', { id })),
  }
}
