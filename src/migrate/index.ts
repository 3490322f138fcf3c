/** States of the models over time: names that stay, differences between states, the files of migrations, and their runner. */
export type { MigrationWish, PlannedMigration } from './change/plan-migration.ts'
export { planMigration } from './change/plan-migration.ts'
export { ancestorsOf, type History, mergedState, orderMigrations } from './history/history.ts'
export { codeFile, type Half, type Migration } from './history/migration.ts'
export {
  hasMigrations,
  loadHistory,
  migrationsFolder,
  removeMigration,
  saveStepFile,
} from './history/migration-folder.ts'
export { printSteps, wasPulled } from './history/step-file.ts'
export { renameInSnapshot } from './names/rename-in-snapshot.ts'
export { printSnapshot, readSnapshot, type Snapshot, snapshotOf } from './names/snapshot.ts'
export { snapshotOfState } from './names/snapshot-of-state.ts'
export { bornModels, withSnapshot } from './names/with-snapshot.ts'
export { needsAdoption } from './run/adoption.ts'
export { isBetween } from './run/is-between.ts'
export { finished, type MigrationStatus, readStatus, statusesOf } from './run/read-status.ts'
export { type RunEvent, type RunMode, runMigrations, type RunResult } from './run/run-migrations.ts'
export { graphOfState } from './state/graph-of-state.ts'
export { changesBetween } from './state/merge-states.ts'
export { emptyState, stateOf } from './state/state.ts'
export { stateBefore, writeMigration, type WriteOptions, type WrittenMigration } from './write/write-migration.ts'
export type { FileConflict } from './pull/index.ts'

/** Loaded by who takes a database over: applications that run have no use for it. */
export const takingOver = () => import('./pull/index.ts')
