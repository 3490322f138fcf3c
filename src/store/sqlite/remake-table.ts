/**
 * Makes a table anew by the command that made it, with a few changes in its text (sqlite.org/lang_altertable.html, section 7): whatever else it
 * says stays as it is, known to Plinth or not. What became of it is looked at behind, and anything else that has changed is a refusal.
 */
import type { DatabaseSync } from 'node:sqlite'
import { refusal } from '../../error/index.ts'
import { identifier } from '../sql/index.ts'
import { columnsOf, indexesOf, triggersOf } from './catalogue.ts'
import { editTableText, readEdit, type TableEdit } from './edit-table-text.ts'
import { UnreadableSql } from './sql-tokens.ts'

/** Inside of a transaction, with `foreign_keys` off: other tables, views and triggers go on naming this one while it is gone. */
export function remakeTable(database: DatabaseSync, table: string, commands: readonly string[]): void {
  const refuse = (reason: string) => refusal('migrate.edit-refused', { table, reason })
  const found = database
    .prepare("select name, sql from sqlite_schema where type = 'table' and name = ? collate nocase")
    .get(table)
  if (found === undefined) throw refuse('there is no such table')
  const [name, sql] = [String(found['name']), String(found['sql'])]
  const { edits, text } = edited(sql, commands, refuse)
  if (text === sql) return
  const wrong = valuesChange(database, name, edits)
  if (wrong !== null) throw refuse(wrong)
  const before = pictureOf(database, name)
  const broken = brokenReferences(database, name)
  move(database, name, text)
  const spoilt = othersThat(before, pictureOf(database, name), edits)
  if (spoilt.length > 0) throw refuse(`it would also change ${spoilt.join(', ')}`)
  const isReferring = edits.some(edit => edit.kind === 'addConstraint')
  if (isReferring && broken !== null && (brokenReferences(database, name) ?? 0) > broken)
    throw new Error(`A row of "${name}" refers to a row that does not exist.`)
}

function edited(sql: string, commands: readonly string[], refuse: (reason: string) => Error) {
  try {
    const edits = commands.map(readEdit)
    return { edits, text: edits.reduce(editTableText, sql) }
  } catch (error) {
    if (!(error instanceof UnreadableSql)) throw error
    throw refuse(`what stands at ${error.message} is not understood`)
  }
}

/**
 * The rows wait in a table of this connection, so that the new one has its name from the start: what it says of itself may name it. Indexes and
 * triggers come again as they were written.
 */
function move(database: DatabaseSync, table: string, text: string): void {
  const indexes = database
    .prepare("select sql from sqlite_schema where type = 'index' and tbl_name = ? and sql is not null order by rowid")
    .all(table)
  const triggers = triggersOf(database, table)
  const isAnalysed = hasRow(database, 'sqlite_stat1', 'tbl', table)
  // Numbers that were given once are not given again, also when their rows are gone.
  const counter = hasRow(database, 'sqlite_sequence', 'name', table)
    ? database.prepare('select seq from sqlite_sequence where name = ?').get(table)
    : undefined
  const columns = movedColumns(database, table)
  database.exec(`create temp table plinth_rows as select ${columns} from ${identifier(table)}`)
  database.exec(`drop table ${identifier(table)}`)
  database.exec(text)
  // What a constraint says of conflicts (`on conflict ignore`) is for others: no row may be lost on the way.
  database.exec(`insert or abort into ${identifier(table)} (${columns}) select * from temp.plinth_rows`)
  database.exec('drop table temp.plinth_rows')
  if (counter !== undefined) {
    database.prepare('delete from sqlite_sequence where name = ?').run(table)
    database.prepare('insert into sqlite_sequence (name, seq) values (?, ?)').run(table, counter['seq'] ?? null)
  }
  for (const { sql } of [...indexes, ...triggers]) database.exec(String(sql))
  if (isAnalysed) database.exec(`analyze ${identifier(table)}`)
}

/** Rows keep their own numbers, which other tables may know them by. */
function movedColumns(database: DatabaseSync, table: string): string {
  const columns = columnsOf(database, table)
  const number = ['rowid', '_rowid_', 'oid'].find(name => !columns.some(column => column.name.toLowerCase() === name))
  const isNumbered = database.prepare('select 1 from pragma_table_list where name = ? and wr = 0').get(table)
  return [
    ...(isNumbered === undefined || number === undefined ? [] : [number]),
    ...columns.flatMap(({ name, generated }) => (generated ? [] : [identifier(name)])),
  ].join(', ')
}

function hasRow(database: DatabaseSync, catalogue: string, column: string, table: string): boolean {
  const exists = database.prepare('select 1 from sqlite_schema where name = ?').get(catalogue) !== undefined
  return exists && database.prepare(`select 1 from ${catalogue} where ${column} = ?`).get(table) !== undefined
}

/** A type of another affinity keeps other values: '007' would be 7. */
function valuesChange(database: DatabaseSync, table: string, edits: readonly TableEdit[]): string | null {
  for (const edit of edits) {
    if (edit.kind !== 'changeType') continue
    const old = columnsOf(database, table).find(({ name }) => name.toLowerCase() === edit.column.toLowerCase())
    if (old === undefined) return `it has no column "${edit.column}"`
    if (old.type.toLowerCase() === edit.type.toLowerCase()) continue
    if (edit.converts) return `the values of "${old.name}" would have to be converted`
    if (affinityOf(old.type) !== affinityOf(edit.type))
      return `"${old.name}" is ${old.type === '' ? 'of no type' : old.type}, and values would be kept otherwise as ${edit.type}`
  }
  return null
}

/** sqlite.org/datatype3.html, section 3.1 */
function affinityOf(type: string): string {
  if (/int/iu.test(type)) return 'integer'
  if (/char|clob|text/iu.test(type)) return 'text'
  if (type === '' || /blob/iu.test(type)) return 'blob'
  return /real|floa|doub/iu.test(type) ? 'real' : 'numeric'
}

/** Null where they cannot be looked at: a reference leads to what is not unique, or not there. */
function brokenReferences(database: DatabaseSync, table: string): number | null {
  try {
    return database.prepare('select count(*) as n from pragma_foreign_key_check(?)').get(table)?.['n'] as number
  } catch {
    return null
  }
}

/** What the catalogue says of the table, by what it says it of. */
function pictureOf(database: DatabaseSync, table: string): ReadonlyMap<string, string> {
  const all = (sql: string): readonly unknown[] => database.prepare(sql).all(table)
  return new Map([
    ['what it is', JSON.stringify(all('select type, strict, wr from pragma_table_list where name = ?'))],
    [
      references,
      JSON.stringify(all('select * from pragma_foreign_key_list(?) order by "table", "from"').map(unnumbered)),
    ],
    ...columnsOf(database, table).flatMap(({ type, required, ...more }) => [
      [`the column "${more.name}"`, JSON.stringify(more)] as const,
      [held(more.name), JSON.stringify([type, required])] as const,
    ]),
    ...indexesOf(database, table).map(one => [`the index "${one.name}"`, JSON.stringify(one)] as const),
    ...triggersOf(database, table).map(({ name, sql }) => [`the trigger "${name}"`, sql] as const),
  ])
}

const references = 'its references'

const held = (column: string): string => `what the column "${column}" holds`

const unnumbered = (row: unknown): unknown => ({ ...(row as Record<string, unknown>), id: 0 })

function othersThat(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  edits: readonly TableEdit[],
): readonly string[] {
  const meant = new Set(edits.map(edit => ('column' in edit ? held(edit.column).toLowerCase() : references)))
  const named = [...new Set([...before.keys(), ...after.keys()])]
  return named.filter(name => before.get(name) !== after.get(name) && !meant.has(name.toLowerCase()))
}
