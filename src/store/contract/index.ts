/** The contract of stores. */
export type { Eventually, Prepared, PreparedInsert, SchemaDifference, Store, TransactionOptions } from './store.ts'
export type {
  DescribedColumn,
  DescribedDatabase,
  DescribedDefault,
  DescribedIndex,
  DescribedReference,
  DescribedTable,
} from './description.ts'
