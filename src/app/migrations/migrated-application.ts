/** The part of an application that is migrated: its models with the names that they were born with, its migrations, its database. */
import type { ModelGraph } from '../../model/index.ts'
import { type History, loadHistory, withSnapshot } from '../../migrate/index.ts'
import { graphOf } from '../../model/index.ts'
import type { App } from '../create-app.ts'
import { loadSnapshot } from '../follow-snapshot.ts'
import { joinApplication } from '../join-application.ts'
import { describeAddress, isMissingFile } from '../open-store.ts'
import type { Environment, Settings } from '../settings.ts'
import { databaseSettings } from '../settings-of.ts'
import { chosenHead, withoutMigration } from './chosen-head.ts'
import { type MigratedDatabase, migratedDatabases } from './migration-dialects.ts'

export interface MigratedApplication {
  readonly app: App
  readonly root: string
  readonly settings: Settings
  readonly history: History
  readonly graph: ModelGraph
  /** DATABASE_URL is set; otherwise the settings have the default. */
  readonly namesDatabase: boolean
}

export interface MigratedOptions {
  readonly root: string
  readonly environment: Environment
  /** The one that is written anew, as it was given on the command line; null: the last one; left out: none is. */
  readonly rebased?: string | null
}

export function migratedApplication(app: App, { root, environment, rebased }: MigratedOptions): MigratedApplication {
  const settings = databaseSettings(app, { root, environment })
  const history = loadHistory(root)
  const { schema, rules, hooks } = joinApplication(app)
  const graph = graphOf(schema, rules, hooks)
  // Together with the one that is written anew the migrations lead to no state.
  const base = rebased === undefined ? history : withoutMigration(history, chosenHead(history, rebased).id)
  const snapshot = loadSnapshot(root, base)
  return {
    app,
    root,
    settings,
    history,
    graph: snapshot === null ? graph : withSnapshot(graph, snapshot),
    namesDatabase: environment['DATABASE_URL'] !== undefined,
  }
}

/** For people: where the rows are, without a password. */
export function databasePlace({ app, settings, root }: MigratedApplication): string {
  const { store } = app.options
  const place = store === undefined ? describeAddress(settings.database, root) : store.name
  return isMissing({ app, settings }) ? `${place}, which is not there yet` : place
}

/** A file that opening it would make. */
export const isMissing = ({ app, settings }: Pick<MigratedApplication, 'app' | 'settings'>): boolean =>
  app.options.store === undefined && isMissingFile(settings.database)

/**
 * The databases that migrations are written for: those that the last one was, and the one of DATABASE_URL. Where that is not set, as on a
 * machine that only builds, nobody has asked for the default beside them.
 */
export function writtenDatabases(application: MigratedApplication): readonly MigratedDatabase[] {
  const { history, settings, app, namesDatabase } = application
  const last = Object.keys(history.migrations.at(-1)?.files ?? {})
  const own = app.options.store === undefined && (namesDatabase || last.length === 0) ? databasesOf(settings, last) : []
  return migratedDatabases.filter(name => last.includes(name) || own.includes(name))
}

/** `mysql://` leads to MySQL or to MariaDB, which only the server can tell: what the last migration was written for says it, else both are meant. */
function databasesOf({ database }: Settings, last: readonly string[]): readonly MigratedDatabase[] {
  if (database.store === 'memory') return []
  if (database.store !== 'mysql') return [database.store]
  if (database.address.scheme === 'mariadb') return ['mariadb']
  return last.some(name => name === 'mariadb' || name === 'mysql') ? [] : ['mariadb', 'mysql']
}
