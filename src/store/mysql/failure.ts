/**
 * What an error of MariaDB or MySQL or of the connection to it means (mariadb.com/kb/en/mariadb-error-code-reference,
 * dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html).
 */
import {
  type BrokenConstraint,
  connectionFailure,
  type Failure,
  noDatabase,
  notAccepted,
  noTls,
} from '../server/index.ts'

interface MysqlError extends Error {
  readonly errno?: number
  readonly code?: string
  readonly sqlMessage?: string
}

/** The text that the server put between quotes, the n-th of them. */
const quoted = (message: string, index: number): string =>
  Array.from(message.matchAll(/[`'"]([^`'"]*)[`'"]/gu), match => match[1] ?? '')[index] ?? ''

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: 'other' }
  const { errno, code = '', sqlMessage } = error as MysqlError
  // Errors of the operating system have numbers below zero.
  if (errno !== undefined && errno > 0) return ofServer(errno, sqlMessage ?? error.message, error)
  return ofConnection(code, error)
}

function ofServer(errno: number, message: string, error: Error): Failure {
  switch (errno) {
    // Duplicate entry 'x' for key 'name'. What was entered may hold quotes, so the name is looked for from the end.
    case 1062:
    case 1586: {
      const name = /for key ['`]([^'`]+)['`]$/u.exec(message)?.[1] ?? ''
      return constraint({ kind: 'unique', table: null, name: name.slice(name.lastIndexOf('.') + 1) })
    }
    // CONSTRAINT `name` failed for `database`.`table`
    case 4025:
      return constraint({ kind: 'check', table: quoted(message, 2), name: quoted(message, 0) })
    // Check constraint 'name' is violated. Its name is the only one in the database.
    case 3819:
      return constraint({ kind: 'check', table: null, name: quoted(message, 0) })
    // … a foreign key constraint fails (`database`.`table`, CONSTRAINT `name` FOREIGN KEY …
    case 1452:
    case 1216:
      return reference('missing', message)
    case 1451:
    case 1217:
      return reference('inUse', message)
    case 1048:
    case 1364:
      return constraint({ kind: 'notNull', table: null, column: quoted(message, 0) })
    // `signal`, with the SQLSTATE that is meant for it.
    case 1644:
      return { kind: 'refused', reason: message }
    case 1213:
    case 1020:
      return { kind: 'conflict' }
    case 1205:
    case 3572:
      return { kind: 'lock' }
    // Stopped by KILL QUERY, by max_statement_time, or by max_execution_time.
    case 1317:
    case 1969:
    case 3024:
      return { kind: 'stopped' }
    case 1021:
    case 1114:
      return { kind: 'full' }
    case 1040:
    case 1203:
    // User has exceeded the 'max_user_connections' resource: that of an account has an error of its own.
    case 1226:
      return { kind: 'crowded' }
    // On its way down, or up, or silent for too long: the connection ends.
    case 1053:
    case 1927:
    case 3168:
    case 3169:
    case 4031:
    case 1077:
    case 1079:
    case 1158:
    case 1159:
    case 1160:
    case 1161:
      return { kind: 'lost' }
    case 1243:
    case 1615:
      return { kind: 'stale' }
    case 1406:
      return { kind: 'tooLong', column: quoted(message, 0) }
    // Out of range, no word of the enum, no text that the type reads, no character of its set.
    case 1264:
    case 1265:
    case 1292:
    case 1366:
    case 1977:
    case 3988:
      return { kind: 'unfit' }
    // "… value is out of range in …": of an expression, not of a column.
    case 1690:
      return { kind: 'outOfRange', calculated: true }
    case 1153:
      return { kind: 'tooLarge' }
    case 1045:
    case 1044:
    case 1698:
      return notAccepted(error)
    case 1049:
      return noDatabase(error)
    default:
      return { kind: 'other' }
  }
}

function reference(kind: 'missing' | 'inUse', message: string): Failure {
  const [, table = '', name = ''] =
    /\([`"][^`"]*[`"]\.[`"]([^`"]+)[`"], CONSTRAINT [`"]([^`"]+)[`"]/u.exec(message) ?? []
  return constraint({ kind, table: table === '' ? null : table, name })
}

const lost: ReadonlySet<string> = new Set(['PROTOCOL_CONNECTION_LOST', 'PROTOCOL_ENQUEUE_AFTER_QUIT'])

function ofConnection(code: string, error: Error): Failure {
  if (lost.has(code) || /closed state|Connection lost|after being closed|PROTOCOL_/i.test(error.message))
    return { kind: 'lost' }
  return connectionFailure(code, error) ?? (code === 'HANDSHAKE_NO_SSL_SUPPORT' ? noTls(error) : { kind: 'other' })
}

const constraint = (broken: BrokenConstraint): Failure => ({ kind: 'constraint', constraint: broken })
