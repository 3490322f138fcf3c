/** Reads that writes need, of rows that the engine names itself: without the page, order and limits of a request. */
import { always, type Predicate } from '../model/index.ts'
import { type FindPlan, type Output, planFormat } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { allOf } from './fold.ts'
import { amongTuples } from './given-values.ts'
import { limitProducts } from './limit-products.ts'
import { assembly, decodes } from './plan-outputs.ts'
import { finished, type Planned } from './planned.ts'
import { Planning } from './planning.ts'
import { Standpoint } from './standpoint.ts'

interface NamedRows {
  readonly where: Predicate
  readonly outputs: readonly Output[]
  /** Those of the outputs, unless the number of rows is one of their factors. */
  readonly limitProducts?: FindPlan['limitProducts']
  /** How the engine names them. */
  readonly which: Predicate
  /** It is one row, given back as an object. */
  readonly one?: boolean
}

export function planNamedRows(
  name: string,
  environment: PlanEnvironment,
  rowsAt: (at: Standpoint) => NamedRows,
): Planned<FindPlan> {
  const planning = new Planning(environment)
  const at = Standpoint.root(planning, name)
  const { where, outputs, limitProducts: products, which, one = false } = rowsAt(at)
  return finished(planning, {
    format: planFormat,
    kind: 'find',
    model: name,
    caller: environment.caller,
    root: { model: name, row: 0, where: allOf(which, where), order: [], limit: null, offset: null, outputs },
    cardinality: one ? 'one' : 'many',
    positions: false,
    backward: false,
    count: null,
    versionField: one ? at.model.versionField : null,
    limitProducts: products ?? limitProducts(outputs, []),
    decodes: decodes(outputs),
    parameters: planning.parameters,
    reads: planning.reads(),
  })
}

/** Those whose keys are given, where rows have keys. */
export const amongKeys = (at: Standpoint): Predicate =>
  at.model.key.length === 0 ? always : amongTuples(at, at.model.key)

/** A field as it is stored, whoever may read it: it does not leave the process. */
export const storedOutput = (at: Standpoint, field: string, output = field): Output => ({
  kind: 'value',
  output,
  of: at.field(field),
  type: at.typeOf(field),
  visible: null,
  assemble: assembly(at.planning, at.typeOf(field)),
})
