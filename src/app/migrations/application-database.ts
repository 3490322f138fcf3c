/** The migrations of an application and its database: what `plinth migrate up`, `status` and `check` ask of both. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Kysely } from 'kysely'
import { systemModels } from '../../engine/index.ts'
import { refusal } from '../../error/index.ts'
import { isFunction } from '../../lib/index.ts'
import {
  changesBetween,
  codeFile,
  emptyState,
  finished,
  graphOfState,
  type Half,
  mergedState,
  type Migration,
  migrationsFolder,
  type MigrationStatus,
  needsAdoption,
  readStatus,
  type RunEvent,
  runMigrations,
  type RunMode,
  type RunResult,
  stateBefore,
  stateOf,
  statusesOf,
} from '../../migrate/index.ts'
import type { ModelGraph } from '../../model/index.ts'
import { type ExecutionContext, systemCaller } from '../../query/index.ts'
import type { SchemaDifference, Store } from '../../store/contract/index.ts'
import { isMigratable, type MigrationSession, type TransactionWork } from '../../store/sql/index.ts'
import { storeAt } from '../open-store.ts'
import { isMissing, type MigratedApplication } from './migrated-application.ts'

/**
 * What `data.ts` of a migration exports. It runs in one transaction with the note that it has run, so what it does with `db` is done once for
 * each half, even if the runner is killed. With `export const transaction = false` beside it each statement is a transaction of its own:
 * then it may run again after it was stopped.
 */
export type DataStep = (given: {
  /** Kysely on the tables as they are in the database. */
  readonly db: Kysely<Record<string, Record<string, unknown>>>
  /** It runs at the end of the first half, and again in the second one for what was written since. */
  readonly half: 'first' | 'second'
}) => Promise<void>

export interface MigratedDatabaseOptions {
  readonly mode: RunMode
  readonly adopt: boolean
  /** Milliseconds that each step may wait for locks. */
  readonly patience: number
  readonly report: (event: RunEvent) => void
}

export interface Standing {
  readonly statuses: readonly MigrationStatus[]
  /** What waits would make tables that are there. */
  readonly adopts: boolean
}

export interface Checked extends Standing {
  /** How the database differs from what the migrations that ran have made of it. */
  readonly drift: readonly SchemaDifference[]
}

/** The open database of an application. */
export class ApplicationDatabase implements AsyncDisposable {
  readonly #application: MigratedApplication
  readonly #store: Store
  readonly #opened: ReturnType<typeof migratableOf>

  private constructor(application: MigratedApplication, store: Store) {
    this.#application = application
    this.#store = store
    this.#opened = migratableOf(store)
  }

  static async open(application: MigratedApplication): Promise<ApplicationDatabase> {
    const { app, settings, graph } = application
    const store = app.options.store ?? (await storeAt(settings.database))
    await store.open({ ...graph, models: { ...graph.models, ...systemModels } })
    try {
      return new ApplicationDatabase(application, store)
    } catch (error) {
      await store.close()
      throw error
    }
  }

  async run(options: MigratedDatabaseOptions): Promise<RunResult & { readonly drift: readonly SchemaDifference[] }> {
    const { history } = this.#application
    stateBefore(history)
    await using session = await this.#opened.openMigration()
    const result = await runMigrations({
      session,
      database: this.#opened.migrationName,
      history,
      ...options,
      runCode: (migration, half, note) => this.#runCode(migration, half, note, session),
    })
    await this.#makeOwnTables()
    const isWhole = result.waiting.length === 0 && result.held.length === 0
    return { ...result, drift: isWhole ? await this.#differences(graphOfState(stateBefore(history))) : [] }
  }

  async status(): Promise<Standing> {
    const { history } = this.#application
    await using session = await this.#opened.openMigration()
    const statuses = await readStatus(session, history, this.#opened.migrationName)
    const waiting = statuses.filter(({ position }) => position === 'waits').map(({ id }) => id)
    return { statuses, adopts: await needsAdoption(session, history, waiting) }
  }

  async check(): Promise<Checked> {
    const { history } = this.#application
    const { statuses, adopts } = await this.status()
    const begun = statuses.some(({ position }) => position !== 'waits')
    const isBetween = statuses.some(({ position }) => position !== 'waits' && position !== 'done')
    const merged = mergedState(finished(history, statuses))
    const drift =
      begun && !isBetween ? await this.#differences(graphOfState(merged.ok ? merged.state : emptyState)) : []
    return { statuses, adopts, drift }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store.close()
  }

  async #differences(graph: ModelGraph): Promise<readonly SchemaDifference[]> {
    return this.#store.compareSchema(graph)
  }

  /** Plinth's own tables have versions of their own. */
  async #makeOwnTables(): Promise<void> {
    const graph: ModelGraph = { version: 1, models: systemModels, caller: null }
    const differences = await this.#store.compareSchema(graph)
    await this.#store.applySchema(differences.filter(({ commands }) => commands !== null))
  }

  async #runCode(
    migration: Migration,
    half: Half,
    note: TransactionWork,
    session: MigrationSession,
  ): Promise<'noted' | 'ran'> {
    const { run, transaction } = await loadCode(this.#application.root, migration)
    const store = this.#store
    if (store.typedSql === undefined) throw refusal('migrate.unsupported', { store: store.name })
    const context = contextOf(migration.id)
    if (!transaction) {
      await run({ db: await store.typedSql(context), half })
      return 'ran'
    }
    const options = { isolation: 'default', together: false, limit: day } as const
    await store.transaction(options, context, async handle => {
      const db = await store.typedSql?.<Record<string, Record<string, unknown>>>({ ...context, transaction: handle })
      if (db === undefined) return
      await run({ db, half })
      // Whoever took this runner for dead has not begun: it would have had to write.
      await session.requireLock()
      const { CompiledQuery } = await import('kysely')
      await db.executeQuery(CompiledQuery.raw(note.sql, [...note.bound]))
    })
    return 'noted'
  }
}

interface Code {
  readonly run: DataStep
  readonly transaction: boolean
}

async function loadCode(root: string, { id }: Migration): Promise<Code> {
  const path = `${migrationsFolder}/${id}/${codeFile}`
  const file = join(root, path)
  const loaded = existsSync(file)
    ? ((await import(pathToFileURL(file).href)) as { readonly default?: unknown; readonly transaction?: unknown })
    : {}
  if (!isFunction(loaded.default)) throw refusal('migrate.data-missing', { file: path })
  return { run: loaded.default as DataStep, transaction: loaded.transaction !== false }
}

function migratableOf(store: Store) {
  if (isMigratable(store)) return store
  throw refusal('migrate.unsupported', { store: store.name })
}

/** A migration's own code takes the time that it needs. */
const contextOf = (id: string): ExecutionContext => ({
  caller: systemCaller(`migration ${id}`),
  now: new Date().toISOString(),
  deadline: Date.now() + day,
  signal: null,
  observe: null,
  trace: id,
  transaction: null,
  consistency: null,
})

const day = 86_400_000

/** Where the database stands. A file that is not there is not made by looking at it. */
export async function readStanding(application: MigratedApplication): Promise<Standing> {
  if (isMissing(application)) return nothingRan(application)
  await using database = await ApplicationDatabase.open(application)
  return await database.status()
}

export async function checkDatabase(application: MigratedApplication): Promise<Checked> {
  if (isMissing(application)) return { ...nothingRan(application), drift: [] }
  await using database = await ApplicationDatabase.open(application)
  return await database.check()
}

const nothingRan = ({ history }: MigratedApplication): Standing => ({
  statuses: statusesOf(new Map(), history, 'sqlite'),
  adopts: false,
})

/** Whether the models have changed since the last migration. */
export const hasUnwrittenChanges = ({ history, graph }: MigratedApplication): boolean =>
  changesBetween(stateBefore(history), stateOf(graph)).length > 0
