/** A migration as it stands in its folder. */
import type { State } from '../state/state.ts'

export interface Migration {
  /** Its folder: `20261125192301-add-rating`. */
  readonly id: string
  /** The migrations that it builds on. */
  readonly parents: readonly string[]
  /** What the models were when it was written. */
  readonly state: State
  readonly hasCode: boolean
  /** By the name of the database: the text of its file. */
  readonly files: Readonly<Record<string, string>>
}

/** The first one runs while the old version of an application still does, the second when only the new one does. */
export type Half = 'first' | 'second'

export const migrationFormat = 1
export const codeFile = 'data.ts'
