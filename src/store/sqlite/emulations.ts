/** What SQLite has no word for, and what is done instead. */
import type { Emulation } from '../../query/index.ts'

export const sqliteEmulations: readonly Emulation[] = Object.freeze([
  {
    what: 'decimals',
    how: 'a whole number, scaled',
    cost: 'at most 18 digits, and 64 bits of what is calculated or summed; the form with a point is made when a row is read',
  },
  {
    what: 'bytes in JSON',
    how: 'base64 is written in JavaScript',
    cost: 'lists that select a field of bytes are put together row by row',
  },
  {
    what: 'days, times and moments',
    how: 'texts of a fixed form, held to it by a check',
    cost: 'up to 24 bytes for a moment instead of 8',
  },
  {
    what: 'stopping a read that takes too long',
    how: 'a function that one row in 61 asks for the time, and threads for what may take long',
    cost: 'a comparison for each row that is looked at',
  },
  {
    what: 'which reference a write breaks',
    how: 'it is looked for; typed SQL is told by the table and columns that its query names',
    cost: 'lookups by key, and only for writes that are refused; raw SQL keeps the error of the database',
  },
  {
    what: 'letters without regard to case',
    how: 'a function in JavaScript',
    cost: 'it is called for each row that is looked at; with `ignoreCase` an index holds what it gives, and then other programs read the table and cannot write it: they do not have the function',
  },
])
