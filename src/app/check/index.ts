/** The registry of checks. */
import type { Check } from './check.ts'
import { handlersWithoutAllow } from './handler-checks.ts'
import { computedOverClosedModels, modelsWithoutRules, writesWithoutReads } from './model-checks.ts'
import { systemUses } from './system-uses.ts'

export { type Check, type CheckSubject, type CheckedFinding, type Finding, runChecks } from './check.ts'

/** What every application is checked for; extensions add theirs. */
export const ownChecks: readonly Check[] = [
  modelsWithoutRules,
  writesWithoutReads,
  computedOverClosedModels,
  handlersWithoutAllow,
  systemUses,
]
