/**
 * Faults to seed into the planner, one at a time. Each is a change of text that has to fit exactly once, so a planner that has been
 * rewritten makes the test fail until its faults have been rewritten, too.
 */
import type { Fault } from './fault.ts'
import { requestFaults } from './request-faults.ts'
import { ruleFaults } from './rule-faults.ts'
import { writeFaults } from './write-faults.ts'

export const faults: readonly Fault[] = [...ruleFaults, ...requestFaults, ...writeFaults]
