// A PgBouncer of a test's own, to be killed and started again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OwnServer } from './own-server.ts'
import { startPgbouncer } from './pgbouncer.ts'
import { give } from './unprivileged.ts'

export interface OwnPooler extends AsyncDisposable {
  /** The same database, by way of the pooler. */
  before(url: string): string
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
}

export async function ownPooler({ facts }: OwnServer): Promise<OwnPooler> {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-pooler-'))
  give(folder)
  const { process, address } = await startPgbouncer(facts, folder, join(folder, 'files'))
  return {
    before: url => Object.assign(new URL(url), { hostname: address.host, port: String(address.port) }).href,
    kill: () => process.stop('at once'),
    start: () => process.start(),
    async [Symbol.asyncDispose]() {
      await process.stop('at once')
      rmSync(folder, { recursive: true })
    },
  }
}
