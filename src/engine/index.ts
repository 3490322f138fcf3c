/** The engine: plan → compile → run → shape. */

export type { Sources } from './bind.ts'
export { changeRequest } from './change-request.ts'
export type {
  ChangeRecord,
  FoundRows,
  OutboxEvent,
  PreparedAggregate,
  PreparedFind,
  RequestValues,
} from './contract.ts'
export {
  createDispatcher,
  type Dispatcher,
  type EventHandler,
  type EventMore,
  type HandlerTable,
  namesOf,
} from './dispatcher.ts'
export { createEngine, type Engine, withSystemModels } from './engine.ts'
export type { HookInput, HookTable } from './hooks.ts'
export { forgetRows } from './forget-rows.ts'
export { emitEvent, forgetUnhandledEvents } from './outbox.ts'
export { parseValue } from './parse-value.ts'
export { idempotencyModel, systemModels } from './system-models.ts'
export type { Committed, TransactionChoice } from './transaction.ts'

export type { RowStatus } from './row-lookups.ts'
export { type Key, keyRow, type Row, rowKey, valuesOf } from './row-values.ts'
export { keyOf, keysOf, keyText, storedValue, tuplesOf } from './step-values.ts'
