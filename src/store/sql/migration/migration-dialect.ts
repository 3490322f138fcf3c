/** How one database is migrated: what its tables are for a graph, and the commands that lead from one state of a table to another. */
import type { ModelGraph } from '../../../model/index.ts'
import type { PhysicalColumn, PhysicalConstraint, PhysicalTable } from './physical-table.ts'
import { identifier } from '../table-words.ts'
import { physicalTables, type PhysicalWords } from './physical-tables.ts'
import type { MigrationStep } from './step.ts'
import type { ChangedTable } from './table-change.ts'
import { typeChange, type TypeChange } from './type-change.ts'

export interface MigrationDialect {
  /** The name of its files: `postgres.sql`. */
  readonly name: string
  tables(graph: ModelGraph): readonly PhysicalTable[]
  /** The check that allows these words alone. */
  wordsCheck(column: string, words: readonly string[]): string
  typeChange(from: PhysicalColumn, to: PhysicalColumn): TypeChange
  /** A check of one column as it comes beside a running version, where the database would otherwise look at all rows; the second half makes it whole. */
  unproven(form: PhysicalConstraint): PhysicalConstraint
  /** Whether the database counts the rows of a table in any column; else in its key alone, and a new one counts from the change of the key on. */
  readonly countsAnywhere: boolean
  steps(table: ChangedTable): readonly MigrationStep[]
}

/** What each database says in its own way; the rest follows from its words. */
export type MigrationParts = Pick<MigrationDialect, 'name' | 'steps'> &
  Partial<Pick<MigrationDialect, 'typeChange' | 'unproven' | 'countsAnywhere'>> & { readonly words: PhysicalWords }

export function migrationDialect({ words, ...own }: MigrationParts): MigrationDialect {
  const { dialect } = words
  return {
    tables: graph => physicalTables(graph, words),
    wordsCheck: (column, allowed) =>
      `check (${identifier(column)} in (${allowed.map(word => dialect.literal(word, text)).join(', ')}))`,
    unproven: form => form,
    countsAnywhere: false,
    typeChange: (from, to) => typeChange(from.field.type, to.field.type),
    ...own,
  }
}

const text = { kind: 'text', options: {} } as const
