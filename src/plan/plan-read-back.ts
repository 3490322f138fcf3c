/** What a writer gets back: written rows as the caller may read them (semantics 3). */
import { integerType } from '../model/index.ts'
import type { FindPlan, Selection } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { equalKey } from './given-values.ts'
import { limitProducts } from './limit-products.ts'
import { amongKeys, planNamedRows, storedOutput } from './named-rows.ts'
import { planOutputs } from './plan-outputs.ts'
import type { Planned } from './planned.ts'
import { readableOrNever } from './readable.ts'

/** Rows as `{ row, key: {…} }` each, so that the engine can put them in order. */
export function planReadBack(model: string, select: Selection, environment: PlanEnvironment): Planned<FindPlan> {
  return planNamedRows(model, environment, at => {
    const outputs = planOutputs(at, select)
    const count = at.planning.parameter({ source: 'step', name: 'rows', type: integerType, list: false }).index
    return {
      where: readableOrNever(at),
      outputs: [
        { kind: 'object', output: 'row', outputs },
        { kind: 'object', output: 'key', outputs: at.model.key.map(field => storedOutput(at, field)) },
      ],
      // How many rows were written bounds them, as a page's limit does.
      limitProducts: limitProducts(outputs, [count]),
      which: amongKeys(at),
    }
  })
}

/** One row without an envelope: the bytes go out as the database made them. */
export const planReadBackOne = (model: string, select: Selection, environment: PlanEnvironment): Planned<FindPlan> =>
  planNamedRows(model, environment, at => ({
    where: readableOrNever(at),
    outputs: planOutputs(at, select),
    which: equalKey(at),
    one: true,
  }))
