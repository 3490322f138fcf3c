/** The contract of stores. */
export type {
  Eventually,
  Prepared,
  PreparedInsert,
  ReadableStore,
  SchemaDifference,
  SchemaStore,
  SqlStore,
  Store,
  TransactionalStore,
  TransactionOptions,
  WritableStore,
} from './store.ts'
