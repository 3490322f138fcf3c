/** Makes the database fit the models, as far as the way of running allows it (semantics 38). */
import { refusal } from '../error/index.ts'
import { hasMigrations, isBetween, loadHistory, readStatus } from '../migrate/index.ts'
import type { ModelGraph } from '../model/index.ts'
import type { SchemaDifference, Store } from '../store/contract/index.ts'
import { isMigratable } from '../store/sql/index.ts'

/** `follow`: apply what only adds, tell the rest. `require`: refuse when anything differs. */
export type SchemaPolicy = 'follow' | 'require'

export interface SchemaReport {
  readonly applied: readonly SchemaDifference[]
  readonly left: readonly SchemaDifference[]
}

export interface FitOptions {
  readonly policy: SchemaPolicy
  /** The folder that the application's migrations are in. */
  readonly root: string
  /** Which database it is, for people. */
  readonly database: string
}

export async function fitSchema(
  store: Store,
  graph: ModelGraph,
  { policy, root, database }: FitOptions,
): Promise<SchemaReport> {
  const differences = await store.compareSchema(graph)
  if (policy === 'require') {
    if (differences.length > 0 && !(await isTolerated(store, differences)))
      throw differs(differences, hasMigrations(root), database)
    await requireConverted(store, root)
    return { applied: [], left: [] }
  }
  const additive = differences.filter(({ commands }) => commands !== null)
  if (additive.length === 0) return { applied: [], left: differences }
  const reasons = await applyOrTell(store, graph, additive)
  const left = await store.compareSchema(graph)
  const remaining = new Set(left.map(({ description }) => description))
  return {
    applied: additive.filter(({ description }) => !remaining.has(description)),
    left: left.map(difference => withReason(difference, reasons.get(difference.description))),
  }
}

/** Between the halves of a migration the database is neither what the old version of an application wants nor what the new one does. */
async function isTolerated(store: Store, differences: readonly SchemaDifference[]): Promise<boolean> {
  if (!differences.every(({ tolerable }) => tolerable) || !isMigratable(store)) return false
  await using session = await store.openMigration()
  return await isBetween(session)
}

/** The tables fit, and yet their values may be those of the version before. */
async function requireConverted(store: Store, root: string): Promise<void> {
  if (!hasMigrations(root) || !isMigratable(store) || store.tellsTypes) return
  await using session = await store.openMigration()
  const statuses = await readStatus(session, loadHistory(root), store.migrationName)
  // Without a journal nobody has said how the tables came to be.
  if (statuses.every(({ position }) => position === 'waits')) return
  const waiting = statuses.filter(({ downtime }) => downtime).map(({ id }) => id)
  if (waiting.length === 0) return
  throw refusal('migrate.downtime-needed', {
    what: `What the database holds would be misread before all of ${waiting.join(', ')} has run.`,
    command: 'plinth migrate up --downtime',
  })
}

/** All together; where rows stand against one of them, each model by itself, so that the others get what they need. */
async function applyOrTell(
  store: Store,
  graph: ModelGraph,
  differences: readonly SchemaDifference[],
): Promise<ReadonlyMap<string, unknown>> {
  const reasons = new Map<string, unknown>()
  try {
    await store.applySchema(differences)
  } catch {
    // Where tables are made outside of a transaction, some are there by now.
    const remaining = (await store.compareSchema(graph)).filter(({ commands }) => commands !== null)
    for (const part of Object.values(Object.groupBy(remaining, ({ model }) => model))) {
      try {
        await store.applySchema(part ?? [])
      } catch (error) {
        for (const { description } of part ?? []) reasons.set(description, error)
      }
    }
  }
  return reasons
}

function withReason(difference: SchemaDifference, error: unknown): SchemaDifference {
  if (!(error instanceof Error)) return difference
  return { ...difference, description: `${difference.description} It could not be made: ${error.message}.` }
}

const mostLines = 20

function differs(differences: readonly SchemaDifference[], isMigrated: boolean, database: string): Error {
  const lines = differences.slice(0, mostLines).map(({ description }) => `  - ${description}`)
  if (differences.length > mostLines) lines.push(`  - and ${differences.length - mostLines} more`)
  const additive = differences.every(({ commands }) => commands !== null)
  const command = isMigrated
    ? 'The application has migrations: plinth migrate status says which of them have not run.'
    : additive
      ? 'All of them only add something: plinth database --apply makes them.'
      : 'plinth database shows them with their commands; --apply makes those that only add something.'
  return refusal('boot.database-differs', { database, differences: lines.join('\n'), command })
}
