/** An update request → an update plan, with filter, rules and version in its condition. */
import { always, type Expression } from '../model/index.ts'
import { planFormat, type Selection, type UpdatePlan } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { allOf } from './fold.ts'
import { planAnswer } from './plan-answer.ts'
import { finished, type Planned } from './planned.ts'
import { Planning } from './planning.ts'
import { openRuleCondition, readableCondition, type RuledOperation, scopeCondition } from './readable.ts'
import { Standpoint } from './standpoint.ts'
import { isSingle, requireTable, type Target, targetCondition, versionCondition } from './target.ts'
import { writableCondition } from './writable.ts'

export interface UpdateRequest {
  readonly model: string
  readonly target: Target
  /**
   * The fields to set, from values that the engine gives under `set.<field>`. None: the rows stay as they are, and are held until the transaction
   * ends, as those that change.
   */
  readonly set: readonly string[]
  /** Those of them that the caller wrote. */
  readonly written: readonly string[]
  /** Count the version up. */
  readonly version: boolean
  /** Rows have to have the version that the engine gives under `version`. */
  readonly ifVersion: boolean
  /** Under which rule rows may be touched; null when the engine has already made sure. */
  readonly rule: RuledOperation | null
  /** Soft-deleted rows are meant too (restore). */
  readonly withDeleted: boolean
  /** Rows that any scope hides are meant too, where no rule is asked. */
  readonly unscoped?: boolean
  /** What the writer wants back of the one row; null when nothing is, or when it is read back by itself. */
  readonly answer?: Selection | null
}

export function planUpdate(request: UpdateRequest, environment: PlanEnvironment): Planned<UpdatePlan> {
  const planning = new Planning(environment)
  const at = Standpoint.root(planning, request.model)
  const { model } = at
  requireTable(at)
  const set: UpdatePlan['set'][number][] = request.set.map(field => ({
    field,
    to: planning.stepValue(`set.${field}`, at.typeOf(field)),
  }))
  const { versionField } = model
  // Code that acts for the system may give a version.
  if (request.version && versionField !== null && !request.set.includes(versionField))
    set.push({ field: versionField, to: nextVersion(at, versionField) })
  const where = allOf(
    targetCondition(at, request.target),
    request.rule === null
      ? request.unscoped === true
        ? always
        : scopeCondition(at, request.withDeleted)
      : allOf(
          readableCondition(at, request.withDeleted),
          openRuleCondition(at, request.rule),
          writableCondition(at, request.written),
        ),
    request.ifVersion ? versionCondition(at) : always,
  )
  const single = isSingle(request.target, where, environment)
  return finished(planning, {
    format: planFormat,
    kind: 'update',
    model: model.name,
    caller: environment.caller,
    where,
    set,
    returning: model.key,
    single,
    answer: single ? planAnswer(at, request.answer ?? null, request.set) : null,
    parameters: planning.parameters,
  })
}

function nextVersion(at: Standpoint, field: string): Expression {
  const type = at.typeOf(field)
  return { kind: 'call', function: 'add', arguments: [at.field(field), { kind: 'literal', value: 1, type }], type }
}
