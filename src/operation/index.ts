/** The operations: one file each. Surfaces translate into them and out of them. */
export {
  Action,
  action,
  type ActionCall,
  type ActionRequest,
  type ActionOptions,
  type ActionOutput,
  type ActionParts,
  actionParts,
  type ActionPorts,
  allowCondition,
  callAction,
  type InputDeclaration,
  type OutputDeclaration,
  requireAllowed,
  type UntypedActionOptions,
} from './action/index.ts'
export { addressText, findByAddress, hasParts, keySegment, uniqueFields } from './address.ts'
export type { RowAddress, Written } from './contract.ts'
export { createRows } from './create.ts'
export { createDb, type UntypedDb } from './db.ts'
export type { Db, SystemDb } from './db-types.ts'
export type { UntypedModelDb } from './db-model.ts'
export { deleteRow } from './delete/delete.ts'
export { deleteMany } from './delete/delete-many.ts'
export {
  forgetIdempotencyKeys,
  type IdempotencyKey,
  idempotencyWindow,
  idempotently,
  type WriteTerms,
} from './idempotency.ts'
export { linkRow } from './nested/link.ts'
export { writeMistake } from './parse/write-mistake.ts'
export {
  bareJson,
  type Envelope,
  envelopeSchema,
  inOutwardWords,
  type InputPart,
  inputPart,
  Projection,
  projection,
  projectionBodySchema,
  type ProjectionInput,
  projectionInput,
  projectionSchema,
  selectionOf,
  type SortWord,
} from './projection/index.ts'
export { readSort } from './read-arguments.ts'
export { requireOpen } from './require-open.ts'
export { restoreRow } from './delete/restore.ts'
export { uniqueSlugs } from './slugs.ts'
export { updateMany } from './update-many.ts'
export { updateRow } from './update.ts'
export { upsertRow } from './upsert.ts'
