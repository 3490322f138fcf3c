/** Migrations that cannot begin yet: one before them waits for its second half, and both change the same table. */
import type { StepFile } from '../history/step-file.ts'
import { type JournalEntry, stepsOf } from './journal.ts'

/** How far a migration has come. */
export interface Progress {
  readonly migration: { readonly id: string }
  readonly file: StepFile
  /** Null: nothing of it ran. */
  readonly entry: JournalEntry | null
}

/** Their ids when first halves run; `all` in the order in which they run. What comes after one that is held is held, too. */
export function heldBack(all: readonly Progress[]): ReadonlySet<string> {
  const waiting: Progress[] = []
  const held = new Set<string>()
  for (const one of all) {
    if (held.size > 0 || (one.entry === null && meets(one, waiting))) held.add(one.migration.id)
    else if (one.file.second.length > 0 && one.entry?.position !== 'done') waiting.push(one)
  }
  return held
}

/** Their steps are meant for one after the other. */
function meets({ file }: Progress, waiting: readonly Progress[]): boolean {
  const tables = new Set(stepsOf(file).map(({ table }) => JSON.stringify(table)))
  return waiting.some(other =>
    other.file.second.some(({ table }) => table !== null && tables.has(JSON.stringify(table))),
  )
}
