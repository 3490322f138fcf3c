/** The planner: request + graph + caller + capabilities → plan, or a coded refusal. It touches no store. */
export { answerForCaller, answerForRow } from './caller-condition.ts'
export type { PlanEnvironment, Question } from './environment.ts'
export { leavesRow } from './plan-answer.ts'
export { planAggregate } from './plan-aggregate.ts'
export { type Planned, planFind } from './plan-find.ts'
export { filterOperatorsOf } from './plan-filter.ts'
export {
  foundStep,
  type FoundRequest,
  planFound,
  planReadBack,
  planReadBackOne,
  planStatus,
  planStored,
  type StatusRequest,
} from './plan-row.ts'
export { requireFit } from './require-capabilities.ts'
export {
  type DeleteRequest,
  type InsertRequest,
  madeFields,
  planDelete,
  planInsert,
  planUpdate,
  type Target,
  type UpdateRequest,
} from './plan-write.ts'
