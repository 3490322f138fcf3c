/**
 * The first migration of a pulled application. On an empty database it makes all that the pulled one has, in that one's own words: also what
 * models have no word for. Where the tables are there already it is taken as done.
 */
import type { ModelGraph } from '../../model/index.ts'
import type { DescribedCommand, DescribedDatabase } from '../../store/contract/index.ts'
import { type MigrationStep, stepOf } from '../../store/sql/index.ts'
import { filesOf, migrationId, migrationsFolder } from '../history/migration-folder.ts'
import { printSteps } from '../history/step-file.ts'
import { stateOf } from '../state/state.ts'

export interface FirstMigration {
  /** The name of its file: `postgres`. */
  readonly database: string
  readonly now: Date
}

/** Its files by path. */
export function firstMigration(
  { commands }: DescribedDatabase,
  graph: ModelGraph,
  { database, now }: FirstMigration,
): ReadonlyMap<string, string> {
  const id = migrationId('pulled', now)
  const tables = new Set(Object.values(graph.models).map(({ table }) => table))
  const first = commands.map(command => stepOfCommand(command, tables))
  const files = { [database]: printSteps(id, database, { first, second: [] }, 'plinth pull') }
  const migration = { id, parents: [], state: stateOf(graph), hasCode: false, files }
  return new Map(filesOf(migration).map(([name, text]) => [`${migrationsFolder}/${id}/${name}`, text]))
}

/** What belongs to no table that a model has goes with the first one: it is there when that is. */
function stepOfCommand({ about, table, sql, makes }: DescribedCommand, tables: ReadonlySet<string>): MigrationStep {
  const [fallback = ''] = tables
  const belongs = table !== null && (makes !== null || tables.has(table))
  const on = { namespace: null, name: belongs ? table : fallback }
  const unless =
    makes === null
      ? null
      : ({ is: makes.is, table: on, name: makes.is === 'table' ? null : makes.name, type: null, holds: true } as const)
  return stepOf('create', on, { about, sql, lock: 'none', unless })
}
