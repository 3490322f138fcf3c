/** The contract of stores. */
export { brokenCheck, brokenUnique, missingReference, referenceInUse, refusedNull } from './broken-constraint.ts'
export type {
  DescribedColumn,
  DescribedCommand,
  DescribedDatabase,
  DescribedDefault,
  DescribedReference,
  DescribedTable,
} from './description.ts'
export type { StoreListener, StoreNotice } from './notice.ts'
export type { StagedConflict, Staging } from './staging.ts'
export { requireStoreOptions } from './store-options.ts'
export { nothingAround } from './store.ts'
export type {
  AroundSql,
  Eventually,
  Isolation,
  Prepared,
  PreparedInsert,
  SchemaDifference,
  Store,
  TableName,
  TransactionOptions,
} from './store.ts'
export { namingCalculated, outOfRange } from './out-of-range.ts'
