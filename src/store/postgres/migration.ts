/** How PostgreSQL is migrated: nothing waits for a lock longer than a moment, and what reads a whole table lets others read and write. */
import type { ModelGraph } from '../../model/index.ts'
import {
  type ChangedTable,
  type MigrationDialect,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalTable,
  physicalTables,
  type SqlDialect,
  type TypeChange,
  typeChange,
} from '../sql/index.ts'
import { columnTypeOf } from './column-type.ts'
import { postgresDialect } from './dialect.ts'
import { identifier, literalOf, textLiteral } from './encode.ts'
import { addToNew, stepsOf } from './migration-steps.ts'
import { collationOf, columnCheck, columnCheckName, createIndex, isSequence, referenceText } from './table.ts'

/** Files are written for every server that Plinth runs on, so what newer ones do better is not asked for. */
export const postgresMigrations = (): MigrationDialect =>
  new PostgresMigrations(postgresDialect({ schema: null, simpleCaseMapping: false }))

class PostgresMigrations implements MigrationDialect {
  readonly name = 'postgres'
  readonly #dialect: SqlDialect

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect
  }

  tables(graph: ModelGraph): readonly PhysicalTable[] {
    const dialect = this.#dialect
    return physicalTables(graph, {
      dialect,
      tableName: ({ model }) => ({ namespace: model.namespace, name: model.table }),
      columnType: (_shape, field) => {
        const native = field.native?.['postgres']
        if (native !== undefined) return native.type
        const collation = collationOf(field)
        return collation === null
          ? columnTypeOf(field.type)
          : `${columnTypeOf(field.type)} collate ${identifier(collation)}`
      },
      literal: literalOf,
      moment: 'now()',
      isSequence,
      formName: ({ model }, field) => columnCheckName(model, field.column),
      form: columnCheck,
      reference: (_shape, reference) => referenceText(reference, dialect),
      createIndex: (shape, index) => createIndex(shape, index, dialect),
      options: () => '',
      checkIsTrue: false,
    })
  }

  wordsCheck(column: string, words: readonly string[]): string {
    return `check (${identifier(column)} in (${words.map(textLiteral).join(', ')}))`
  }

  typeChange(from: PhysicalColumn, to: PhysicalColumn): TypeChange {
    return typeChange(from.field.type, to.field.type)
  }

  steps({ before, after, changes }: ChangedTable): readonly MigrationStep[] {
    const table = after ?? before
    if (table === null) return []
    return changes.flatMap(change =>
      // No row of a table that is new can break what is said of it.
      before === null && change.kind === 'addConstraint'
        ? [addToNew(table, change.constraint)]
        : stepsOf(table, change),
    )
  }
}
