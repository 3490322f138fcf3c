/** The language between plan and store: requests, plans, capabilities and results as plain data. */
export { type Caller, anonymous, type CallerClass, systemCaller } from './caller.ts'
export { type Capabilities, capabilityWords, type Emulation, fullCapabilities } from './capabilities.ts'
export type { Consistency, Positions } from './consistency.ts'
export { asSystem, type ExecutionContext, type Observation, type Observe, type TransactionHandle } from './context.ts'
export { defaultLimits, type Limits } from './limits.ts'
export type { Parameter } from './parameter.ts'
export {
  type AggregatePlan,
  type FindPlan,
  type Link,
  type OrderTerm,
  type Output,
  planFormat,
  type PlanReads,
  type ReadNode,
  type ReadPlan,
} from './read-plan.ts'
export {
  type AggregateRequest,
  emptyFind,
  type FilterOperator,
  type FilterRequest,
  type FindRequest,
  type NestedRequest,
  type OutputRequest,
  type Selection,
  type Slot,
  type SlotType,
  type SortTerm,
  type ValueForm,
} from './request.ts'
export type { AggregateResult, FindResult, JsonText, WriteResult } from './result.ts'
export type { Answer, DeletePlan, InsertPlan, UpdatePlan, WriteStep } from './write-plan.ts'
