/** How rows stand with the rules that a write has to fulfil. */
import { always, booleanType, foldedFields, type Predicate } from '../model/index.ts'
import type { FindPlan, Output } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'
import { allOf } from './fold.ts'
import { equalGiven } from './given-values.ts'
import { amongKeys, planNamedRows, storedOutput } from './named-rows.ts'
import type { Planned } from './planned.ts'
import { readableOrNever, requireAlwaysVisible, ruleCondition, scopeCondition } from './readable.ts'
import type { Standpoint } from './standpoint.ts'
import { referencesReadable, writableCondition } from './writable.ts'

export interface StatusRequest {
  readonly model: string
  /** `create`: whether a row that is as this one could be created. `link`: nothing is asked but the field rules of what is written. */
  readonly operation: 'create' | 'update' | 'delete' | 'link'
  /** Fields that the caller writes: their field rules and references count too. */
  readonly written: readonly string[]
  readonly withDeleted: boolean
  /** Fields of a unique: the row is the one with the values that the engine gives for them under `by.<field>`, instead of those with its keys. */
  readonly by?: readonly string[]
}

/**
 * The rows whose keys the engine gives, as rows of their key fields and `{ $readable, $allowed, $references, $version }`. A row that is not there
 * at all is missing.
 */
export function planStatus(request: StatusRequest, environment: PlanEnvironment): Planned<FindPlan> {
  const { by, operation, withDeleted, written } = request
  return planNamedRows(request.model, environment, at => {
    const { key, versionField } = at.model
    return {
      where: scopeCondition(at, withDeleted),
      outputs: [
        ...key.map(field => storedOutput(at, field)),
        truth('$readable', readableOrNever(at, withDeleted)),
        truth(
          '$allowed',
          allOf(operation === 'link' ? always : ruleCondition(at, operation), writableCondition(at, written)),
        ),
        truth('$references', referencesReadable(at, written)),
        ...(versionField === null ? [] : [storedOutput(at, versionField, '$version')]),
      ],
      which: by === undefined ? amongKeys(at) : byUnique(at, by),
    }
  })
}

const truth = (output: string, of: Predicate): Output => ({
  kind: 'value',
  output,
  of: { kind: 'condition', of },
  type: booleanType,
  visible: null,
  assemble: 'store',
})

/** Whoever names fields has to know them of every row: whether there is such a row tells their values. */
function byUnique(at: Standpoint, by: readonly string[]): Predicate {
  const folded = foldedFields(at.model, by)
  return allOf(
    ...by.map(field => {
      requireAlwaysVisible(at, field, 'find by')
      return equalGiven(at, field, `by.${field}`, folded.has(field))
    }),
  )
}
