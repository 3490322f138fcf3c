/** What the planner gives: a plan, and under which answers about the caller it holds. */
import type { ReadPlan, WriteStep } from '../query/index.ts'
import type { Planning, Question } from './planning.ts'
import { requireCapabilities } from './require-capabilities.ts'

export interface Planned<Plan> {
  readonly plan: Plan
  readonly questions: readonly Question[]
}

/** The finished plan; refused when it needs more than the store has. */
export function finished<Plan extends ReadPlan | WriteStep>(planning: Planning, plan: Plan): Planned<Plan> {
  requireCapabilities(plan, planning.environment)
  return { plan, questions: planning.questions }
}
