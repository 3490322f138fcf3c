/** Which rows a step of a write concerns. */
import { refusal } from '../error/index.ts'
import type { Predicate } from '../model/index.ts'
import type { FilterRequest } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { equal } from './equal.ts'
import { allOf } from './fold.ts'
import { amongTuples, equalGiven, equalKey } from './given-values.ts'
import { leavesRow } from './leaves-row.ts'
import { planFilter } from './plan-filter.ts'
import type { Standpoint } from './standpoint.ts'

/** The row whose key the engine gives, rows whose keys it gives, or those that a filter finds. */
export type Target =
  | { readonly kind: 'key' }
  | { readonly kind: 'keys' }
  /** Those of them that a filter finds: since their keys were found, others may have changed them. */
  | { readonly kind: 'found'; readonly where: FilterRequest }
  /** Those of them that are softly deleted. */
  | { readonly kind: 'deletedKeys' }
  | { readonly kind: 'filter'; readonly where: FilterRequest }
  /** Rows that refer to rows whose keys the engine gives. */
  | { readonly kind: 'referring'; readonly fields: readonly string[] }

export function targetCondition(at: Standpoint, target: Target): Predicate {
  const { key, softDeleteField } = at.model
  switch (target.kind) {
    case 'key':
      return equalKey(at)
    case 'keys':
      return amongTuples(at, key)
    case 'found':
      return allOf(amongTuples(at, key), planFilter(at, target.where))
    case 'deletedKeys': {
      const moment = at.field(softDeleteField ?? '')
      // Null equals nothing, itself neither: this needs no negation, which a store may lack.
      return allOf(amongTuples(at, key), equal(moment, moment))
    }
    case 'referring':
      return amongTuples(at, target.fields)
    case 'filter':
      return planFilter(at, target.where)
    default:
      return target satisfies never
  }
}

/** The row has the version that the engine gives. */
export function versionCondition(at: Standpoint): Predicate {
  const { name, versionField: field } = at.model
  if (field === null) throw new Error(`${name} has no version`)
  return equalGiven(at, field, 'version')
}

/** Whether the store needs no transaction for the step. */
export function isSingle(target: Target, where: Predicate, { capabilities }: PlanEnvironment): boolean {
  if (target.kind !== 'key') return false
  return capabilities.answers === 'writes' || (capabilities.answers === 'plainWrites' && !leavesRow(where))
}

/** A view has no rows of its own. */
export function requireTable({ model }: Standpoint): void {
  if (model.view) throw refusal('writes.view', { model: model.name })
}
