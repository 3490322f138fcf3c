/** The oracle: answers requests by brute force from declaration, rules and rows. It shares no code with planner or stores. */
export { type Aggregated, aggregate } from './aggregate.ts'
export { type Answer, type Asking, find, type Found } from './find.ts'
export type { Row, World } from './world.ts'
