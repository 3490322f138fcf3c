/** The store of PostgreSQL. */
export { postgresStore, type PostgresStoreOptions } from './postgres-store.ts'
export { postgresMigrations } from './migration.ts'
