/** What stores of database servers share: connections, transactions, and compiled plans that run on them. */
export type {
  BrokenConstraint,
  Cell,
  ConnectionPurpose,
  Failure,
  RawResult,
  ServerConnection,
  ServerDriver,
  Statement,
} from './connection.ts'
export { codedError } from './failure.ts'
export { noteCommit } from './note-commit.ts'
export { StatementOnce } from './statement-once.ts'
export type { ReachedReplica, ReplicaAddress, Replication } from './replication.ts'
export { ServerStore, type ServerDatabase, type TypedSqlParts } from './server-store.ts'
export { type TlsOptions, tlsOptions } from './tls-options.ts'
export { transactionOf } from './server-transaction.ts'
export { boundsOf, watched } from './watch.ts'
