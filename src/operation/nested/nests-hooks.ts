/** Whether a nested write reaches a model with hooks: user code then runs inside the transaction. */
import type { Engine } from '../../engine/index.ts'
import { deleteRunsHooks } from '../delete/referential-actions.ts'
import type { ParsedRow } from '../parse/parsed-row.ts'
import { hasHooks } from '../run-hooks.ts'

export function nestsHooks(engine: Engine, row: ParsedRow): boolean {
  return row.nested.some(({ relation }) => {
    const join = relation.through === null ? null : engine.model(relation.through.model)
    return hasHooks(engine, engine.model(relation.target)) || (join !== null && deleteRunsHooks(engine, join))
  })
}
