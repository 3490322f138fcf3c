/** Migrations of an application: written from its models, run on its database. */
export { migratedApplication, type MigratedApplication } from './migrated-application.ts'
export { migratedAs, requireDatabase } from './migration-dialects.ts'
export { newMigration, rebaseMigration } from './new-migration.ts'
export { renameBornName } from './rename-born-name.ts'
export { ApplicationDatabase, type DataStep, hasUnwrittenChanges } from './run-database.ts'
