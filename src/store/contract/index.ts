/** The contract of stores. */
export type {
  Eventually,
  Prepared,
  PreparedInsert,
  ReadableStore,
  SchemaDifference,
  SchemaStore,
  Store,
  TransactionalStore,
  TransactionOptions,
  WritableStore,
} from './store.ts'
