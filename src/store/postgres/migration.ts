/** How PostgreSQL is migrated: nothing waits for a lock longer than a moment, and what reads a whole table lets others read and write. */
import type { FieldNode } from '../../model/index.ts'
import {
  type ChangedTable,
  identifier,
  type MigrationDialect,
  migrationDialect,
  type MigrationStep,
} from '../sql/index.ts'
import { columnTypeChange } from './column-type-change.ts'
import { columnTypeOf } from './column-type.ts'
import { postgresDialect } from './dialect.ts'
import { addToNew, stepsOf } from './migration-steps.ts'
import { collationOf, columnCheck, createIndex } from './table.ts'

export function postgresMigrations(): MigrationDialect {
  // Files are written for every server that Plinth runs on, so what newer ones do better is not asked for.
  const dialect = postgresDialect({ schema: null, simpleCaseMapping: false })
  return migrationDialect({
    name: 'postgres',
    countsAnywhere: true,
    words: {
      dialect,
      tableName: ({ model }) => ({ namespace: model.namespace, name: model.table }),
      columnType: (_shape, field) => columnType(field),
      moment: 'now()',
      form: columnCheck,
      createIndex: (shape, index) => createIndex(shape, index, dialect),
      options: () => '',
    },
    typeChange: columnTypeChange,
    steps,
  })
}

function columnType(field: FieldNode): string {
  const native = field.native?.['postgres']
  if (native !== undefined) return native.type
  const collation = collationOf(field)
  return collation === null ? columnTypeOf(field.type) : `${columnTypeOf(field.type)} collate ${identifier(collation)}`
}

function steps({ before, after, changes }: ChangedTable): readonly MigrationStep[] {
  const table = after ?? before
  if (table === null) return []
  return changes.flatMap(change =>
    // No row of a table that is new can break what is said of it.
    before === null && change.kind === 'addConstraint' ? [addToNew(table, change.constraint)] : stepsOf(table, change),
  )
}
