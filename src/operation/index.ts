/** The operations: one file each. Surfaces translate into them and out of them. */
export { emptyFind } from './address.ts'
export { deleteMany, updateMany } from './bulk.ts'
export type {
  CreateInput,
  DeleteInput,
  DeleteManyInput,
  RestoreInput,
  RowAddress,
  UpdateInput,
  UpdateManyInput,
  UpsertInput,
  Written,
} from './contract.ts'
export { createRows } from './create.ts'
export { createDb, type DbTransactionOptions, type UntypedDb } from './db.ts'
export type { Db, SystemDb } from './db-types.ts'
export type { UntypedModelDb } from './db-model.ts'
export { deleteRow } from './delete.ts'
export { forgetIdempotencyKeys, type IdempotencyKey, idempotencyWindow, idempotently } from './idempotency.ts'
export { restoreRow } from './restore.ts'
export { updateRow } from './update.ts'
export { upsertRow } from './upsert.ts'
