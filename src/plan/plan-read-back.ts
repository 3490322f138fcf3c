/** What a writer gets back: written rows as the caller may read them (semantics 3). */
import { integerType } from '../model/index.ts'
import type { FindPlan, Output, Selection } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { equalKey } from './given-values.ts'
import { amongKeys, planNamedRows, storedOutput } from './named-rows.ts'
import { planOutputs } from './plan-outputs.ts'
import type { Planned } from './planned.ts'
import { readableOrNever } from './readable.ts'

/** Rows as `{ row, key: {…} }` each, so that the engine can put them in order. */
export function planReadBack(
  model: string,
  select: Selection,
  withDeleted: boolean,
  environment: PlanEnvironment,
): Planned<FindPlan> {
  return planNamedRows(model, environment, at => {
    const { outputs } = planOutputs(at, select, [])
    const count = at.planning.parameter({ source: 'step', name: 'rows', type: integerType, list: false }).index
    return {
      where: readableOrNever(at, withDeleted),
      outputs: [
        { kind: 'object', output: 'row', outputs },
        { kind: 'object', output: 'key', outputs: at.model.key.map(field => storedOutput(at, field)) },
      ],
      limitProducts: limitsWithin(outputs, [count]),
      which: amongKeys(at),
    }
  })
}

/** The limits that multiply down to each list: how many rows were written is one of them, as a page's limit is. */
const limitsWithin = (outputs: readonly Output[], around: readonly number[]): readonly (readonly number[])[] =>
  outputs.flatMap(output => {
    if (output.kind === 'value') return []
    if (output.kind === 'object') return limitsWithin(output.outputs, around)
    const { limit } = output.node
    if (limit === null) return limitsWithin(output.node.outputs, around)
    const limits = [...around, limit]
    return [limits, ...limitsWithin(output.node.outputs, limits)]
  })

/** One row without an envelope: the bytes go out as the database made them. */
export const planReadBackOne = (
  model: string,
  select: Selection,
  withDeleted: boolean,
  environment: PlanEnvironment,
): Planned<FindPlan> =>
  planNamedRows(model, environment, at => ({
    where: readableOrNever(at, withDeleted),
    ...planOutputs(at, select, []),
    which: equalKey(at),
    one: true,
  }))
