/** The contract of stores. */
export type { Eventually, Prepared, PreparedInsert, SchemaDifference, Store, TransactionOptions } from './store.ts'
