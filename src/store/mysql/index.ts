/** The store of MariaDB. */
export { mysqlStore, type MysqlStoreOptions } from './mysql-store.ts'
export { mysqlMigrations } from './migration.ts'
