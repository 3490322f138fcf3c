/** How one database is migrated: what its tables are for a graph, and the commands that lead from one state of a table to another. */
import type { ModelGraph } from '../../../model/index.ts'
import type { PhysicalColumn, PhysicalTable } from './physical-table.ts'
import type { MigrationStep } from './step.ts'
import type { ChangedTable } from './table-change.ts'

/**
 * What becomes of the values when a column's type changes: all are kept as they are, they are kept where they fit, they are converted, or
 * there is no way.
 */
export type TypeChange = 'same' | 'widens' | 'narrows' | 'converts' | 'impossible'

export interface MigrationDialect {
  /** The name of its files: `postgres.sql`. */
  readonly name: string
  tables(graph: ModelGraph): readonly PhysicalTable[]
  /** The check that allows these words alone. */
  wordsCheck(column: string, words: readonly string[]): string
  typeChange(from: PhysicalColumn, to: PhysicalColumn): TypeChange
  /** A column that is filled by its own default while two versions run beside each other, and what that default is. */
  steps(table: ChangedTable): readonly MigrationStep[]
}
