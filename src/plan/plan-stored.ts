/** The stored fields of rows, private ones included, for hooks and cascades. They do not leave the process. */
import type { FindPlan } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { amongKeys, planNamedRows, storedOutput } from './named-rows.ts'
import type { Planned } from './planned.ts'
import { scopeCondition } from './readable.ts'

export const planStored = (model: string, environment: PlanEnvironment): Planned<FindPlan> =>
  planNamedRows(model, environment, at => ({
    where: scopeCondition(at, true),
    outputs: Object.keys(at.model.fields).map(field => storedOutput(at, field)),
    which: amongKeys(at),
  }))
