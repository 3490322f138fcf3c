/** `plinth migrate rename`: a table or column goes over to its new name, in the snapshot. */
import { renameInSnapshot, snapshotOf, snapshotOfState, stateBefore } from '../../migrate/index.ts'
import { loadSnapshot, writeSnapshot } from '../follow-snapshot.ts'
import type { MigratedApplication } from './migrated-application.ts'

export function renameBornName({ root, history, graph }: MigratedApplication, from: string, to: string): void {
  const snapshot = loadSnapshot(root) ?? snapshotOf(graph, snapshotOfState(stateBefore(history)))
  writeSnapshot(root, renameInSnapshot(snapshot, graph, { from, to }))
}
