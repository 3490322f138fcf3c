/** States of the models over time. */
export { printSnapshot, readSnapshot, type Snapshot, snapshotOf } from './snapshot.ts'
export { bornModels, withSnapshot } from './with-snapshot.ts'
