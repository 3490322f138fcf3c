/** How a transaction is begun, and what holds it in bounds. */
import type { TransactionWords } from '../server/index.ts'
import type { Variety } from './variety.ts'

const beginnings = {
  default: ['start transaction'],
  serializable: ['set transaction isolation level serializable', 'start transaction'],
  // With a lesser level the database would take a new state for each statement, and say so in a warning only.
  snapshot: [
    'set transaction isolation level repeatable read',
    'start transaction with consistent snapshot, read only',
  ],
} as const

/**
 * `silence`: milliseconds after which the server ends a transaction whose process is gone. Where it counts only the silence of sessions, that is
 * set for as long as the transaction is open: a connection of the pool may be silent for hours.
 */
export function transactionWords({ endsSilentTransactions }: Variety, silence: number): TransactionWords {
  const bounded = endsSilentTransactions ? [] : [`set session wait_timeout = ${Math.ceil(silence / 1000)}`]
  return {
    errorsAbort: false,
    begin: isolation => [...bounded, ...beginnings[isolation]],
    ended: endsSilentTransactions ? null : 'set session wait_timeout = default',
  }
}
