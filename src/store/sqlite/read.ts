/** Runs compiled reads on a connection: the same code on the main thread and in the workers. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AggregateResult, FindResult } from '../../query/index.ts'
import { type FindForm, foundGroups, foundRow, foundRows } from '../sql/index.ts'
import { type Bound, decode } from './encode.ts'

/** A find command as data: it travels to workers. */
export interface FindScript {
  readonly sql: string
  readonly form: FindForm
  /** What counts when no row carries the count. */
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
  { form }: FindScript,
  statement: StatementSync,
  count: StatementSync | null,
  { bound, asked, counted }: FindArguments,
): FindResult {
  if (form.one) return foundRow(form, rowOf(statement.get(...bound)), decode)
  const countAlone = (): number => Number(rowOf(count?.get(...(counted ?? [])))?.[0] ?? 0)
  return foundRows(form, rowsOf(statement.all(...bound)), asked, decode, countAlone)
}

export const runAggregate = (
  statement: StatementSync,
  bound: readonly Bound[],
  asked: number | null,
): AggregateResult => foundGroups(rowsOf(statement.all(...bound)), asked)
