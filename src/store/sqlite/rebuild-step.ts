/** The step in which a migration of SQLite makes a table anew: in one transaction, so the rows are in the old table or in the new one. */
import {
  columnOf,
  factsOf,
  identifier,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalTable,
  scaleOf,
  stepOf,
  storageOf,
  type TableChange,
  typeChange,
} from '../sql/index.ts'
import { aboutRebuild } from './about-rebuild.ts'
import { createCommand } from './create-command.ts'
import { passingName, replaceTable } from './replace-table.ts'

export function rebuildStep(
  before: PhysicalTable,
  after: PhysicalTable,
  changes: readonly TableChange[],
): MigrationStep {
  const taken = after.columns.flatMap(column => {
    const old = columnOf(before, column.name)
    return old === undefined ? [] : [[column.name, takenValue(old, column)] as const]
  })
  const commands = [
    ...replaceTable({
      table: after.name,
      create: createCommand(after, passingName(after.name)),
      values: new Map(taken),
      lost: before.columns.filter(({ name }) => columnOf(after, name) === undefined).map(({ name }) => name),
      counts: after.columns.some(({ sequence }) => sequence),
    }),
    ...after.indexes.map(({ create }) => create),
  ]
  return stepOf('restrict', factsOf(after).table, {
    about: aboutRebuild(after, changes),
    sql: commands.join(';\n'),
    lock: 'writes',
    work: 'rewrite',
    rebuilds: true,
    downtime: changes.some(change => converts(change) || change.kind === 'changeKey'),
  })
}

/** Whether values become others. */
export const converts = (change: TableChange): boolean =>
  change.kind === 'changeType' && typeChange(change.from.field.type, change.to.field.type) === 'converts'

/** What a row gets in a column of the new table, in SQL. */
function takenValue(old: PhysicalColumn, fresh: PhysicalColumn): string {
  const name = identifier(fresh.name)
  const value = fresh.nullable || !old.nullable || fresh.filling === null ? name : `coalesce(${name}, ${fresh.filling})`
  if (typeChange(old.field.type, fresh.field.type) !== 'converts') return value
  switch (storageOf(fresh.field.type)) {
    case 'decimal': {
      const from = storageOf(old.field.type) === 'decimal' ? scaleOf(old.field.type) : 0
      return `${value} * ${10 ** (scaleOf(fresh.field.type) - from)}`
    }
    case 'float':
      return `cast(${value} as real)`
    default:
      return `cast(${value} as text)`
  }
}
