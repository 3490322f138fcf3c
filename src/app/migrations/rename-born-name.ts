/** `plinth migrate rename`: a table or column goes over to its new name, in the snapshot. */
import { renameInSnapshot, snapshotOf } from '../../migrate/index.ts'
import { loadSnapshot, writeSnapshot } from '../follow-snapshot.ts'
import type { MigratedApplication } from './migrated-application.ts'

export function renameBornName({ root, graph }: MigratedApplication, from: string, to: string): void {
  const snapshot = loadSnapshot(root) ?? snapshotOf(graph)
  writeSnapshot(root, renameInSnapshot(snapshot, graph, { from, to }))
}
