/** The store of MariaDB and MySQL. */
export { mysqlStore, type MysqlStoreOptions } from './mysql-store.ts'
export { mariadbMigrations, mysqlMigrations } from './migration.ts'
