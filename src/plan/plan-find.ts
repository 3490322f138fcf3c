/** A find request → a find plan, or a coded refusal. */
import { refusal } from '../error/index.ts'
import { always, comparedType, foldedFields, type Predicate } from '../model/index.ts'
import { type FindPlan, type FindRequest, planFormat } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { equal } from './equal.ts'
import { allOf } from './fold.ts'
import { limitProducts } from './limit-products.ts'
import { attribute } from './name.ts'
import { planFilter } from './plan-filter.ts'
import { type PlannedOrder, planOrder } from './plan-order.ts'
import { decodes, planOutputs } from './plan-outputs.ts'
import { finished, type Planned } from './planned.ts'
import { Planning } from './planning.ts'
import { readableCondition, requireAlwaysVisible } from './readable.ts'
import { rowLimit } from './row-limit.ts'
import { Standpoint } from './standpoint.ts'

export function planFind(request: FindRequest, environment: PlanEnvironment): Planned<FindPlan> {
  const planning = new Planning(environment)
  const at = Standpoint.root(planning, request.model)
  const { model } = at
  const readable = readableCondition(at, request.withDeleted)
  const by = planAddress(at, request.by)
  const filter = planFilter(at, request.where)
  const one = request.by !== null
  const order = planOrder(at, one ? [] : request.sort)
  const matching = allOf(readable, by, filter)
  const limit =
    one || request.unlimited === true ? null : rowLimit(planning, request, environment.limits.defaultPage, 1, 'limit')
  const outputs = planOutputs(at, request.select, limit === null ? 'others' : 'page')
  return finished(planning, {
    format: planFormat,
    kind: 'find',
    model: model.name,
    caller: environment.caller,
    root: {
      model: model.name,
      row: 0,
      where: request.seek === null ? matching : allOf(matching, planSeek(at, order, request.seek.direction)),
      order: one ? [] : order.terms,
      limit,
      offset: request.offset === null ? null : pageOffset(planning, request.offset),
      outputs,
    },
    cardinality: one ? 'one' : 'many',
    positions: !one && order.keyset,
    backward: request.seek?.direction === 'before',
    count: request.count ? matching : null,
    versionField: one ? model.versionField : null,
    limitProducts: limitProducts(outputs, limit === null ? [] : [limit]),
    decodes: decodes(outputs),
    parameters: planning.parameters,
    reads: planning.reads(),
  })
}

/** The condition that names one row by its key or a unique field. */
function planAddress(at: Standpoint, by: FindRequest['by']): Predicate {
  if (by === null) return always
  const { model, planning } = at
  const folded = foldedFields(model, by.fields)
  return allOf(
    ...by.fields.map((name, position): Predicate => {
      const { type } = attribute(model, name).node
      const slot = by.slots[position]
      if (slot === undefined) throw new Error(`The address of ${model.name} has no value for ${name}`)
      requireAlwaysVisible(at, name, 'find by')
      planning.noteRead(model.name, name)
      const given = planning.parameter({ source: 'request', slot, type: comparedType(type), list: false, name })
      return equal(at.field(name), given, folded.has(name))
    }),
  )
}

function pageOffset(planning: Planning, slot: number): number {
  const maximum = planning.environment.limits.offset
  return planning.parameter({ source: 'offset', slot, maximum, name: 'offset' }).index
}

function planSeek({ model, planning }: Standpoint, order: PlannedOrder, direction: 'after' | 'before'): Predicate {
  if (model.key.length === 0) throw refusal('request.no-key', { model: model.name, what: 'a page by cursor' })
  if (!order.keyset) {
    throw refusal('request.not-sortable', {
      name: direction,
      reason: 'a sort that depends on who asks has no cursors; page it by offset',
    })
  }
  return {
    kind: 'seek',
    backward: direction === 'before',
    terms: order.terms.map(({ of, type, direction: towards, nullable }, index) => ({
      of,
      direction: towards,
      nullable,
      position: planning.parameter({ source: 'cursor', index, type: comparedType(type), nullable }),
    })),
  }
}
