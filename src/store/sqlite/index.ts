/** `plinth/store/sqlite`: the embedded store. */
export { SqliteStore, sqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'
