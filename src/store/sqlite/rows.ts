/** Runs a query of typed SQL on a connection: rows as objects, integers exact. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { QueryResult } from 'kysely'

export function rowsOn(database: DatabaseSync, sql: string, bound: readonly SQLInputValue[]): QueryResult<unknown> {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  if (statement.columns().length === 0) {
    const { changes, lastInsertRowid } = statement.run(...bound)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }
  const rows = statement
    .all(...bound)
    .map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, outputOf(value)])))
  return { rows }
}

/** Integers are numbers where that loses nothing. */
function outputOf(value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
