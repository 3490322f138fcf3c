/** The oracle: answers requests by brute force from declaration, rules and rows. It shares no code with planner or stores. */
export { aggregate } from './aggregate.ts'
export { folded } from './datum.ts'
export type { Rows } from './ledger.ts'
export { write, type WriteOutcome, type WriteRequest } from './write.ts'
export { type Answer, find, type Found, shown } from './find.ts'
export type { Row, World } from './world.ts'
