/** What an error of PostgreSQL or of the connection to it means (postgresql.org/docs/current/errcodes-appendix.html). */
import {
  type BrokenConstraint,
  connectionFailure,
  type Failure,
  noDatabase,
  notAccepted,
  noTls,
} from '../server/index.ts'

interface PostgresError extends Error {
  readonly code?: string
  readonly table?: string
  readonly column?: string
  readonly constraint?: string
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: 'other' }
  const { code = '' } = error as PostgresError
  // SQLSTATE has five characters; what Node says of sockets is longer.
  if (/^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')) return ofSqlState(code, error)
  return ofConnection(code, error)
}

function ofSqlState(code: string, error: PostgresError): Failure {
  switch (code) {
    case '23505':
    case '23P01':
      return constraint({ kind: 'unique', table: error.table ?? null, name: error.constraint ?? '' })
    case '23514':
      // Not a check of the table: a partition for the row, for example, is missing.
      if (error.constraint === undefined) return { kind: 'unfit' }
      return constraint({ kind: 'check', table: error.table ?? null, name: error.constraint ?? '' })
    case '23503':
    case '23001':
      return constraint({ kind: 'reference', table: error.table ?? null, name: error.constraint ?? '' })
    case '23502':
      return constraint({ kind: 'notNull', table: error.table ?? null, column: error.column ?? '' })
    case '22003':
      return { kind: 'outOfRange', calculated: false }
    // Too long, or no text that the type reads.
    case '22001':
    case '22007':
    case '22008':
    case '22026':
    case '22P02':
      return { kind: 'unfit' }
    // `raise exception`, without a code of its own.
    case 'P0001':
      return { kind: 'refused', reason: error.message }
    case '40001':
    case '40P01':
      return { kind: 'conflict' }
    case '57014':
      return { kind: 'stopped' }
    case '55P03':
      return { kind: 'lock' }
    case '53100':
      return { kind: 'full' }
    case '53300':
      return { kind: 'crowded' }
    // The server stops, starts or has been told to end the session.
    case '57P01':
    case '57P02':
    case '25P03':
      return { kind: 'lost' }
    case '57P03':
      return { kind: 'unreachable' }
    // The statement is not there (a pooler gave another connection), is there already, or "cached plan must not change result type".
    case '26000':
    case '42P05':
    case '0A000':
      return { kind: 'stale' }
    case '28P01':
    case '28000':
      return notAccepted(error)
    case '3D000':
      return noDatabase(error)
    case '42501':
      return { kind: 'other' }
    default:
      return code.startsWith('08') ? { kind: 'lost' } : { kind: 'other' }
  }
}

function ofConnection(code: string, error: Error): Failure {
  const known = connectionFailure(code, error)
  if (known !== null) return known
  if (/does not support SSL/.test(error.message)) return noTls(error)
  if (/password must be a string|SASL/.test(error.message)) return notAccepted(error)
  if (/timeout expired/.test(error.message)) return { kind: 'unreachable' }
  if (/Connection terminated|not queryable|Connection ended/i.test(error.message)) return { kind: 'lost' }
  return { kind: 'other' }
}

const constraint = (broken: BrokenConstraint): Failure => ({ kind: 'constraint', constraint: broken })
