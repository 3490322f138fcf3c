/** The SQL mode of a session, by which the server reads a command: what a quote is, and a backslash, and `||`. */
import type { ServerConnection } from '../server/index.ts'
import { textLiteral } from './encode.ts'

export const modeSetting = (mode: string): string => `set session sql_mode = ${textLiteral(mode)}`

export const isModeSetting = (command: string): boolean => /^\s*set session sql_mode\b/iu.test(command)

/** Does the work in this mode, or sets none (null): afterwards the session has its own again, whatever the work has made of it. */
export async function inMode<T>(connection: ServerConnection, mode: string | null, work: () => Promise<T>): Promise<T> {
  const { rows } = await connection.run({ sql: 'select @@session.sql_mode', name: null }, [])
  if (mode !== null) await connection.command(modeSetting(mode))
  try {
    return await work()
  } finally {
    if (connection.usable) await connection.command(modeSetting(String(rows[0]?.[0])))
  }
}
