/** A store whose tables can be migrated. */
import type { MigrationSession } from './migration-session.ts'

export interface MigratableStore {
  /** The name of its files: `postgres`. */
  readonly migrationName: string
  /**
   * Whether its tables tell what their columns hold. Where they do not, as decimals and whole numbers are alike in SQLite, only what has run
   * tells whether values were converted.
   */
  readonly tellsTypes: boolean
  /** A connection of its own to migrate by; the store is open. */
  openMigration(): Promise<MigrationSession>
}

export const isMigratable = (store: object): store is MigratableStore => 'openMigration' in store
