/**
 * How MariaDB is migrated. Each command is committed by itself, and says by which algorithm and lock it wants to be carried out: MariaDB
 * refuses rather than hold others up for longer than that. Measured on 10.11; see docs/migrations.md.
 */
import { type MigrationDialect, migrationDialect, typeChange } from '../sql/index.ts'
import { mysqlDialect } from './dialect.ts'
import type { MysqlTypes } from './driver.ts'
import { KnownIndexes } from './known-indexes.ts'
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

export function mysqlMigrations(): MigrationDialect {
  const dialect = mysqlDialect(noTypes, new KnownIndexes())
  return migrationDialect({
    name: 'mariadb',
    words: {
      dialect,
      tableName: ({ model }) => ({ namespace: null, name: tableName(model) }),
      columnType,
      moment: 'current_timestamp(3)',
      isSequence,
      formName: ({ model }, field) => columnCheckName(model, field.column),
      form: columnCheck,
      reference: (_shape, reference) => referenceText(reference, dialect),
      createIndex: (shape, index) => createIndex(shape, index, dialect),
      options: shape => liveDefinitionOf(shape) ?? '',
      checkIsTrue: false,
    },
    typeChange(from, to) {
      const change = typeChange(from.field.type, to.field.type)
      if (change !== 'same' || from.type === to.type) return change
      return charactersOf(from.type) <= charactersOf(to.type) ? 'widens' : 'narrows'
    },
    steps: stepsOf,
  })
}
