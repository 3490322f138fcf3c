/** Runs compiled reads on a connection: the same code on the main thread and in the workers. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AggregateResult, FindResult } from '../../query/index.ts'
import type { Decoding } from '../sql/index.ts'
import { type Bound, decode } from './encode.ts'

/** A find command as data: it travels to workers. */
export interface FindScript {
  readonly sql: string
  readonly one: boolean
  readonly backward: boolean
  readonly positions: readonly Decoding[]
  readonly version: boolean
  readonly count: string | null
}

export interface FindArguments {
  readonly bound: readonly Bound[]
  /** Rows that were asked for; one more may come. */
  readonly asked: number | null
  readonly counted: readonly Bound[] | null
}

type ResultRow = readonly Bound[]

/** Prepared statements of one connection by their text. The least recently used goes when there are too many (semantics 14). */
export class StatementCache {
  readonly #database: DatabaseSync
  readonly #most: number
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync, most: number) {
    this.#database = database
    this.#most = most
  }

  get(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = prepareArrays(this.#database, sql)
      if (this.#statements.size >= this.#most) {
        const oldest = this.#statements.keys().next().value
        if (oldest !== undefined) this.#statements.delete(oldest)
      }
    } else this.#statements.delete(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

/** Rows as arrays: no object is made for each. */
export function prepareArrays(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  return statement
}

// With setReturnArrays rows are arrays, which the types of node:sqlite do not know.
const rowOf = (row: unknown): ResultRow | undefined => row as ResultRow | undefined
const rowsOf = (rows: unknown): readonly ResultRow[] => rows as readonly ResultRow[]

export function runFind(
  script: FindScript,
  statement: StatementSync,
  count: StatementSync | null,
  given: FindArguments,
): FindResult {
  if (script.one) return findOne(script, statement, given.bound)
  const rows = rowsOf(statement.all(...given.bound))
  const { asked } = given
  const more = asked !== null && rows.length > asked
  const length = more ? asked : rows.length
  return {
    json: pieces(rows, length, script.backward),
    rows: length,
    more,
    first: position(script, rows[script.backward ? length - 1 : 0], length),
    last: position(script, rows[script.backward ? 0 : length - 1], length),
    count: count === null ? null : countOf(script, rows[0], count, given),
    version: null,
  }
}

/** Every row of the page carries the count; without a row it is asked for by itself. */
function countOf(script: FindScript, row: ResultRow | undefined, count: StatementSync, given: FindArguments): number {
  if (row !== undefined) return Number(row[1 + script.positions.length])
  return Number(rowOf(count.get(...(given.counted ?? [])))?.[0] ?? 0)
}

function findOne(script: FindScript, statement: StatementSync, bound: readonly Bound[]): FindResult {
  const row = rowOf(statement.get(...bound))
  if (row === undefined) return nothing
  const version = script.version ? row[1 + script.positions.length] : null
  const place = position(script, row, 1)
  return {
    json: row[0] as string | Uint8Array | null,
    rows: 1,
    more: false,
    first: place,
    last: place,
    count: null,
    version: typeof version === 'number' ? version : null,
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

function join(rows: readonly ResultRow[], length: number): string {
  if (length === 0) return '[]'
  let text = `[${rows[0]?.[0] as string}`
  for (let index = 1; index < length; index++) text += `,${rows[index]?.[0] as string}`
  return `${text}]`
}

/** The rows in the order of the page, with what stands around them. */
function pieces(rows: readonly ResultRow[], length: number, backward: boolean): readonly string[] {
  const texts = ['[']
  for (let index = 0; index < length; index++) {
    if (index > 0) texts.push(',')
    texts.push(rows[backward ? length - 1 - index : index]?.[0] as string)
  }
  texts.push(']')
  return texts
}

function position(script: FindScript, row: ResultRow | undefined, rows: number) {
  if (row === undefined || rows === 0 || script.positions.length === 0) return null
  return script.positions.map((decoding, index) => decode(row[1 + index] ?? null, decoding))
}

export function runAggregate(statement: StatementSync, bound: readonly Bound[], asked: number | null): AggregateResult {
  const rows = rowsOf(statement.all(...bound))
  const length = asked === null ? rows.length : Math.min(asked, rows.length)
  return { json: join(rows, length), rows: length }
}
