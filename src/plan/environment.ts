/** What the planner is given besides a request. */
import type { FieldType, ModelGraph, Predicate } from '../model/index.ts'
import type { CallerClass, Capabilities, Limits } from '../query/index.ts'

export interface PlanEnvironment {
  readonly graph: ModelGraph
  /** What the store is called, for refusals. */
  readonly store: string
  readonly capabilities: Capabilities
  readonly limits: Limits
  readonly caller: CallerClass
  /**
   * Answers a condition that the caller alone decides, such as `user.role.is('admin')`. The plan holds for all callers who
   * answer the same questions the same way.
   */
  answer(question: Predicate): boolean
}

/** The type of a caller attribute: a field of the caller model. */
export function callerAttributeType(graph: ModelGraph, attribute: string): FieldType {
  const model = graph.caller === null ? undefined : graph.models[graph.caller]
  const field = model?.fields[attribute]
  if (field === undefined) throw new Error(`The caller has no field ${attribute}`)
  return field.type
}
