/** Abilities that can be switched off, and a plan's need of them found by looking through all of it. */
import type { ReadPlan, WriteStep } from '../../query/index.ts'

/** What {@link memoryStore} can be told to do without. */
export type Ability =
  | 'joins'
  | 'or'
  | 'transactions'
  | 'unique'
  | 'foreignKeys'
  | 'orderByAnything'
  | 'aggregates'
  | 'sequences'

type Part = Readonly<Record<string, unknown>>

/** Which parts of a plan need an ability. */
const needs: Partial<Record<Ability, (part: Part) => boolean>> = {
  joins: part =>
    part['kind'] === 'some' ||
    (part['kind'] === 'aggregate' && typeof part['relation'] === 'string') ||
    (Array.isArray(part['path']) && part['path'].length > 0) ||
    part['link'] !== undefined,
  or: part =>
    part['kind'] === 'or' ||
    part['kind'] === 'not' ||
    (part['kind'] === 'seek' && Array.isArray(part['terms']) && part['terms'].length > 1),
  aggregates: part =>
    part['kind'] === 'aggregate' && (part['function'] === undefined ? isFigure(part) : part['function'] !== 'count'),
  orderByAnything: part => Array.isArray(part['order']) && part['order'].some(isNotField),
}

const isFigure = (plan: Part): boolean =>
  (Array.isArray(plan['groupBy']) && plan['groupBy'].length > 0) ||
  (Array.isArray(plan['measures']) && plan['measures'].some((measure: Part) => measure['function'] !== 'count'))

const isNotField = (term: Part): boolean =>
  (term['of'] as Part | undefined)?.['kind'] !== 'field' && term['output'] === undefined

/**
 * Throws when the plan needs what the store was told to do without. The planner has to refuse such a request with a code, so this is
 * no coded error: it shows a mistake of the planner.
 */
export function requireAble(plan: ReadPlan | WriteStep, without: ReadonlySet<Ability>): void {
  if (without.size === 0) return
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(visit)
    else if (typeof part === 'object' && part !== null) {
      for (const ability of without) {
        if (needs[ability]?.(part as Part) === true)
          throw new Error(`The plan needs "${ability}", which this store does not have.`)
      }
      Object.values(part).forEach(visit)
    }
  }
  visit(plan)
}
