/**
 * How SQLite is migrated: it adds columns and indexes, and drops what nothing rests on; for everything else the table is made anew and takes
 * the rows over (sqlite.org/lang_altertable.html, section 7). Whatever a step does, it holds up other writers until it is done, and no reader.
 */
import {
  type ChangedTable,
  flatTable,
  type MigrationDialect,
  migrationDialect,
  type MigrationStep,
  type PhysicalTable,
  stepsOn,
} from '../sql/index.ts'
import { createCommand } from './create-command.ts'
import { sqliteDialect } from './dialect.ts'
import { editSteps } from './edit-steps.ts'
import { textLiteral } from './encode.ts'
import { fill, plainSteps } from './plain-steps.ts'
import { rebuildStep } from './rebuild-step.ts'
import { columnCheck, columnType, createIndex, tableOptions } from './table.ts'

export const sqliteMigrations = (now: Date): MigrationDialect =>
  migrationDialect({
    name: 'sqlite',
    words: {
      dialect: sqliteDialect,
      tableName: ({ model }) => flatTable(model),
      columnType: (_shape, field) => columnType(field),
      // SQLite adds a column only with a constant: the moment at which the migration was written.
      moment: textLiteral(now.toISOString()),
      form: columnCheck,
      createIndex,
      options: tableOptions,
    },
    steps,
  })

function steps({ before, after, changes }: ChangedTable): readonly MigrationStep[] {
  if (after === null) return before === null ? [] : [stepsOn(before).dropTable()]
  if (before === null) return createTable(after)
  const found = changes.map(change => ({ change, own: plainSteps(before, after, change) }))
  const plain = found.flatMap(({ own }) => own ?? [])
  const others = found.filter(({ own }) => own === null).map(({ change }) => change)
  if (others.length === 0) return plain
  const edits = before.adopted && after.adopted ? editSteps(after, others) : null
  if (edits !== null) return [...plain, ...edits]
  const required = new Set(changes.flatMap(change => (change.kind === 'refuseNull' ? [change.column.name] : [])))
  // What is required gets its value on the way into the new table.
  const fills = changes.flatMap(change =>
    change.kind === 'fill' && !required.has(change.column.name) ? [fill(after, change.column)] : [],
  )
  return [...fills, rebuildStep(before, after, changes)]
}

function createTable(table: PhysicalTable): readonly MigrationStep[] {
  const steps = stepsOn(table)
  return [steps.createTable({ sql: createCommand(table, table.name) }), ...steps.firstIndexes('moment')]
}
