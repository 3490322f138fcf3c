/** Abilities that can be switched off, and a plan's need of them found by looking through all of it. */
import { refusal } from '../../error/index.ts'
import type { ReadPlan, WriteStep } from '../../query/index.ts'

/** What {@link memoryStore} can be told to do without. */
export type Ability = 'joins' | 'or' | 'transactions' | 'unique' | 'foreignKeys' | 'orderByAnything' | 'aggregates' | 'sequences'

/** The parts of a plan (anything with a `kind` or a `path`) that need an ability, each with the words for the refusal. */
const needs: readonly { readonly ability: Ability; readonly reason: string; readonly found: (part: Part) => boolean }[] = [
  {
    ability: 'joins',
    reason: 'it does not follow relations',
    found: part =>
      part['kind'] === 'some' ||
      (part['kind'] === 'aggregate' && typeof part['relation'] === 'string') ||
      (Array.isArray(part['path']) && part['path'].length > 0) ||
      part['link'] !== undefined,
  },
  {
    ability: 'or',
    reason: 'it does not combine conditions by OR or negate them',
    found: part => part['kind'] === 'or' || part['kind'] === 'not',
  },
  {
    ability: 'aggregates',
    reason: 'it does not compute figures over rows',
    found: part => part['kind'] === 'aggregate' && part['function'] !== 'count' && part['format'] === undefined,
  },
]

type Part = Readonly<Record<string, unknown>>

/** Throws when the plan needs what the store was told to do without. */
export function refuseUnable(plan: ReadPlan | WriteStep, without: ReadonlySet<Ability>, store: string): void {
  if (without.size === 0) return
  const refuse = (reason: string): never => {
    throw refusal('store.unsupported', { store, reason })
  }
  if (without.has('aggregates') && plan.kind === 'aggregate' && plan.measures.some(measure => measure.function !== 'count')) {
    refuse('it does not compute figures over rows')
  }
  if (without.has('orderByAnything') && plan.kind === 'find') {
    for (const { of } of plan.root.order) if (of.kind !== 'field') refuse('it orders rows by their own fields only')
  }
  const wanting = needs.filter(({ ability }) => without.has(ability))
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(visit)
    else if (typeof part === 'object' && part !== null) {
      for (const { reason, found } of wanting) if (found(part as Part)) refuse(reason)
      Object.values(part).forEach(visit)
    }
  }
  // What a plan reads is told again under `reads`; values and types hold nothing that is carried out.
  const { parameters: _parameters, ...carriedOut } = plan
  visit(carriedOut)
}
