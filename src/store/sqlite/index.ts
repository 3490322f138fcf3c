/** `plinth/store/sqlite`: the embedded store. */
export { sqliteMigrations } from './migration.ts'
export { SqliteStore, sqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'
