/** What a SQLite file has, as the comparison of tables reads it, and how SQLite changes a table. */
import type { DatabaseSync } from 'node:sqlite'
import type { ModelGraph } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import {
  compareTables,
  type ExistingTable,
  flatTableName,
  identifier,
  type SqlDialect,
  tableShapes,
} from '../sql/index.ts'
import { type CatalogueColumn, columnsOf, deleteBehaviourOf, indexesOf, referencesOf } from './catalogue.ts'
import { readableTable } from './created-table.ts'
import { printedReference, SqliteSchemaDialect } from './schema-dialect.ts'
import { UnreadableSql } from './sql-tokens.ts'
import { constraintsIn } from './table-text.ts'

export function compareSchema(
  database: DatabaseSync,
  graph: ModelGraph,
  dialect: SqlDialect,
): readonly SchemaDifference[] {
  const tables = tableShapes(graph).map(shape => ({
    shape,
    existing: existingTable(database, flatTableName(shape.model), shape.model.adopted),
  }))
  return compareTables(tables, new SqliteSchemaDialect(database, graph, dialect))
}

export function existingTable(database: DatabaseSync, name: string, adopted: boolean): ExistingTable | null {
  const existing = database
    .prepare("select type, sql from sqlite_schema where type in ('table', 'view') and name = ?")
    .get(name)
  if (existing === undefined) return null
  const columns = columnsOf(database, name)
  return {
    columns: columns.map(column => ({
      name: column.name,
      type: column.type.toLowerCase(),
      collation: null,
      required: column.required,
      filled: column.key > 0 || column.default !== null || column.generated,
    })),
    key: keyOf(columns),
    ...constraintsOf(database, name, String(existing['sql']), adopted),
    indexes: printedIndexes(database, name),
    empty:
      existing['type'] === 'table' && database.prepare(`select 1 from ${identifier(name)} limit 1`).get() === undefined,
  }
}

const keyOf = (columns: readonly CatalogueColumn[]): readonly string[] =>
  columns
    .filter(({ key }) => key > 0)
    .toSorted((left, right) => left.key - right.key)
    .map(({ name }) => name)

function constraintsOf(
  database: DatabaseSync,
  table: string,
  sql: string,
  adopted: boolean,
): Pick<ExistingTable, 'constraints' | 'unread'> {
  // Views and virtual tables have none.
  const created = /^create table\s/iu.test(sql) ? readableTable(sql) : null
  const isUnread = created instanceof UnreadableSql
  const named = created === null || isUnread ? new Map<string, string>() : constraintsIn(sql, created)
  const checks = [...named].filter(([, text]) => text.toLowerCase().startsWith('check'))
  return {
    constraints: adopted ? new Map([...checks, ...printedReferences(database, table)]) : named,
    ...(isUnread && { unread: created.message }),
  }
}

/** The references of a table that was there before its model; they need no names. */
function printedReferences(database: DatabaseSync, table: string): ReadonlyMap<string, string> {
  const printed = referencesOf(database, table).map(({ columns, table: target, targetColumns, onDelete }) => {
    const named = targetColumns.length > 0 ? targetColumns : keyOf(columnsOf(database, target))
    return printedReference(columns, target, named, deleteBehaviourOf(onDelete) ?? 'restrict')
  })
  return new Map(printed.map(text => [text, text]))
}

/** Indexes as the commands that would make them, also where a table's own UNIQUE did. */
function printedIndexes(database: DatabaseSync, table: string): ReadonlyMap<string, string> {
  const texts = new Map(
    database
      .prepare("select name, sql from sqlite_schema where type = 'index' and tbl_name = ? and sql is not null")
      .all(table)
      .map(({ name, sql }) => [String(name), String(sql)]),
  )
  const printed = indexesOf(database, table).flatMap(
    ({ name, unique, partial, origin, columns }): [string, string][] => {
      const text = texts.get(name)
      if (origin === 'pk') return []
      if (partial || columns === null) return text === undefined ? [] : [[name, text]]
      const list = columns
        .map(({ column, descending }) => `${identifier(column)}${descending ? ' desc' : ''}`)
        .join(', ')
      return [[name, `create ${unique ? 'unique ' : ''}index ${identifier(name)} on ${identifier(table)} (${list})`]]
    },
  )
  return new Map(printed)
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
