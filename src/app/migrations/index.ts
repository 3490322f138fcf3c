/** Migrations of an application: written from its models, run on its database. */
export { databasePlace, migratedApplication, type MigratedApplication } from './migrated-application.ts'
export { requireDatabase } from './migration-dialects.ts'
export { newMigration, rebaseMigration } from './new-migration.ts'
export { renameBornName } from './rename-born-name.ts'
export {
  ApplicationDatabase,
  checkDatabase,
  type DataStep,
  hasUnwrittenChanges,
  readStanding,
} from './application-database.ts'
