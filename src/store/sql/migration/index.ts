/** Migrations of SQL databases: tables as plain data, changes, steps, and the session that carries them out. */
export { type MigrationDialect, migrationDialect } from './migration-dialect.ts'
export { commandsIn } from './commands-in.ts'
export { isMigratable, type MigratableStore } from './migratable-store.ts'
export type { MigrationSession, SessionCell, SessionValue, TransactionWork } from './migration-session.ts'
export {
  columnOf,
  definitionOf,
  type HelperColumn,
  type PhysicalColumn,
  type PhysicalConstraint,
  type PhysicalIndex,
  type PhysicalTable,
} from './physical-table.ts'
export { type Lock, type MigrationStep, phases, type SchemaFact, type Work } from './step.ts'
export { factsOf, stepOf } from './step-of.ts'
export { type Command, qualified, stepsOn } from './steps-on.ts'
export type { ChangedTable, TableChange } from './table-change.ts'
export { typeChange, type TypeChange } from './type-change.ts'
