/**
 * Faults to seed into the planner, one at a time. Each is a change of text that has to fit exactly once, so a planner that has been
 * rewritten makes the test fail until its faults have been rewritten, too.
 */
import type { Fault } from './fault.ts'
import { requestFaults } from './request-faults.ts'
import { ruleFaults } from './rule-faults.ts'
import { writeFaults } from './write-faults.ts'

export const faults: readonly Fault[] = [...ruleFaults, ...requestFaults, ...writeFaults]

/** Each run hunts these: what semantics 40 names, and the one fault of the file that keeps the plans of callers apart. */
const named: readonly string[] = [
  'rule dropped in none',
  'rule dropped from the count',
  'rule dropped in aggregates',
  'rule dropped in to-many includes',
  'upsert onto a row that may not be read',
  'connected to rows that the caller may not read',
  "an include's limit dropped",
  'nulls first',
  'tie-breaker removed',
  'field rule skipped in sort',
  'a plan that was made for one caller serves another',
]

/** And so many of the others, spread over all of them. */
const more = 20

/** What each run hunts. */
export function huntedEachRun(): readonly Fault[] {
  const others = faults.filter(({ name }) => !named.includes(name))
  const chosen = others.filter((_fault, index) => (index * more) % others.length < more)
  const hunted = faults.filter(fault => named.includes(fault.name) || chosen.includes(fault))
  if (hunted.length !== named.length + more) throw new Error('A fault that each run has to hunt is not there.')
  return hunted
}
