/** Errors of stores: what the database cannot do, or does not do now. */
import type { CatalogEntry } from './catalog-entry.ts'

export const store = {
  'store.unsupported': {
    status: 501,
    message: 'The store "{store}" cannot do this: {reason}.',
  },
  'store.transactions-unsupported': {
    status: 501,
    message: 'The store "{store}" has no transactions, so {what} cannot be done in one piece.',
  },
  'store.model-unfit': {
    status: 503,
    message: 'The database does not fit the model {model}. {differences}',
    hint: 'Run "plinth database": it shows every difference, and with --apply makes those that only add something.',
  },
  'store.busy': {
    status: 503,
    message: 'The database is busy.',
    hint: 'Try again after a moment.',
  },
  'store.unavailable': {
    status: 503,
    message: 'The database cannot be reached.',
    hint: 'Try again after a moment.',
  },
  'store.outcome-unknown': {
    status: 503,
    message: 'The connection to the database was lost while it committed, so whether the change was made is not known.',
    hint: 'Read before you try again; with an Idempotency-Key trying again is safe.',
  },
  'store.full': {
    status: 503,
    message: 'The database cannot write: its disk is full.',
  },
  'store.time-limit': {
    status: 503,
    message: 'The request took longer than its limit of {limit} ms.',
    hint: 'Ask for less, or narrow the filter.',
  },
  'store.cancelled': {
    status: 499,
    message: 'The client went away before the answer was made.',
  },
  'store.text-too-long': {
    status: 422,
    message: 'The text of "{name}" is longer than this database can keep in a key.',
    hint: 'Shorten it.',
  },
  'store.value-unfit': {
    status: 422,
    message: 'A value does not fit the column that keeps it.',
    hint: 'Look at the type that the column has in the database.',
  },
  'store.number-out-of-range': {
    status: 422,
    message: 'A number that is calculated is outside of what its type can hold: {names}.',
    hint: 'Leave it out, or narrow the filter to rows for which it fits.',
  },
  'store.too-large': {
    status: 422,
    message: 'This is larger than the database takes at once.',
    hint: 'Send less.',
  },
  'store.response-too-large': {
    status: 422,
    message: 'The answer is larger than {limit} bytes.',
    hint: 'Ask for fewer rows or fewer fields.',
  },
} as const satisfies Record<string, CatalogEntry>
