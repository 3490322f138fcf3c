/** The steps by which MariaDB and MySQL change a table, each with the algorithm and the lock that it is to be carried out by. */
import {
  type ChangedTable,
  columnOf,
  definitionOf,
  identifier,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalConstraint,
  stepsOn,
  type TableChange,
} from '../sql/index.ts'
import { type Alterations, byCopy, definitionWith, formOf } from './alterations.ts'
import { type AlteredTable, command, commandOn } from './altered-table.ts'
import {
  addColumn,
  allowNull,
  changeDefault,
  changeType,
  dropColumn,
  refuseNull,
  renameColumn,
} from './column-steps.ts'
import { createIndex, dropHelper, dropIndex, replaceIndex } from './index-steps.ts'

export const stepsBy =
  (by: Alterations) =>
  ({ before, after, changes }: ChangedTable): readonly MigrationStep[] => {
    const table = after ?? before
    if (table === null) return []
    const altered: AlteredTable = { before: before ?? table, table, by }
    const added = new Set(changes.flatMap(change => (change.kind === 'addColumn' ? [change.column.name] : [])))
    const isNew = before === null
    return changes.flatMap(change =>
      change.kind === 'addConstraint'
        ? addConstraint(altered, change.constraint, { added, isNew })
        : stepsOf(altered, change),
    )
  }

function stepsOf(
  altered: AlteredTable,
  change: Exclude<TableChange, { kind: 'addConstraint' }>,
): readonly MigrationStep[] {
  const { table, by } = altered
  switch (change.kind) {
    case 'createTable':
      return createTable(altered)
    case 'dropTable':
      return dropTable(altered)
    case 'renameTable':
      return [
        stepsOn(table).renameTable(change.from, `rename table ${identifier(change.from)} to ${identifier(table.name)}`),
      ]
    case 'changeOptions':
      return []
    case 'changeKey':
      return [changeKey(altered)]
    case 'addColumn':
      return [addColumn(altered, change.column)]
    case 'dropColumn':
      return dropColumn(altered, change.column)
    case 'renameColumn':
      return renameColumn(altered, change.from, change.to)
    case 'changeType':
      return [changeType(altered, change.from, change.to)]
    case 'changeDefault':
      return [changeDefault(altered, change.column)]
    case 'allowNull':
      return [allowNull(altered, change.column)]
    case 'fill':
      return [stepsOn(table).fill(change.column, 'none', next => next)]
    case 'refuseNull':
      return [refuseNull(altered, change.column)]
    case 'replaceConstraint':
      return by.replaceConstraint(altered, change)
    case 'dropConstraint':
      return [dropConstraint(altered, change.constraint)]
    case 'createIndex':
      return createIndex(altered, change.index)
    case 'replaceIndex':
      return replaceIndex(altered, change.index)
    case 'dropIndex':
      return [dropIndex(altered, change.index)]
    case 'dropHelper':
      return [dropHelper(altered, change.helper)]
    default:
      return change satisfies never
  }
}

function createTable({ table, by }: AlteredTable): readonly MigrationStep[] {
  const { columns, key, constraints, helpers, name } = table
  const steps = stepsOn(table)
  const lines = columns.map(column => definitionWith(column, by.defaultText))
  lines.push(...helpers.map(({ definition }) => definition))
  if (key.length > 0) lines.push(`primary key (${key.map(identifier).join(', ')})`)
  for (const constraint of constraints) if (constraint.kind !== 'reference') lines.push(definitionOf(constraint))
  return [
    steps.createTable({
      sql: `create table ${identifier(name)} (\n  ${lines.join(',\n  ')}\n) ${by.tableOptions}`,
      lock: 'none',
    }),
    ...steps.firstIndexes('none'),
  ]
}

/** Of two tables that go, the one that the other refers to may be the first. */
const dropTable = (altered: AlteredTable): readonly MigrationStep[] => [
  ...altered.table.constraints
    .filter(({ kind }) => kind === 'reference')
    .map(constraint => dropConstraint(altered, constraint)),
  stepsOn(altered.table).dropTable(),
]

function changeKey(altered: AlteredTable): MigrationStep {
  const { before, table, by } = altered
  const isKey = ({ name }: PhysicalColumn): boolean => table.key.includes(name)
  // Only a key counts its rows, and a key is never null.
  const modified = before.columns
    .filter(column => (isKey(column) ? column.nullable : column.sequence))
    .map(column => {
      const now = columnOf(table, column.name) ?? column
      return by.modify(
        isKey(column) ? { ...now, nullable: false } : { ...now, sequence: false },
        formOf(table, now.name) ?? formOf(before, now.name),
      )
    })
  const key = table.key.length === 0 ? [] : [`add primary key (${table.key.map(identifier).join(', ')})`]
  const text = [...modified, 'drop primary key', ...key].join(', ')
  return stepsOn(table).changeKey(command(altered, { text, way: byCopy }))
}

/** What is known of the rows that the constraint would be held against. */
interface Rows {
  /** Names of the columns that are new with it: no row has a value there but a default. */
  readonly added: ReadonlySet<string>
  /** The table has no rows. */
  readonly isNew: boolean
}

function addConstraint(
  altered: AlteredTable,
  constraint: PhysicalConstraint,
  { added, isNew }: Rows,
): readonly MigrationStep[] {
  const { table, by } = altered
  const { kind, columns } = constraint
  const areAdded = columns.every(name => added.has(name))
  // It comes with its column.
  if (kind === 'form' && areAdded) return []
  const step = stepsOn(table).addConstraint(
    constraint,
    commandOn(table, { text: `add ${definitionOf(constraint)}`, way: byCopy }),
  )
  // No row of a table that is new can break what is said of it.
  if (isNew) return [{ ...step, lock: 'moment', work: 'instant' }]
  // Nothing refers to anything from columns that are new and empty: nobody has to look. A default refers from every row.
  const refersFromNothing =
    kind === 'reference' && areAdded && columns.every(name => columnOf(table, name)?.default === null)
  return [refersFromNothing ? { ...step, ...by.referFromNew(altered, constraint) } : step]
}

const dropConstraint = (altered: AlteredTable, constraint: PhysicalConstraint): MigrationStep =>
  stepsOn(altered.table).dropConstraint(constraint, command(altered, altered.by.dropConstraint(constraint)))
