/** A delete request → a delete plan, with rule and version in its condition. */
import { always } from '../model/index.ts'
import { type DeletePlan, planFormat } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { allOf } from './fold.ts'
import { finished, type Planned } from './planned.ts'
import { Planning } from './planning.ts'
import { openRuleCondition, readableCondition } from './readable.ts'
import { Standpoint } from './standpoint.ts'
import { isSingle, requireTable, type Target, targetCondition, versionCondition } from './target.ts'

export interface DeleteRequest {
  readonly model: string
  readonly target: Target
  /** Rows have to have the version that the engine gives under `version`. */
  readonly ifVersion: boolean
  /** Null when the engine has already made sure that the rows may be deleted. */
  readonly rule: 'delete' | null
}

export function planDelete(request: DeleteRequest, environment: PlanEnvironment): Planned<DeletePlan> {
  const planning = new Planning(environment)
  const at = Standpoint.root(planning, request.model)
  const { model } = at
  requireTable(at)
  const where = allOf(
    targetCondition(at, request.target),
    request.rule === null ? always : allOf(readableCondition(at), openRuleCondition(at, request.rule)),
    request.ifVersion ? versionCondition(at) : always,
  )
  return finished(planning, {
    format: planFormat,
    kind: 'delete',
    model: model.name,
    caller: environment.caller,
    where,
    returning: model.key,
    single: isSingle(request.target, where, environment),
    parameters: planning.parameters,
  })
}
