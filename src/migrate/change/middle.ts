/**
 * The tables between two states: what both the old and the new version of an application can work with. The first half of a migration leads
 * there while the old version still runs, the second half leads on when only the new one does.
 */
import {
  columnOf,
  type HelperColumn,
  type MigrationDialect,
  type PhysicalColumn,
  type PhysicalConstraint,
  type PhysicalIndex,
  type PhysicalTable,
} from '../../store/sql/index.ts'
import { pairTables } from './pair-tables.ts'

export function middleTables(
  before: readonly PhysicalTable[],
  after: readonly PhysicalTable[],
  dialect: MigrationDialect,
): readonly PhysicalTable[] {
  const pairs = pairTables(before, after)
  const keyless = new Set(
    pairs.flatMap(({ before: old, after: fresh }) =>
      old !== null && fresh !== null && old.key.join('\n') !== fresh.key.join('\n') ? [fresh.model] : [],
    ),
  )
  return pairs.flatMap(({ before: old, after: fresh }) => {
    if (fresh === null) return old === null ? [] : [old]
    const reachable = withoutReferences(fresh, keyless)
    return [old === null ? reachable : middleTable(old, reachable, dialect)]
  })
}

/** Nothing can refer to a key that is not one yet. */
const withoutReferences = (table: PhysicalTable, keyless: ReadonlySet<string>): PhysicalTable => ({
  ...table,
  constraints: table.constraints.filter(({ target }) => target === null || !keyless.has(target)),
})

function middleTable(before: PhysicalTable, after: PhysicalTable, dialect: MigrationDialect): PhysicalTable {
  const columns = [
    ...after.columns.map(column => {
      const old = columnOf(before, column.name)
      return old === undefined ? addedColumn(column, dialect) : keptColumn(old, column, dialect)
    }),
    // The new version does not know of it and leaves it empty.
    ...before.columns
      .filter(({ name }) => columnOf(after, name) === undefined)
      .map(column => ({ ...column, nullable: column.nullable || (column.default === null && !isKey(before, column)) })),
  ]
  return {
    ...after,
    columns,
    key: before.key,
    constraints: middleConstraints(before, after, dialect),
    indexes: middleIndexes(before, after),
    helpers: middleHelpers(before, after, columns),
    options: before.options === '' ? after.options : before.options,
  }
}

/** What indexes of either state need. It has the form that its column has meanwhile. */
function middleHelpers(
  before: PhysicalTable,
  after: PhysicalTable,
  columns: readonly PhysicalColumn[],
): readonly HelperColumn[] {
  const fresh = after.helpers.map(helper => {
    const old = before.helpers.find(({ name }) => name === helper.name)
    const now = columns.find(({ name }) => name === helper.of)
    return old !== undefined && now?.type === columnOf(before, helper.of)?.type ? old : helper
  })
  return [...fresh, ...before.helpers.filter(({ name }) => !after.helpers.some(helper => helper.name === name))]
}

const isKey = ({ key }: PhysicalTable, { name }: PhysicalColumn): boolean => key.includes(name)

/** The old version does not know of it: its rows get what rows get that are there, or nothing yet. */
function addedColumn(column: PhysicalColumn, { countsAnywhere }: MigrationDialect): PhysicalColumn {
  if (column.sequence && !countsAnywhere) return { ...column, sequence: false, nullable: true }
  if (column.nullable || column.default !== null) return column
  return column.filling === null ? { ...column, nullable: true } : { ...column, default: column.filling }
}

function keptColumn(before: PhysicalColumn, after: PhysicalColumn, dialect: MigrationDialect): PhysicalColumn {
  const change = dialect.typeChange(before, after)
  const keepsOld = change === 'narrows' || change === 'converts'
  return {
    ...(keepsOld ? { ...after, type: before.type, field: before.field } : after),
    nullable: before.nullable || after.nullable,
    // Who knows of a default may count on it.
    default: after.default ?? before.default,
  }
}

function middleConstraints(
  before: PhysicalTable,
  after: PhysicalTable,
  dialect: MigrationDialect,
): readonly PhysicalConstraint[] {
  // What a column that is to go looks like is said until it goes.
  const left = before.constraints.filter(
    ({ kind, columns }) => kind === 'form' && columns.every(name => columnOf(after, name) === undefined),
  )
  const fresh = after.constraints.flatMap((constraint): readonly PhysicalConstraint[] => {
    const old = before.constraints.find(({ name }) => name === constraint.name)
    if (old?.text === constraint.text) return [constraint]
    if (old === undefined) {
      if (!comesWithColumns(before, constraint)) return []
      return [constraint.kind === 'form' ? dialect.unproven(constraint) : constraint]
    }
    if (old.words === null || constraint.words === null) return [old]
    // Both versions may write their own words.
    if (constraint.words.every(word => old.words?.includes(word) === true)) return [old]
    const words = [...constraint.words, ...old.words.filter(word => !constraint.words?.includes(word))]
    return [dialect.unproven({ ...constraint, words, text: dialect.wordsCheck(constraint.columns[0] ?? '', words) })]
  })
  return [...fresh, ...left]
}

/** What is said of new columns alone binds nobody who does not know of them, unless it is a check of several. */
const comesWithColumns = (before: PhysicalTable, { kind, columns }: PhysicalConstraint): boolean =>
  kind !== 'check' && columns.length > 0 && columns.every(name => columnOf(before, name) === undefined)

function middleIndexes(before: PhysicalTable, after: PhysicalTable): readonly PhysicalIndex[] {
  const fresh = after.indexes.flatMap((index): readonly PhysicalIndex[] => {
    const old = before.indexes.find(({ name }) => name === index.name)
    if (old === undefined) return index.unique && !isNew(before, index) ? [] : [index]
    return old.create === index.create || (index.unique && !relaxes(old, index)) ? [old] : [index]
  })
  // The old version still counts on them; a unique one would refuse what the new version may write.
  const left = before.indexes.filter(old => {
    if (after.indexes.some(({ name }) => name === old.name)) return false
    if (old.unique && !after.indexes.some(index => isStricter(index, old))) return false
    return old.columns.every(column => columnOf(before, column) !== undefined)
  })
  return [...fresh, ...left]
}

/** What is unique whatever its letter case is unique as it is, too. */
const isStricter = (index: PhysicalIndex, old: PhysicalIndex): boolean =>
  index.unique &&
  index.ignoreCase.length > 0 &&
  old.ignoreCase.length === 0 &&
  (old.liveOnly || !index.liveOnly) &&
  index.columns.join() === old.columns.join()

/** Rows of the old version have null there, which is equal to nothing. */
const isNew = (before: PhysicalTable, { columns }: PhysicalIndex): boolean =>
  columns.some(name => columnOf(before, name) === undefined)

const relaxes = (old: PhysicalIndex, index: PhysicalIndex): boolean =>
  !old.liveOnly && index.liveOnly && old.columns.join() === index.columns.join()
