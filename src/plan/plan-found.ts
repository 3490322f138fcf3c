/** Rows that a write looks up by the values of some fields: those that the caller may read. */
import type { Predicate } from '../model/index.ts'
import type { FindPlan, OutputRequest } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { allOf, anyOf } from './fold.ts'
import { amongTuples, equalGiven } from './given-values.ts'
import { planNamedRows, storedOutput } from './named-rows.ts'
import { planOutputs } from './plan-outputs.ts'
import type { Planned } from './planned.ts'
import { readableCondition, requireAlwaysVisible } from './readable.ts'
import type { Standpoint } from './standpoint.ts'

export interface FoundRequest {
  readonly model: string
  /** The fields whose values are given, and those of them whose letter case does not count. */
  readonly by: readonly string[]
  readonly folded: readonly string[]
  /** How many tuples of values are compared one by one, given under `by.<tuple>.<place>`; null where they are one list under `keys`. */
  readonly apart: number | null
  readonly wanted: readonly string[]
}

/** The limits of requests are none of it: it is Plinth that asks. */
export function planFound(request: FoundRequest, environment: PlanEnvironment): Planned<FindPlan> {
  return planNamedRows(request.model, environment, at => {
    // Keys do not leave the process: by them rows are written that their writer may see without them.
    const isKey = (field: string): boolean => at.model.key.includes(field)
    const keys = request.wanted.filter(isKey)
    const others = request.wanted.filter(field => !isKey(field))
    const outputs = others.map((field): OutputRequest => ({ kind: 'field', output: field, field }))
    return {
      where: readableCondition(at),
      outputs: [...keys.map(field => storedOutput(at, field)), ...planOutputs(at, { defaults: false, outputs })],
      which: withValues(at, request),
    }
  })
}

function withValues(at: Standpoint, { by, folded, apart }: FoundRequest): Predicate {
  for (const name of by) requireAlwaysVisible(at, name, 'filter by')
  if (apart === null) return amongTuples(at, by)
  const tuples = Array.from({ length: apart }, (_, tuple) =>
    allOf(...by.map((field, place) => equalGiven(at, field, foundStep(tuple, place), folded.includes(field)))),
  )
  return anyOf(...tuples)
}

/** The name of a value among the steps of a look-up. */
export const foundStep = (tuple: number, place: number): string => `by.${tuple}.${place}`
