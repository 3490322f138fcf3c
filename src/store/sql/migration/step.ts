/** One step of a migration on one database: a command, what it keeps others from, and how to see that it has been done. */
import type { TableName } from '../../contract/index.ts'

/** What others cannot do with the table meanwhile. `moment`: everything, for as long as a change of the catalogue takes. */
export type Lock = 'none' | 'moment' | 'writes' | 'all'

/** How much the database does: nothing to rows, reads all of them, or writes all of them anew. */
export type Work = 'instant' | 'scan' | 'rewrite'

/**
 * In this order within one half: what stands in the way goes first, references come last. Rows get their values before anything is narrower or gone:
 * code of a migration reads and changes there what an older version has written.
 */
export const phases = ['release', 'create', 'fill', 'change', 'drop', 'restrict', 'index', 'refer'] as const
export type Phase = (typeof phases)[number]

export interface MigrationStep {
  readonly phase: Phase
  /** A sentence without a full stop: `Add the column "rating" of "articles"`. */
  readonly about: string
  /**
   * `statement` runs once, with what is noted about it in one transaction where the database has such; `alone` runs outside of one; `batch`
   * runs until it touches no row; `data` is the migration's own code; `edit` changes what the database says that made the table, and nothing else of it;
   * `manual` has no commands until somebody writes them, and has to be done already.
   */
  readonly kind: 'statement' | 'alone' | 'batch' | 'data' | 'edit' | 'manual'
  readonly sql: string
  /** The table that it works on. */
  readonly table: TableName | null
  readonly lock: Lock
  readonly work: Work
  /** When this holds already, there is nothing to do. */
  readonly unless: SchemaFact | null
  /** The running version of the application would fail: only while none runs. */
  readonly downtime: boolean
  /** The table is made anew: its triggers are kept, and columns that are not named in the command would be lost. */
  readonly rebuilds: boolean
}

/** Something that a database can be asked about itself. */
export interface SchemaFact {
  readonly is: 'table' | 'column' | 'constraint' | 'index' | 'required' | 'type'
  readonly table: TableName
  /** Of the column, constraint or index. */
  readonly name: string | null
  /** What the column is to the database, collation included; null where no type is asked for. */
  readonly type: string | null
  /** False: that it is not so. */
  readonly holds: boolean
}
