/** Where a database stands: which migrations ran on it, which wait, and what does not fit together. */
import type { MigrationSession } from '../../store/sql/index.ts'
import { ancestorsOf, type History } from '../history/history.ts'
import { readSteps } from '../history/step-file.ts'
import { heldBack } from './held-back.ts'
import { hasDowntimeLeft, isAsItRan, Journal, type JournalEntry, type Position, stepsOf } from './journal.ts'

export interface MigrationStatus {
  readonly id: string
  /** `waits`: nothing of it ran; `unknown`: it ran, and the folder does not have it. */
  readonly position: Position | 'waits' | 'unknown'
  readonly steps: number
  readonly done: number
  /** Its file is not what ran. */
  readonly edited: boolean
  /** It cannot begin before the second half of another one is done. */
  readonly held: boolean
  /** What is left of it runs only while no version of the application does. */
  readonly downtime: boolean
}

export async function readStatus(
  session: MigrationSession,
  history: History,
  database: string,
): Promise<readonly MigrationStatus[]> {
  return statusesOf(await new Journal(session).entries(), history, database)
}

export function statusesOf(
  entries: ReadonlyMap<string, JournalEntry>,
  history: History,
  database: string,
): readonly MigrationStatus[] {
  const all = history.migrations.map(migration => {
    const read = readSteps(migration.files[database] ?? '')
    const file = read.ok ? read.file : { first: [], second: [] }
    return { migration, file, entry: entries.get(migration.id) ?? null }
  })
  // On an empty database all halves run at once.
  const held = entries.size === 0 ? new Set<string>() : heldBack(all)
  const known = all.map(({ migration: { id }, file, entry }): MigrationStatus => {
    const steps = stepsOf(file).length
    const downtime = hasDowntimeLeft(file, entry)
    if (entry === null) return { id, position: 'waits', steps, done: 0, edited: false, held: held.has(id), downtime }
    const { position, steps: done } = entry
    return { id, position, steps, done, edited: !isAsItRan(entry, file), held: false, downtime }
  })
  const unknown = [...entries.values()]
    .filter(({ id }) => !history.migrations.some(migration => migration.id === id))
    .map(({ id, steps }): MigrationStatus => ({
      id,
      position: 'unknown',
      steps,
      done: steps,
      edited: false,
      held: false,
      downtime: false,
    }))
  return [...known, ...unknown]
}

/** Migrations of which both halves are done, with what they build on: the state that the database should have. */
export function finished(history: History, statuses: readonly MigrationStatus[]): History['migrations'] {
  const done = new Set(statuses.filter(({ position }) => position === 'done').map(({ id }) => id))
  return history.migrations.filter(
    migration => done.has(migration.id) && [...ancestorsOf(migration, history.migrations)].every(id => done.has(id)),
  )
}
