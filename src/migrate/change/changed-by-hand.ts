/**
 * Columns of which no command could keep the values: somebody changes them by hand, in each database, and the migration holds every database
 * to it. It is written only where that was asked for.
 */
import {
  columnOf,
  factsOf,
  type MigrationDialect,
  type MigrationStep,
  type PhysicalTable,
  stepOf,
} from '../../store/sql/index.ts'
import type { Tables } from './keep-adopted.ts'
import { pairTables } from './pair-tables.ts'

/** The tables as if these columns had been changed already, and the steps that ask whether they have. */
export function changedByHand(
  { before, after }: Tables,
  dialect: MigrationDialect,
): Tables & { readonly steps: readonly MigrationStep[] } {
  const steps: MigrationStep[] = []
  const changed = pairTables(before, after).flatMap(({ before: old, after: fresh }) => {
    if (old === null) return []
    if (fresh === null) return [old]
    const columns = old.columns.map(column => {
      const to = columnOf(fresh, column.name)
      if (to === undefined || dialect.typeChange(column, to) !== 'impossible') return column
      steps.push(manual(fresh, to.name, to.type))
      return { ...to, nullable: column.nullable, default: column.default }
    })
    return [{ ...old, columns }]
  })
  return { before: changed, after, steps }
}

function manual(table: PhysicalTable, column: string, type: string): MigrationStep {
  const facts = factsOf(table)
  return stepOf('change', facts.table, {
    about: `Make the column "${column}" of "${table.name}" ${type}, by hand`,
    kind: 'manual',
    sql: '',
    lock: 'none',
    unless: facts.isOfType(column, type),
  })
}
