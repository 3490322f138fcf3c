/** What a SQLite file has, as the comparison of tables reads it, and how SQLite changes a table. */
import type { DatabaseSync } from 'node:sqlite'
import type { ModelGraph } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import { compareTables, type ExistingTable, type SqlDialect, tableShapes } from '../sql/index.ts'
import { identifier } from './encode.ts'
import { SqliteSchemaDialect } from './schema-dialect.ts'
import { constraintsIn } from './table-text.ts'
import { tableName } from './table.ts'

export function compareSchema(
  database: DatabaseSync,
  graph: ModelGraph,
  dialect: SqlDialect,
): readonly SchemaDifference[] {
  const tables = tableShapes(graph).map(shape => ({ shape, existing: existingTable(database, tableName(shape.model)) }))
  return compareTables(tables, new SqliteSchemaDialect(database, graph, dialect))
}

interface ExistingColumn {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly pk: number
}

interface ExistingObject {
  readonly name: string
  readonly sql: string
}

export function existingTable(database: DatabaseSync, table: string): ExistingTable | null {
  const existing = database.prepare("select sql from sqlite_schema where type = 'table' and name = ?").get(table)
  if (existing === undefined) return null
  const columns = database
    .prepare('select name, type, "notnull", pk from pragma_table_info(?)')
    .all(table) as unknown as ExistingColumn[]
  const indexes = database
    .prepare("select name, sql from sqlite_schema where type = 'index' and tbl_name = ? and sql is not null")
    .all(table) as unknown as ExistingObject[]
  const keys = columns.filter(({ pk }) => pk > 0).toSorted((left, right) => left.pk - right.pk)
  return {
    columns: columns.map(({ name, type, notnull, pk }) => ({
      name,
      type: type.toLowerCase(),
      collation: null,
      required: notnull === 1,
      filled: pk > 0,
    })),
    key: keys.map(({ name }) => name),
    constraints: constraintsIn(String(existing['sql'])),
    indexes: new Map(indexes.map(({ name, sql }) => [name, sql])),
    empty: database.prepare(`select 1 from ${identifier(table)} limit 1`).get() === undefined,
  }
}

/** Runs the commands of additive differences; all of them or none. */
export function applySchema(database: DatabaseSync, differences: readonly SchemaDifference[]): void {
  const commands = differences.flatMap(difference => difference.commands ?? [])
  if (commands.length === 0) return
  // A table that is rebuilt is gone for a moment; the pragma does nothing inside a transaction.
  const rebuilds = commands.some(command => command.startsWith('drop table'))
  // And views that name it must not be looked at meanwhile.
  if (rebuilds) database.exec('pragma foreign_keys = off; pragma legacy_alter_table = on')
  try {
    database.exec('begin immediate')
    for (const command of commands) database.exec(command)
    const broken = rebuilds ? database.prepare('pragma foreign_key_check').get() : undefined
    if (broken !== undefined)
      throw new Error(
        `A row of "${String(broken['table'])}" refers to a row of "${String(broken['parent'])}" that does not exist.`,
      )
    database.exec('commit')
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  } finally {
    if (rebuilds) database.exec('pragma foreign_keys = on; pragma legacy_alter_table = off')
  }
}
