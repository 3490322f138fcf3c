/** The snapshot file of an application: read at every start, written in development. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '../error/index.ts'
import { printSnapshot, readSnapshot, type Snapshot, snapshotOf } from '../migrate/index.ts'
import type { ModelGraph } from '../model/index.ts'

export const snapshotFile = 'plinth.snapshot.json'

/** The snapshot of the application, or null when it has none yet. */
export function loadSnapshot(root: string): Snapshot | null {
  const file = join(root, snapshotFile)
  if (!existsSync(file)) return null
  const snapshot = readSnapshot(readFileSync(file, 'utf8'))
  if (snapshot !== null) return snapshot
  throw refusal('boot.snapshot-invalid', { reason: `${snapshotFile} is not one that this version of Plinth reads` })
}

/** Writes the snapshot of the graph when it says something new; true when it did. */
export function saveSnapshot(root: string, graph: ModelGraph): boolean {
  const file = join(root, snapshotFile)
  const text = printSnapshot(snapshotOf(graph))
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false
  // A crash between the two leaves the old file whole.
  const draft = `${file}.${process.pid}.tmp`
  writeFileSync(draft, text)
  renameSync(draft, file)
  return true
}

/**
 * What changed in names since the snapshot, as advice: fields that are gone leave their columns behind, and one that was renamed
 * without saying so looks like one that is gone.
 */
export function goneFields(snapshot: Snapshot | null, graph: ModelGraph): readonly string[] {
  return Object.entries(snapshot?.models ?? {}).flatMap(([name, { table, columns }]) => {
    const model = graph.models[name]
    if (model === undefined) {
      return [`The model ${name} is gone; its table "${table}" stays. To drop it: drop table "${table}"`]
    }
    const taken = new Set(Object.values(model.fields).map(({ column }) => column))
    const fresh = Object.values(model.fields).filter(
      field => !Object.hasOwn(columns, field.name) && field.renamedFrom === null,
    )
    return Object.entries(columns)
      .filter(([, column]) => !taken.has(column))
      .map(([field, column]) => {
        const renamed =
          fresh.length === 1 ? ` If it is called ${fresh[0]?.name} now, write .renamedFrom('${field}') there.` : ''
        return `${name}.${field} is gone; its column stays.${renamed} To drop it: alter table "${table}" drop column "${column}"`
      })
  })
}
