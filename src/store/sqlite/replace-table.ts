/**
 * The commands that put a new table in the place of an old one and let it take the rows over: SQLite can change neither a constraint nor a column's
 * type (sqlite.org/lang_altertable.html, section 7).
 */
import { identifier } from '../sql/index.ts'
import { textLiteral } from './encode.ts'

const suffix = '__rebuilt'

/** What the new table is called until it takes the place of the old one. */
export const passingName = (table: string): string => `${table}${suffix}`

/** What a table is called that may have its passing name. */
export const lastingName = (table: string): string => (table.endsWith(suffix) ? table.slice(0, -suffix.length) : table)

export interface Replacement {
  readonly table: string
  /** The command that makes the new table under its passing name. */
  readonly create: string
  /** By the name of a column: what rows get there, in SQL. */
  readonly values: ReadonlyMap<string, string>
  /** Names of columns that are not taken over. */
  readonly lost: readonly string[]
  /** Its key counts. */
  readonly counts: boolean
}

export function replaceTable({ table, create, values, lost, counts }: Replacement): readonly string[] {
  const passing = identifier(passingName(table))
  const old = identifier(table)
  const without = lost.map(name => `-- Without ${identifier(name)}.\n`).join('')
  const names = [...values.keys()].map(identifier).join(', ')
  return [
    create,
    `${without}insert into ${passing} (${names}) select ${[...values.values()].join(', ')} from ${old}`,
    ...(counts ? moveCounter(table) : []),
    `drop table ${old}`,
    `alter table ${passing} rename to ${old}`,
  ]
}

/** Numbers that were given once are not given again, also when their rows are gone. */
function moveCounter(table: string): readonly string[] {
  const [passing, old] = [textLiteral(passingName(table)), textLiteral(table)]
  return [
    `delete from sqlite_sequence where name = ${passing}`,
    `insert into sqlite_sequence (name, seq) select ${passing}, seq from sqlite_sequence where name = ${old}`,
  ]
}
