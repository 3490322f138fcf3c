/** What SQLite tells of its tables, as data. */
import type { DatabaseSync } from 'node:sqlite'
import type { DeleteBehaviour } from '../../model/index.ts'

export interface CatalogueColumn {
  readonly name: string
  /** As it was written. */
  readonly type: string
  readonly required: boolean
  /** The SQL of its default. */
  readonly default: string | null
  /** Its place in the key, from 1; 0 when it is in none. */
  readonly key: number
  readonly generated: boolean
}

export function columnsOf(database: DatabaseSync, table: string): readonly CatalogueColumn[] {
  const rows = database
    .prepare('select name, type, "notnull", dflt_value, pk, hidden from pragma_table_xinfo(?)')
    .all(table)
  return rows
    .filter(({ hidden }) => hidden !== 1)
    .map(({ name, type, notnull, dflt_value: filling, pk, hidden }) => ({
      name: String(name),
      type: String(type),
      required: notnull === 1,
      default: filling === null ? null : String(filling),
      key: Number(pk),
      generated: hidden === 2 || hidden === 3,
    }))
}

export interface CatalogueIndex {
  readonly name: string
  readonly unique: boolean
  /** It holds only some of the rows. */
  readonly partial: boolean
  /** `c`: made by a command; `u`: by UNIQUE; `pk`: the key's own. */
  readonly origin: string
  /** Null when it is over an expression. */
  readonly columns: readonly { readonly column: string; readonly descending: boolean }[] | null
}

export function indexesOf(database: DatabaseSync, table: string): readonly CatalogueIndex[] {
  const parts = database.prepare('select name, "desc" from pragma_index_xinfo(?) where key = 1 order by seqno')
  return database
    .prepare('select name, "unique", origin, partial from pragma_index_list(?) order by name')
    .all(table)
    .map(({ name, unique, origin, partial }) => {
      const columns = parts.all(String(name)).map(part => ({
        column: part['name'] === null ? null : String(part['name']),
        descending: part['desc'] === 1,
      }))
      return {
        name: String(name),
        unique: unique === 1,
        partial: partial === 1,
        origin: String(origin),
        columns: columns.every(isPlain) ? columns : null,
      }
    })
}

const isPlain = (part: {
  readonly column: string | null
  readonly descending: boolean
}): part is { readonly column: string; readonly descending: boolean } => part.column !== null

/** In the order in which they were made. SQLite keeps the name of their table as each of them spells it, in any letter case. */
export function triggersOf(
  database: DatabaseSync,
  table: string,
): readonly { readonly name: string; readonly sql: string }[] {
  return database
    .prepare(
      "select name, sql from sqlite_schema where type = 'trigger' and tbl_name = ? collate nocase order by rowid",
    )
    .all(table)
    .map(({ name, sql }) => ({ name: String(name), sql: String(sql) }))
}

export interface CatalogueReference {
  readonly columns: readonly string[]
  readonly table: string
  /** Empty when it refers to the key without naming it. */
  readonly targetColumns: readonly string[]
  readonly onDelete: string
}

export function referencesOf(database: DatabaseSync, table: string): readonly CatalogueReference[] {
  const rows = database
    .prepare('select id, "table", "from", "to", on_delete from pragma_foreign_key_list(?) order by id desc, seq')
    .all(table)
  return [...Map.groupBy(rows, ({ id }) => Number(id)).values()].map(parts => ({
    columns: parts.map(part => String(part['from'])),
    table: String(parts[0]?.['table']),
    targetColumns: parts.flatMap(({ to }) => (to === null ? [] : [String(to)])),
    onDelete: String(parts[0]?.['on_delete']),
  }))
}

/** What happens to a row when the one that it refers to is deleted; null where the model has no word for it. */
export function deleteBehaviourOf(onDelete: string): DeleteBehaviour | null {
  switch (onDelete.toUpperCase()) {
    case 'CASCADE':
      return 'cascade'
    case 'SET NULL':
      return 'setNull'
    case 'NO ACTION':
    case 'RESTRICT':
      return 'restrict'
    default:
      return null
  }
}
