/**
 * How MariaDB is migrated. Each command is committed by itself, and says by which algorithm and lock it wants to be carried out: MariaDB
 * refuses rather than hold others up for longer than that. Measured on 10.11; see docs/migrations.md.
 */
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
import { mysqlDialect } from './dialect.ts'
import type { MysqlTypes } from './driver.ts'
import { KnownIndexes } from './known-indexes.ts'
import { identifier, literalOf, textLiteral } from './encode.ts'
import { charactersOf, stepsOf } from './migration-steps.ts'
import {
  columnCheck,
  columnCheckName,
  columnType,
  createIndex,
  isSequence,
  liveDefinitionOf,
  referenceText,
  tableName,
} from './table.ts'

/** No value is bound in a command that changes tables, so the driver's types are not needed. */
const noTypes: MysqlTypes = {
  LONGLONG: value => value,
  NEWDECIMAL: value => value,
}

export const mysqlMigrations = (): MigrationDialect => new MysqlMigrations(mysqlDialect(noTypes, new KnownIndexes()))

class MysqlMigrations implements MigrationDialect {
  readonly name = 'mariadb'
  readonly #dialect: SqlDialect

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect
  }

  tables(graph: ModelGraph): readonly PhysicalTable[] {
    const dialect = this.#dialect
    return physicalTables(graph, {
      dialect,
      tableName: ({ model }) => ({ namespace: null, name: tableName(model) }),
      columnType,
      literal: literalOf,
      moment: 'current_timestamp(3)',
      isSequence,
      formName: ({ model }, field) => columnCheckName(model, field.column),
      form: columnCheck,
      reference: (_shape, reference) => referenceText(reference, dialect),
      createIndex: (shape, index) => createIndex(shape, index, dialect),
      options: shape => liveDefinitionOf(shape) ?? '',
      checkIsTrue: false,
    })
  }

  wordsCheck(column: string, words: readonly string[]): string {
    return `check (${identifier(column)} in (${words.map(textLiteral).join(', ')}))`
  }

  typeChange(from: PhysicalColumn, to: PhysicalColumn): TypeChange {
    const change = typeChange(from.field.type, to.field.type)
    if (change !== 'same' || from.type === to.type) return change
    const [old, fresh] = [charactersOf(from.type), charactersOf(to.type)]
    return old <= fresh ? 'widens' : 'narrows'
  }

  steps(table: ChangedTable): readonly MigrationStep[] {
    return stepsOf(table)
  }
}
