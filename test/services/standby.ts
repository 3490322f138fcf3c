// A streaming standby of PostgreSQL: read only, and as far behind its primary as the test wants.
import { administer } from './administration.ts'
import type { Address } from './own-options.ts'

export interface Standby extends Address, StandbyProcess {
  /** The database of `url`, a URL of the primary, on the standby. */
  standingIn(url: string): string
  /** From now on it receives what the primary writes and shows none of it. */
  pause(): Promise<void>
  /** It shows what it has received meanwhile, and all that follows. */
  resume(): Promise<void>
  /** It ends its recovery and takes writes of its own: nobody's standby any more. */
  promote(): Promise<void>
  /** Resolves when it shows all that the primary has written until now. */
  caughtUp(): Promise<void>
}

export interface StandbyProcess {
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Starts it again on its port, following its primary. */
  start(): Promise<void>
}

export function standbyOf(primary: Address, standby: Address, process: StandbyProcess): Standby {
  const onStandby = (statement: string): Promise<string[]> => administer('postgres', standby.adminUrl, statement)
  return {
    ...standby,
    ...process,
    standingIn: url => Object.assign(new URL(url), { port: String(standby.port) }).href,
    // A pause is a request: what is being replayed is finished first.
    pause: async () => {
      await onStandby('select pg_wal_replay_pause()')
      await onStandby(until(`pg_get_wal_replay_pause_state() = 'paused'`))
    },
    promote: async () => void (await onStandby('select pg_promote()')),
    resume: async () => void (await onStandby('select pg_wal_replay_resume()')),
    caughtUp: async () => {
      const [position] = await administer('postgres', primary.adminUrl, 'select pg_current_wal_insert_lsn()')
      await onStandby(until(`pg_last_wal_replay_lsn() >= '${position}'`))
    },
  }
}

/** A statement that ends when `condition` holds; not everything in PostgreSQL tells by itself. */
function until(condition: string): string {
  return `do $$ begin while not (${condition}) loop perform pg_sleep(0.002); end loop; end $$`
}
