/** What stores of database servers share: connections, transactions, and compiled plans that run on them. */
export type {
  BrokenConstraint,
  Cell,
  ConnectionPurpose,
  Failure,
  ObjectRows,
  RawResult,
  ServerConnection,
  ServerDriver,
  SharingConnection,
  Statement,
  Together,
  Work,
} from './connection.ts'
export { connectionFailure, noDatabase, notAccepted, noTls } from './connection-failure.ts'
export { Answers } from './answers.ts'
export { StatementOnce } from './statement-once.ts'
export type { ReachedReplica, ReplicaAddress, Replication } from './replication.ts'
export { unusable, withFirstConnection } from './first-connection.ts'
export { ServerMigrationSession } from './server-migration-session.ts'
export { serverOptionForms } from './option-forms.ts'
export type { TransactionWords } from './server-transaction.ts'
export { ServerStore, type ServerDatabase } from './server-store.ts'
export { type TlsOptions, tlsOptions } from './tls-options.ts'
export { runTypedSql, type TypedSqlParts } from './typed-sql.ts'
export { within } from './within.ts'
