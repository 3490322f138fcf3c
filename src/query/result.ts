/** What stores give back. */
import type { TextPieces } from '../lib/index.ts'
import type { Value } from '../model/index.ts'

/**
 * Finished JSON text: in one piece, in several to be put one behind the other, or as its UTF-8 bytes. A store that gets its rows apart leaves
 * them apart: a page that goes to a socket is encoded piece by piece, and joining it first would copy all of it twice more (8 µs for 20 rows).
 * One row as bytes, from a driver that hands them over, is spared being decoded and encoded again (2 µs of 12 for a row of 1 kB).
 */
export type JsonText = TextPieces

/** The rows of a find plan: an array, or for one row an object or null when there is none. One row is one piece. */
export interface FindResult {
  readonly json: JsonText | null
  readonly rows: number
  /** Whether rows follow beyond the limit in the direction of the page. */
  readonly more: boolean
  /** Order values of the first and the last row, when the plan asks for positions and there are rows. */
  readonly first: readonly Value[] | null
  readonly last: readonly Value[] | null
  readonly count: number | null
  /** The row's version, when the plan asks for it. */
  readonly version: number | null
}

/** The groups of an aggregate plan as a JSON array of objects. */
export interface AggregateResult {
  readonly json: string
  readonly rows: number
}

/** How many rows a write step touched, and the values of its `returning` fields row by row. */
export interface WriteResult {
  readonly count: number
  readonly returned: readonly (readonly Value[])[]
  /** What the plan's `answer` asks for, when a row was written; `json` is null when the writer may not read it. */
  readonly answer?: { readonly json: JsonText | null; readonly version: number | null }
}
