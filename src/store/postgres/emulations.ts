/** What PostgreSQL has no word for, and what is done instead. */
import type { Emulation } from '../../query/index.ts'

export const postgresEmulations: readonly Emulation[] = Object.freeze([
  {
    what: 'letters without regard to case, before PostgreSQL 17',
    how: 'by ICU, with the letters apart that ICU maps to more than one; upper case letter by letter',
    cost: 'it is computed for each row that is looked at, unless an index has it',
  },
  {
    what: 'indexes that ignore letter case',
    how: 'an expression over ICU, on every version: migrations are written for all of them, and an index outlives an upgrade of the server',
    cost: 'a server that was built without ICU cannot have one',
  },
  {
    what: 'a key that counts up after rows came with keys of their own',
    how: 'a second statement moves the sequence',
    cost: 'one statement more for such a write',
  },
  {
    what: 'many rows in one statement',
    how: 'they are bound as one JSON text that the server takes apart',
    cost: 'one prepared statement for any number of rows',
  },
])
