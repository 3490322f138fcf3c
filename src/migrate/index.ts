/** States of the models over time. */
export { printSnapshot, readSnapshot, type Snapshot, snapshotOf, withSnapshot } from './snapshot.ts'
