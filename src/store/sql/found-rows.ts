/** The rows of a find command as its result: JSON texts joined, the position of the first and last row, count and version. */
import { refusal } from '../../error/index.ts'
import { wholeText } from '../../lib/index.ts'
import type { Value } from '../../model/index.ts'
import type { AggregateResult, FindResult } from '../../query/index.ts'
import type { Decoding } from './dialect.ts'
import type { FindCommand } from './find.ts'

/** What of a find command decides how its rows are read. It is plain data, so it can travel to other threads. */
export interface FindForm {
  readonly one: boolean
  readonly backward: boolean
  readonly positions: readonly Decoding[]
  readonly version: boolean
  readonly counts: boolean
}

export const findForm = ({ cardinality, backward, positions, version, count }: FindCommand): FindForm => ({
  one: cardinality === 'one',
  backward,
  positions,
  version,
  counts: count !== null,
})

/** A result row: the JSON text, the values of the position, the version, the count. */
export type FoundRow<Cell> = readonly (Cell | null)[]
export type DecodeCell<Cell> = (cell: Cell | null, decoding: Decoding) => Value

/** Of many. `asked`: rows that were asked for; one more may have come. `emptyCount`: the count where no row carries it. */
export function foundRows<Cell>(
  form: FindForm,
  rows: readonly FoundRow<Cell>[],
  asked: number | null,
  decode: DecodeCell<Cell>,
  emptyCount: () => number,
): FindResult {
  const more = asked !== null && rows.length > asked
  const length = more ? asked : rows.length
  const { backward } = form
  const [first] = rows
  return {
    json: piecesOf(rows, length, backward),
    rows: length,
    more,
    first: positionOf(form, rows[backward ? length - 1 : 0], length, decode),
    last: positionOf(form, rows[backward ? 0 : length - 1], length, decode),
    count: form.counts ? (first === undefined ? emptyCount() : Number(first[1 + form.positions.length])) : null,
    version: null,
  }
}

/** Of one, which may not be there. */
export function foundRow<Cell>(form: FindForm, row: FoundRow<Cell> | undefined, decode: DecodeCell<Cell>): FindResult {
  if (row === undefined) return nothing
  const version = form.version ? (row[1 + form.positions.length] ?? null) : null
  const place = positionOf(form, row, 1, decode)
  return {
    json: jsonOf(row),
    rows: 1,
    more: false,
    first: place,
    last: place,
    count: null,
    version: version === null ? null : Number(version),
  }
}

const nothing: FindResult = Object.freeze({
  json: null,
  rows: 0,
  more: false,
  first: null,
  last: null,
  count: null,
  version: null,
})

function piecesOf(rows: readonly FoundRow<unknown>[], length: number, backward: boolean): readonly string[] {
  const pieces = ['[']
  for (let index = 0; index < length; index++) {
    if (index > 0) pieces.push(',')
    pieces.push(textOf(rows[backward ? length - 1 - index : index]))
  }
  pieces.push(']')
  return pieces
}

/** What a server puts together at least: MariaDB's max_allowed_packet. */
const largestText = 16 * 1024 * 1024

/** A text that would have been cut is null (semantics 16). Some drivers hand that of one row over as its bytes. */
function jsonOf(row: FoundRow<unknown> | undefined): string | Uint8Array {
  const json = row?.[0]
  if (typeof json === 'string' || json instanceof Uint8Array) return json
  throw refusal('store.response-too-large', { limit: largestText })
}

function textOf(row: FoundRow<unknown> | undefined): string {
  const json = row?.[0]
  return typeof json === 'string' ? json : wholeText(jsonOf(row))
}

function positionOf<Cell>(
  form: FindForm,
  row: FoundRow<Cell> | undefined,
  rows: number,
  decode: DecodeCell<Cell>,
): readonly Value[] | null {
  if (row === undefined || rows === 0 || form.positions.length === 0) return null
  return form.positions.map((decoding, index) => decode(row[1 + index] ?? null, decoding))
}

/** The groups of an aggregate; each row is one JSON text. */
export function foundGroups(rows: readonly FoundRow<unknown>[], asked: number | null): AggregateResult {
  const length = asked === null ? rows.length : Math.min(asked, rows.length)
  return { json: wholeText(piecesOf(rows, length, false)), rows: length }
}
