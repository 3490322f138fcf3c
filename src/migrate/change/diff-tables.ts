/** What has to change for one set of tables to become another. */
import {
  type ChangedTable,
  columnOf,
  type MigrationDialect,
  type PhysicalColumn,
  type PhysicalTable,
  type TableChange,
} from '../../store/sql/index.ts'
import { pairTables } from './pair-tables.ts'

export function diffTables(
  before: readonly PhysicalTable[],
  after: readonly PhysicalTable[],
  dialect: MigrationDialect,
): readonly ChangedTable[] {
  const changed = pairTables(before, after)
    .map(pair => ({ ...pair, changes: changesOf(pair.before, pair.after, dialect) }))
    .filter(({ changes }) => changes.length > 0)
  return keysFirst(changed)
}

/** A key that changes is one before anything refers to it. */
function keysFirst(changed: readonly ChangedTable[]): readonly ChangedTable[] {
  const ordered = new Set<ChangedTable>()
  const visited = new Set<ChangedTable>()
  const visit = (table: ChangedTable): void => {
    if (visited.has(table)) return
    visited.add(table)
    for (const { target } of table.after?.constraints ?? [])
      for (const other of changed) if (other.after?.model === target && changesKey(other)) visit(other)
    ordered.add(table)
  }
  for (const table of changed.filter(changesKey)) visit(table)
  for (const table of changed) ordered.add(table)
  return [...ordered]
}

const changesKey = ({ changes }: ChangedTable): boolean => changes.some(({ kind }) => kind === 'changeKey')

function changesOf(
  before: PhysicalTable | null,
  after: PhysicalTable | null,
  dialect: MigrationDialect,
): readonly TableChange[] {
  if (after === null) return [{ kind: 'dropTable' }]
  // Tables may refer to each other in a circle, so references come after all tables.
  if (before === null) return [{ kind: 'createTable' }, ...referencesOf(after)]
  return [
    ...constraintChanges(before, after),
    ...indexChanges(before, after),
    ...before.columns
      .filter(({ name }) => columnOf(after, name) === undefined)
      .map((column): TableChange => ({ kind: 'dropColumn', column })),
    ...after.columns.flatMap(column => columnChanges(columnOf(before, column.name), column, dialect)),
    // One whose column goes, goes before it and with it.
    ...before.helpers
      .filter(({ name, of }) => columnOf(after, of) !== undefined && !after.helpers.some(one => one.name === name))
      .map((helper): TableChange => ({ kind: 'dropHelper', helper })),
    ...(before.key.join('\n') === after.key.join('\n') ? [] : [{ kind: 'changeKey' } as const]),
    ...(before.options === after.options ? [] : [{ kind: 'changeOptions' } as const]),
  ]
}

const referencesOf = ({ constraints }: PhysicalTable): readonly TableChange[] =>
  constraints
    .filter(({ kind }) => kind === 'reference')
    .map((constraint): TableChange => ({ kind: 'addConstraint', constraint }))

function columnChanges(
  before: PhysicalColumn | undefined,
  after: PhysicalColumn,
  dialect: MigrationDialect,
): readonly TableChange[] {
  if (before === undefined) return [{ kind: 'addColumn', column: after }]
  const changes: TableChange[] = []
  const type = dialect.typeChange(before, after)
  if (type !== 'same' || before.type !== after.type) changes.push({ kind: 'changeType', from: before, to: after })
  if (before.default !== after.default) changes.push({ kind: 'changeDefault', column: after })
  if (before.nullable && !after.nullable) {
    if (after.filling !== null) changes.push({ kind: 'fill', column: after })
    changes.push({ kind: 'refuseNull', column: after })
  }
  if (!before.nullable && after.nullable) changes.push({ kind: 'allowNull', column: after })
  return changes
}

function constraintChanges(before: PhysicalTable, after: PhysicalTable): readonly TableChange[] {
  const changes: TableChange[] = []
  for (const constraint of before.constraints)
    if (!after.constraints.some(({ name }) => name === constraint.name))
      changes.push({ kind: 'dropConstraint', constraint })
  for (const constraint of after.constraints) {
    const old = before.constraints.find(({ name }) => name === constraint.name)
    if (old === undefined) changes.push({ kind: 'addConstraint', constraint })
    else if (old.text !== constraint.text) {
      const narrows = !(old.words?.every(word => constraint.words?.includes(word) === true) ?? false)
      changes.push({ kind: 'replaceConstraint', constraint, narrows })
    }
  }
  return changes
}

function indexChanges(before: PhysicalTable, after: PhysicalTable): readonly TableChange[] {
  const changes: TableChange[] = []
  for (const index of before.indexes)
    if (!after.indexes.some(({ name }) => name === index.name)) changes.push({ kind: 'dropIndex', index })
  for (const index of after.indexes) {
    const old = before.indexes.find(({ name }) => name === index.name)
    if (old === undefined) changes.push({ kind: 'createIndex', index })
    else if (old.create !== index.create) changes.push({ kind: 'replaceIndex', index })
  }
  return changes
}
