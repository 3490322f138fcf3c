/** The steps by which SQLite changes a table without making it anew: one command for each change. */
import {
  columnOf,
  definitionOf,
  identifier,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalTable,
  stepsOn,
  type TableChange,
} from '../sql/index.ts'
import { definitionIn } from './create-command.ts'
import { converts } from './rebuild-step.ts'

/** The steps where SQLite has a command for the change; null where the table has to be made anew. */
export function plainSteps(
  before: PhysicalTable,
  after: PhysicalTable,
  change: TableChange,
): readonly MigrationStep[] | null {
  const steps = stepsOn(after)
  const alter = `alter table ${identifier(after.name)}`
  switch (change.kind) {
    case 'renameTable':
      return [
        steps.renameTable(change.from, `alter table ${identifier(change.from)} rename to ${identifier(after.name)}`),
      ]
    case 'renameColumn': {
      const { from, to } = change
      return [steps.renameColumn(from, to, { sql: `${alter} rename column ${identifier(from)} to ${identifier(to)}` })]
    }
    case 'addColumn': {
      const { column } = change
      if (!column.nullable && column.default === null) return null
      const reference = after.constraints.find(
        ({ kind, columns }) => kind === 'reference' && columns.length === 1 && columns[0] === column.name,
      )
      // A default would refer from every row, which SQLite does not look at here.
      if (reference !== undefined && column.default !== null) return null
      const refers = reference === undefined ? '' : ` ${definitionOf(reference).replace(/ foreign key \([^)]*\)/u, '')}`
      return [steps.addColumn(column, { sql: `${alter} add column ${definitionIn(after, column)}${refers}` })]
    }
    case 'addConstraint': {
      // Came with its column.
      const { kind, columns } = change.constraint
      const [only = ''] = columns
      return kind !== 'check' && columns.length === 1 && columnOf(before, only) === undefined ? [] : null
    }
    case 'dropColumn': {
      const { name } = change.column
      const isUsed = before.constraints.some(
        ({ kind, columns, text }) => kind !== 'form' && (columns.includes(name) || text.includes(identifier(name))),
      )
      if (isUsed || before.key.includes(name)) return null
      return [
        steps.dropColumn(change.column, {
          sql: `${alter} drop column ${identifier(name)}`,
          work: 'rewrite',
          lock: 'writes',
        }),
      ]
    }
    case 'dropConstraint':
      // Goes with its column.
      return change.constraint.kind === 'form' && columnOf(after, change.constraint.columns[0] ?? '') === undefined
        ? []
        : null
    case 'fill':
      return [fill(after, change.column)]
    // Every value is given by the application: the default of a column serves others, and the rows that were there when it came.
    case 'changeDefault':
      return []
    case 'changeType':
      return converts(change) || change.from.type !== change.to.type ? null : []
    case 'createIndex':
      return [steps.createIndex(change.index, { sql: change.index.create, lock: 'writes', work: 'scan' })]
    case 'dropIndex':
      return [steps.dropIndex(change.index, { sql: `drop index ${identifier(change.index.name)}` })]
    case 'replaceIndex': {
      const { name, create } = change.index
      const sql = `drop index if exists ${identifier(name)};\n${create}`
      return [steps.replaceIndex(change.index, { sql, lock: 'writes', work: 'scan' })]
    }
    default:
      return null
  }
}

export function fill(table: PhysicalTable, column: PhysicalColumn): MigrationStep {
  // A table that was there before may be stored by its key.
  const isKeyed = table.adopted && table.key.length > 0
  const row = isKeyed ? table.key.map(identifier).join(', ') : 'rowid'
  const rows = (next: string): string => `(select ${row} from ${identifier(table.name)} where ${next})`
  return stepsOn(table).fill(column, 'moment', next => `${isKeyed ? `(${row})` : row} in ${rows(next)}`)
}
