/** Tables that were there before the migrations that would make them. */
import type { TableName } from '../../store/contract/index.ts'
import { flatName, type MigrationSession } from '../../store/sql/index.ts'
import { ancestorsOf, type History } from '../history/history.ts'
import type { Migration } from '../history/migration.ts'
import type { FileStep } from '../history/step-file.ts'

/** Whether the database has tables of the models. Without a history of migrations something else has made them. */
export async function hasTables(session: MigrationSession, history: History): Promise<boolean> {
  const tables = new Map<string, TableName>()
  for (const { state } of history.migrations)
    for (const { table, namespace = null } of Object.values(state.models))
      tables.set(JSON.stringify([namespace, table]), { namespace, name: table })
  for (const table of tables.values()) if ((await session.table(table)) !== null) return true
  return false
}

/** The steps that make tables which a model has taken over, where these are there: under which names their parts are is not known. */
export async function adoptedSteps(
  session: MigrationSession,
  history: History,
): Promise<(migration: Migration, step: FileStep) => boolean> {
  const found = await adoptedTables(session, history)
  return ({ id }, { table }) => found.some(one => one.id === id && table !== null && isOn(table, one.table))
}

/** Whether what waits has to be told to take what is there as done. `waiting`: the ids of migrations that have not begun. */
export async function needsAdoption(
  session: MigrationSession,
  history: History,
  waiting: readonly string[],
): Promise<boolean> {
  if (waiting.length === 0) return false
  if (waiting.length === history.migrations.length && (await hasTables(session, history))) return true
  return (await adoptedTables(session, history)).some(({ id }) => waiting.includes(id))
}

async function adoptedTables(session: MigrationSession, { migrations }: History) {
  const found: { readonly id: string; readonly table: TableName }[] = []
  for (const migration of migrations) {
    const ancestors = ancestorsOf(migration, migrations)
    const before = migrations.filter(({ id }) => ancestors.has(id)).flatMap(({ state }) => Object.values(state.models))
    for (const model of Object.values(migration.state.models)) {
      const isOld = before.some(old => old.table === model.table && old.namespace === model.namespace)
      const table = { namespace: model.namespace ?? null, name: model.table }
      if (model.adopted !== true || isOld || (await session.table(table)) === null) continue
      found.push({ id: migration.id, table })
    }
  }
  return found
}

/** Where the database has no namespaces, a step names the table with its own. */
const isOn = (step: TableName, table: TableName): boolean =>
  step.namespace === null
    ? step.name === flatName(table)
    : step.namespace === table.namespace && step.name === table.name
