/**
 * What the sessions of a server are doing. `show processlist` tells it on both: `information_schema.processlist` of MySQL fails as soon as the
 * statement of any session holds a character of four bytes, and `performance_schema.processlist` is empty where that schema is turned off.
 */
import type { ServerConnection } from '../server/index.ts'

export interface Session {
  readonly id: string
  readonly user: string
  readonly host: string
  readonly database: string | null
  /** `Sleep`: nothing. */
  readonly command: string
  /** Seconds for which it has been doing that. */
  readonly seconds: number
  /** The beginning of its statement. */
  readonly statement: string | null
}

/** Those that the user may see. */
export async function sessionsOf(connection: Pick<ServerConnection, 'run'>): Promise<readonly Session[]> {
  const { rows } = await connection.run({ sql: 'show processlist', name: null }, [])
  return rows.map(cells => {
    const [id, user, host, database, command, seconds, , statement] = cells.map(cell =>
      cell === null ? null : String(cell),
    )
    return {
      id: id ?? '',
      user: user ?? '',
      host: host ?? '',
      database: database ?? null,
      command: command ?? '',
      seconds: Number(seconds),
      statement: statement ?? null,
    }
  })
}

/** MariaDB calls one that was told to stop and had nothing to stop by that until its next statement. */
export const isIdle = ({ command, statement }: Session): boolean =>
  command === 'Sleep' || (command === 'Killed' && statement === null)

/** `doing`: for messages. */
export const sessionText = ({ id, user, host, statement, command }: Session, doing: string | null): string => {
  const who = `session ${id} of ${user} at ${host}`
  return doing === null ? who : `${who} (${doing}): ${(statement ?? command).slice(0, 100)}`
}
