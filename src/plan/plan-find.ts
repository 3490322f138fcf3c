/** A find request → a find plan, or a coded refusal. */
import { refusal } from '../error/index.ts'
import { comparedType, foldedFields, type ModelNode, type Predicate } from '../model/index.ts'
import { type FindPlan, type FindRequest, type OrderTerm, planFormat } from '../query/index.ts'
import { type PlanEnvironment, Planning, type Question } from './environment.ts'
import { allOf } from './fold.ts'
import { attribute } from './name.ts'
import { planFilter } from './plan-filter.ts'
import { planOrder } from './plan-order.ts'
import { planOutputs } from './plan-outputs.ts'
import { requireCapabilities } from './require-capabilities.ts'
import { readableCondition, requireAlwaysVisible } from './readable.ts'

/** A plan, and the answers about the caller under which it holds. */
export interface Planned<Plan> {
  readonly plan: Plan
  readonly questions: readonly Question[]
}

export function planFind(request: FindRequest, environment: PlanEnvironment): Planned<FindPlan> {
  const planning = new Planning(environment)
  const model = planning.model(request.model)
  const rows = [model.name]
  const readable = readableCondition(planning, rows, request.withDeleted)
  const by = planAddress(planning, rows, model, request.by)
  const filter = planFilter(planning, rows, request.where)
  const one = request.by !== null
  const order = planOrder(planning, rows, one ? [] : request.sort)
  const matching = allOf(readable, by, filter)
  const limit = one || request.unlimited === true ? null : pageLimit(planning, request)
  const outputs = planOutputs(planning, rows, request.select, limit === null ? [] : [limit])
  const plan: FindPlan = {
    format: planFormat,
    kind: 'find',
    model: model.name,
    caller: environment.caller,
    root: {
      model: model.name,
      row: 0,
      where:
        request.seek === null ? matching : allOf(matching, planSeek(planning, model, order, request.seek.direction)),
      order: one ? [] : order.terms,
      limit,
      offset: request.offset === null ? null : pageOffset(planning, request.offset),
      outputs: outputs.outputs,
    },
    cardinality: one ? 'one' : 'many',
    positions: !one && order.keyset,
    backward: request.seek?.direction === 'before',
    count: request.count ? matching : null,
    versionField: one ? model.versionField : null,
    limitProducts: outputs.limitProducts,
    decodes: JSON.stringify(outputs.outputs).includes('"assemble":"decode"'),
    parameters: planning.parameters,
    reads: planning.reads(),
  }
  requireCapabilities(plan, environment)
  return { plan, questions: planning.questions }
}

/** The condition that names one row by its key or a unique field. */
function planAddress(planning: Planning, rows: readonly string[], model: ModelNode, by: FindRequest['by']): Predicate {
  if (by === null) return allOf()
  const folded = foldedFields(model, by.fields)
  return allOf(
    ...by.fields.map((name, position): Predicate => {
      const { type } = attribute(model, name).node
      const slot = by.slots[position]
      if (slot === undefined) throw new Error(`The address of ${model.name} has no value for ${name}`)
      requireAlwaysVisible(planning, rows, model, name, 'find by')
      planning.noteRead(model.name, name)
      const sides = {
        left: { kind: 'field', row: rows.length - 1, path: [], field: name },
        right: planning.parameter({ source: 'request', slot, type: comparedType(type), list: false, name }),
      } as const
      return folded.has(name)
        ? { kind: 'text', operator: 'equals', insensitive: true, ...sides }
        : { kind: 'compare', operator: 'eq', ...sides }
    }),
  )
}

function pageLimit(planning: Planning, request: FindRequest): number {
  const { limits } = planning.environment
  return planning.parameter({
    source: 'limit',
    slot: request.limit,
    fallback: request.fixedLimit ?? limits.defaultPage,
    maximum: Math.max(limits.maximumPage, request.fixedLimit ?? 0),
    peek: 1,
    name: 'limit',
  }).index
}

function pageOffset(planning: Planning, slot: number): number {
  const maximum = planning.environment.limits.offset
  return planning.parameter({ source: 'offset', slot, maximum, name: 'offset' }).index
}

function planSeek(
  planning: Planning,
  model: ModelNode,
  order: { readonly terms: readonly OrderTerm[]; readonly keyset: boolean },
  direction: 'after' | 'before',
): Predicate {
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
