/** An insert request → an insert plan, with the create rule as its check. */
import { always, isAlways, type ModelNode } from '../model/index.ts'
import { type InsertPlan, planFormat, type Selection } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { allOf } from './fold.ts'
import { planAnswer } from './plan-answer.ts'
import { finished, type Planned } from './planned.ts'
import { Planning } from './planning.ts'
import { openRuleCondition, scopeCondition } from './readable.ts'
import { Standpoint } from './standpoint.ts'
import { requireTable } from './target.ts'
import { referencesReadable, writableCondition } from './writable.ts'

export interface InsertRequest {
  readonly model: string
  /** The fields that rows bring, in order. */
  readonly fields: readonly string[]
  /** Those of them that the caller wrote: their field rules apply, and what they refer to has to be readable. */
  readonly written: readonly string[]
  readonly many: boolean
  readonly ignoreConflictOn: readonly string[] | null
  /** What the writer wants back of the one row; null when nothing is, or when it is read back by itself. */
  readonly answer?: Selection | null
}

export function planInsert(request: InsertRequest, environment: PlanEnvironment): Planned<InsertPlan> {
  const planning = new Planning(environment)
  const at = Standpoint.root(planning, request.model)
  const { model } = at
  requireTable(at)
  const check = model.hidden
    ? always
    : allOf(
        // That rows come into being deleted is nobody's business but theirs who may write that field.
        scopeCondition(at, true),
        openRuleCondition(at, 'create'),
        writableCondition(at, request.written),
        referencesReadable(at, request.written, true),
      )
  return finished(planning, {
    format: planFormat,
    kind: 'insert',
    model: model.name,
    caller: environment.caller,
    fields: request.fields.map(field => ({ field, type: at.typeOf(field) })),
    many: request.many,
    check: isAlways(check) ? null : check,
    ignoreConflictOn: request.ignoreConflictOn,
    returning: madeFields(model, request.fields),
    answer:
      request.many || request.ignoreConflictOn !== null || environment.capabilities.answers === 'none'
        ? null
        : planAnswer(at, request.answer ?? null, request.fields),
    parameters: planning.parameters,
  })
}

/** What of a new row only the database knows: the key that it counts up, and whatever else it fills in. */
export const madeFields = (model: ModelNode, given: readonly string[]): readonly string[] =>
  Object.values(model.fields)
    .filter(
      ({ name, default: source }) => !given.includes(name) && (model.key.includes(name) || source?.from === 'database'),
    )
    .map(({ name }) => name)
