/** Where a database stands: which migrations ran on it, which wait, and what does not fit together. */
import type { MigrationSession } from '../../store/sql/index.ts'
import { ancestorsOf, type History } from '../history/history.ts'
import { readSteps } from '../history/step-file.ts'
import { isAsItRan, Journal, type JournalEntry, type Position, stepsOf } from './journal.ts'

export interface MigrationStatus {
  readonly id: string
  /** `waits`: nothing of it ran; `unknown`: it ran, and the folder does not have it. */
  readonly position: Position | 'waits' | 'unknown'
  readonly steps: number
  readonly done: number
  /** Its file is not what ran. */
  readonly edited: boolean
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
  const known = history.migrations.map(({ id, files }): MigrationStatus => {
    const read = readSteps(files[database] ?? '')
    const file = read.ok ? read.file : { first: [], second: [] }
    const entry = entries.get(id)
    const steps = stepsOf(file).length
    if (entry === undefined) return { id, position: 'waits', steps, done: 0, edited: false }
    return { id, position: entry.position, steps, done: entry.steps, edited: !isAsItRan(entry, file) }
  })
  const unknown = [...entries.values()]
    .filter(({ id }) => !history.migrations.some(migration => migration.id === id))
    .map(({ id, position, steps }): MigrationStatus => ({
      id,
      position: position === 'done' ? 'unknown' : position,
      steps,
      done: steps,
      edited: false,
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
