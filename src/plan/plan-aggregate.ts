/** An aggregate request → an aggregate plan. It ranges over the rows that the caller may read (semantics 4). */
import { refusal } from '../error/index.ts'
import { perhaps } from '../lib/index.ts'
import { aggregateType } from '../model/index.ts'
import { type AggregatePlan, type AggregateRequest, planFormat } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { allOf } from './fold.ts'
import { comparable, planFilter } from './plan-filter.ts'
import { planOrder } from './plan-order.ts'
import { finished, type Planned } from './planned.ts'
import { Planning } from './planning.ts'
import { readableCondition } from './readable.ts'
import { Standpoint } from './standpoint.ts'

export function planAggregate(request: AggregateRequest, environment: PlanEnvironment): Planned<AggregatePlan> {
  const planning = new Planning(environment)
  const at = Standpoint.root(planning, request.model)
  const { model } = at
  const where = allOf(readableCondition(at, request.withDeleted), planFilter(at, request.where))
  const outputs = new Set<string>()
  const claim = (output: string): string => {
    if (outputs.has(output)) {
      throw refusal('request.unknown-aggregate', { name: output, model: model.name, reason: 'the name is used twice' })
    }
    outputs.add(output)
    return output
  }
  return finished(planning, {
    format: planFormat,
    kind: 'aggregate',
    model: model.name,
    caller: environment.caller,
    where,
    groupBy: request.groupBy.map(({ output, path }) => ({ output: claim(output), ...groupKey(at, path) })),
    measures: request.measures.map(({ output, function: name, field }) => ({
      output: claim(output),
      function: name,
      ...planning.calculating(output, () => measured(at, name, field)),
    })),
    order: groupOrder(request, outputs),
    limit:
      request.groupBy.length === 0
        ? null
        : planning.parameter({
            source: 'limit',
            slot: request.limit,
            fallback: environment.limits.maximumPage,
            maximum: environment.limits.maximumRows,
            peek: 0,
            name: 'limit',
          }).index,
    parameters: planning.parameters,
    reads: planning.reads(),
  })
}

/** What was asked for, then the groups' own values: no two groups have the same, so the order is total and alike on every store. */
function groupOrder({ sort, groupBy }: AggregateRequest, outputs: ReadonlySet<string>): AggregatePlan['order'] {
  const named = new Set<string>()
  for (const { output } of sort) {
    if (named.has(output))
      throw refusal('request.not-sortable', { name: output, reason: 'it stands in the sort twice' })
    named.add(output)
    if (outputs.has(output)) continue
    throw refusal('request.not-sortable', {
      name: output,
      reason: `groups have no such column${perhaps(output, outputs)}`,
    })
  }
  const rest = groupBy.filter(({ output }) => !named.has(output))
  return [...sort, ...rest.map(({ output }) => ({ output, direction: 'ascending' as const }))]
}

/** A group key follows the rules of sorting: an own field, or a field of a to-one relation. */
function groupKey(at: Standpoint, path: readonly string[]): Pick<AggregatePlan['groupBy'][number], 'of' | 'type'> {
  const term = planOrder(at, [{ path, direction: 'ascending' }], 'group').terms[0]
  if (term === undefined) throw new Error('A group key needs a path')
  return { of: term.of, type: term.type }
}

function measured(
  at: Standpoint,
  name: AggregatePlan['measures'][number]['function'],
  field: string | null,
): Pick<AggregatePlan['measures'][number], 'of' | 'type'> {
  const model = at.model.name
  const refuse = (reason: string): Error =>
    refusal('request.unknown-aggregate', { name: field === null ? name : `${name}(${field})`, model, reason })
  if (field === null) {
    const counted = aggregateType(name, null)
    if (counted === undefined) throw refuse(`${name} needs a field`)
    return { of: null, type: counted.type }
  }
  const { expression, type } = comparable(at, field, 'aggregate')
  const result = aggregateType(name, type)
  if (result === undefined)
    throw refuse(`${type.kind} values ${name === 'min' || name === 'max' ? 'have no order' : 'cannot be added'}`)
  if (name === 'sum' || name === 'avg') at.planning.countCalculation()
  return { of: expression, type: result.type }
}
