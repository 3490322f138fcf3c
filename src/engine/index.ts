/** The engine: plan → compile → run → shape. */
export { bindParameters, noSources } from './bind.ts'
export type {
  ChangeRecord,
  FoundRows,
  OutboxEvent,
  PreparedAggregate,
  PreparedFind,
  RequestValues,
} from './contract.ts'
export { createEngine, type Engine, type EngineOptions, rowKey, withSystemModels } from './engine.ts'
export type { Hook, HookInput, HookTable } from './hooks.ts'
export { createDispatcher, type Dispatcher, type DispatcherOptions, emitEvent, type EventHandler } from './outbox.ts'
export { idempotencyModel, outboxModel, systemModels } from './system-models.ts'
export type { Committed, CommitListener, TransactionChoice } from './transaction.ts'
export { keyOf, keysOf, keyText, type RowStatus, storedValue, type StepValues } from './write-steps.ts'
