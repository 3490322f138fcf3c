/** The steps of a migration on one database, in two halves. */
import type { ModelGraph, Value } from '../../model/index.ts'
import { type MigrationDialect, type MigrationStep, type PhysicalTable, phases } from '../../store/sql/index.ts'
import type { Half } from '../history/migration.ts'
import { changedByHand } from './changed-by-hand.ts'
import { diffTables } from './diff-tables.ts'
import { keepAdopted } from './keep-adopted.ts'
import { middleTables } from './middle.ts'
import { renameFirst } from './rename-first.ts'

export interface PlannedMigration {
  readonly first: readonly MigrationStep[]
  readonly second: readonly MigrationStep[]
}

export interface MigrationWish {
  readonly before: ModelGraph
  readonly after: ModelGraph
  /** What rows get that are there, by the field that is required from now on: `Article.rating`. */
  readonly fills: ReadonlyMap<string, Value>
  /** What was there before its model goes from the database only where it stands here: `Article.title` or `Article`. */
  readonly drops: ReadonlySet<string>
  /** The migration's own code moves data: it runs at the end of the first half, and again before anything is required. */
  readonly hasCode: boolean
}

export function planMigration(wish: MigrationWish, dialect: MigrationDialect): PlannedMigration {
  const renamed = renameFirst(wish, dialect)
  const kept = keepAdopted({ before: renamed.before, after: withFills(wish, dialect) }, wish.drops)
  const { before, after, steps: manual } = changedByHand(kept, dialect)
  const middle = middleTables(before, after, dialect)
  const first = stepsBetween(before, middle, dialect)
  const second = stepsBetween(middle, after, dialect)
  const fills = fillsBeforehand(before, after, dialect)
  return {
    // An index that goes may be what one value for all rows would break.
    first: [...inPhases([...renamed.steps, ...manual, ...first]), ...fills, ...(wish.hasCode ? [code('first')] : [])],
    second: inPhases([...second, ...(wish.hasCode && second.length > 0 ? [code('second')] : [])]),
  }
}

const stepsBetween = (
  before: readonly PhysicalTable[],
  after: readonly PhysicalTable[],
  dialect: MigrationDialect,
): readonly MigrationStep[] => diffTables(before, after, dialect).flatMap(table => dialect.steps(table))

function inPhases(steps: readonly MigrationStep[]): readonly MigrationStep[] {
  return phases.flatMap(phase => steps.filter(step => step.phase === phase))
}

/** Rows get their values early: the new version finds few that have none. */
function fillsBeforehand(
  before: readonly PhysicalTable[],
  after: readonly PhysicalTable[],
  dialect: MigrationDialect,
): readonly MigrationStep[] {
  return diffTables(before, after, dialect).flatMap(table =>
    table.after === null || table.before === null
      ? []
      : table.changes
          .filter(change => change.kind === 'fill')
          .flatMap(change => dialect.steps({ ...table, changes: [change] })),
  )
}

const code = (half: Half): MigrationStep => ({
  phase: 'fill',
  about: half === 'first' ? 'Run data.ts' : 'Run data.ts again, for what was written since',
  kind: 'data',
  sql: '',
  table: null,
  lock: 'none',
  work: 'instant',
  unless: null,
  downtime: false,
  rebuilds: false,
})

/** A value that was named fills rows as a default would, and is none. */
function withFills({ after, fills }: MigrationWish, dialect: MigrationDialect): readonly PhysicalTable[] {
  const tables = dialect.tables(after)
  if (fills.size === 0) return tables
  const models = Object.values(after.models).map(model => {
    const fields = Object.values(model.fields).map(field => {
      const value = fills.get(`${model.name}.${field.name}`)
      return [
        field.name,
        value === undefined ? field : { ...field, default: { from: 'literal', value } as const },
      ] as const
    })
    return [model.name, { ...model, fields: Object.fromEntries(fields) }] as const
  })
  const filled = dialect.tables({ ...after, models: Object.fromEntries(models) })
  return tables.map((table, place) => ({
    ...table,
    columns: table.columns.map((column, position) => ({
      ...column,
      filling: filled[place]?.columns[position]?.filling ?? column.filling,
    })),
  }))
}
