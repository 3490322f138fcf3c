/** The commands that make a table anew as its model has it, with its other columns, its indexes and its triggers. */
import type { DatabaseSync } from 'node:sqlite'
import type { FieldNode } from '../../model/index.ts'
import {
  type ExistingTable,
  type Filling,
  flatTableName,
  identifier,
  isSequence,
  referenceName,
  type TableShape,
} from '../sql/index.ts'
import { triggersOf } from './catalogue.ts'
import { type ConstraintPart, readableTable, without } from './created-table.ts'
import { passingName, replaceTable } from './replace-table.ts'
import { UnreadableSql } from './sql-tokens.ts'
import { isNamedByPlinth } from './table-text.ts'

export interface Rebuild {
  readonly shape: TableShape
  readonly existing: ExistingTable
  /** The columns that come with it, and what rows get there. */
  readonly added: ReadonlyMap<FieldNode, Filling | null>
}

/** `create` writes the command for a table of this name that also has other columns. Null where something would get lost. */
export function rebuildTable(
  database: DatabaseSync,
  { shape, existing, added }: Rebuild,
  create: (name: string, others: readonly string[]) => string,
): readonly string[] | null {
  const table = flatTableName(shape.model)
  const others = otherColumns(database, table, shape)
  if (others === null) return null
  const kept = others.filter(({ generated }) => !generated)
  return [
    ...replaceTable({
      table,
      create: create(
        passingName(table),
        others.map(({ text }) => text),
      ),
      // Also where there were no rows: if some have come meanwhile they are taken over, or refuse to be lost.
      values: new Map([
        ...shape.columns.map(field => [field.column, valueOf(field, added)] as const),
        ...kept.map(({ name }) => [name, identifier(name)] as const),
      ]),
      lost: [],
      counts: shape.columns.some(isSequence),
    }),
    ...existing.indexes.values(),
    ...triggersOf(database, table).map(({ sql }) => sql),
  ]
}

function valueOf(field: FieldNode, added: Rebuild['added']): string {
  switch (added.get(field)) {
    case undefined:
      return identifier(field.column)
    case 'moment':
      return `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`
    case 'firstVersion':
      return '1'
    case null:
      return 'null'
  }
}

interface OtherColumn {
  readonly name: string
  readonly text: string
  readonly generated: boolean
}

/** Columns that the model does not have, as they are but for refusing null; null where the table says more than can be kept. */
function otherColumns(database: DatabaseSync, table: string, shape: TableShape): readonly OtherColumn[] | null {
  const row = database.prepare("select sql from sqlite_schema where type = 'table' and name = ?").get(table)
  const sql = String(row?.['sql'])
  const created = readableTable(sql)
  if (created instanceof UnreadableSql) return null
  const known = new Set(shape.columns.map(({ column }) => column))
  const ofKnown = created.columns.filter(({ name }) => known.has(name)).flatMap(({ constraints }) => constraints)
  if ([...ofKnown, ...created.constraints].some(part => !isKnown(sql, part))) return null
  return created.columns
    .filter(({ name }) => !known.has(name))
    .map(({ name, start, end, constraints }) => {
      // A row that cannot go because of a relation that is gone would be a riddle.
      const reference = referenceName(shape.model, [name]).toLowerCase()
      const gone = constraints.filter(one => one.kind === 'not null' || one.name?.toLowerCase() === reference)
      const generated = constraints.some(({ kind }) => kind === 'generated')
      return { name, text: without(sql.slice(0, end), gone).slice(start), generated }
    })
}

/** To what Plinth writes it gives a name, but for these. */
const isKnown = (sql: string, part: ConstraintPart): boolean =>
  ['primary key', 'not null', 'null', 'default', 'nothing'].includes(part.kind) || isNamedByPlinth(sql, part)
