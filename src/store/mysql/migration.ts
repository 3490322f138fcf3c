/**
 * How MariaDB and MySQL are migrated. Each command is committed by itself, and says by which algorithm and lock it wants to be carried out: the
 * server refuses rather than hold others up for longer than that. Measured on MariaDB 10.11 and MySQL 9.7; see docs/migrations.md.
 */
import { flatTable, type MigrationDialect, migrationDialect, tableShapes, typeChange } from '../sql/index.ts'
import type { Alterations } from './alterations.ts'
import { charactersOf } from './column-type.ts'
import { mysqlDialect } from './dialect.ts'
import type { MysqlTypes } from './driver.ts'
import { requireRoom } from './index-room.ts'
import { KnownIndexes } from './known-indexes.ts'
import { mariadbAlterations } from './mariadb-alterations.ts'
import { stepsBy } from './migration-steps.ts'
import { mysqlAlterations, unproven } from './mysql-alterations.ts'
import { columnCheck, columnType, createIndex, helpersOfIndex } from './table.ts'
import { mariadb, mysql, type Variety } from './variety.ts'

/** No value is bound in a command that changes tables, so the driver's types are not needed. */
const noTypes: MysqlTypes = {
  LONGLONG: value => value,
  NEWDECIMAL: value => value,
}

export const mariadbMigrations = (): MigrationDialect => migrationsOf(mariadb, mariadbAlterations)
export const mysqlMigrations = (): MigrationDialect => ({ ...migrationsOf(mysql, mysqlAlterations), unproven })

function migrationsOf(variety: Variety, by: Alterations): MigrationDialect {
  const dialect = mysqlDialect(noTypes, new KnownIndexes(), variety)
  const made = migrationDialect({
    name: variety.name,
    words: {
      dialect,
      tableName: ({ model }) => flatTable(model),
      columnType: (shape, field) => columnType(shape, field, variety),
      moment: 'current_timestamp(3)',
      form: field => columnCheck(field, variety),
      createIndex: (shape, index) => createIndex(shape, index, dialect, variety, () => true),
      helpersOf: (shape, index) => helpersOfIndex(shape, index, variety),
      options: () => '',
    },
    typeChange(from, to) {
      const change = typeChange(from.field.type, to.field.type)
      if (change !== 'same' || from.type === to.type) return change
      return charactersOf(from.type) <= charactersOf(to.type) ? 'widens' : 'narrows'
    },
    steps: stepsBy(by),
  })
  return {
    ...made,
    tables(graph) {
      for (const shape of tableShapes(graph)) requireRoom(shape, variety)
      return made.tables(graph)
    },
  }
}
