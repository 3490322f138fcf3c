/** `plinth migrate new` and `rebase`: write a migration from the models. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '../../error/index.ts'
import {
  ancestorsOf,
  codeFile,
  emptyState,
  graphOfState,
  type History,
  mergedState,
  migrationsFolder,
  type Migration,
  planMigration,
  printSteps,
  removeMigration,
  saveStepFile,
  writeMigration,
  type WriteOptions,
  type WrittenMigration,
  wasPulled,
} from '../../migrate/index.ts'
import type { MigrationDialect } from '../../store/sql/index.ts'
import { saveSnapshot } from '../follow-snapshot.ts'
import { chosenHead, withoutMigration } from './chosen-head.ts'
import { type MigratedApplication, writtenDatabases } from './migrated-application.ts'
import { dialectOf, type MigratedDatabase } from './migration-dialects.ts'

/** What only a developer can decide about a migration that is written now. */
export interface Decisions {
  /** Null: those that the last one was written for, and the one of DATABASE_URL. */
  readonly databases: readonly MigratedDatabase[] | null
  readonly drops: readonly string[]
  readonly byHand: readonly string[]
  readonly fills: ReadonlyMap<string, string>
  readonly now: Date
}

export interface NewMigration extends Decisions {
  /** Null: it is named after what it does. */
  readonly name: string | null
  readonly withCode: boolean
}

export interface Written {
  /** Null: the models have not changed. */
  readonly migration: WrittenMigration | null
  /** Files that older migrations lacked for one of the databases. */
  readonly added: readonly string[]
  readonly snapshot: boolean
}

export async function newMigration(application: MigratedApplication, wish: NewMigration): Promise<Written> {
  const { root, history, graph } = application
  const dialects = await dialectsOf(application, wish)
  const missing = missingFiles(history, dialects)
  const migration = write(application, wish, {
    dialects,
    history,
    name: wish.name,
    code: wish.withCode ? codeText : null,
  })
  // Only now: what is refused leaves the folder as it was.
  const added = missing.map(({ id, name, text }) => saveStepFile(root, id, name, text))
  return { migration, added, snapshot: saveSnapshot(root, graph) }
}

async function dialectsOf(
  application: MigratedApplication,
  { databases, now }: Decisions,
): Promise<readonly MigrationDialect[]> {
  const names = databases ?? writtenDatabases(application)
  return await Promise.all(names.map(async name => dialectOf(name, now)))
}

/** `history`: the migrations that it comes behind. `code`: the text of its own code; null where it has none. */
function write(
  { root, graph }: MigratedApplication,
  { drops, byHand, fills, now }: Decisions,
  about: Pick<WriteOptions, 'dialects' | 'history' | 'name' | 'code'>,
): WrittenMigration | null {
  return writeMigration({ root, graph, now, drops: new Set(drops), byHand: new Set(byHand), fills, ...about })
}

/** A database that migrations are written for from now on needs the older ones too. */
const missingFiles = (history: History, dialects: readonly MigrationDialect[]) =>
  dialects.flatMap(dialect => {
    const { name } = dialect
    const lacking = history.migrations.filter(({ files }) => files[name] === undefined)
    return lacking.map(migration => {
      const wish = { before: graphBefore(migration, history), after: graphOfState(migration.state) }
      const plan = planMigration({ ...wish, fills: new Map(), drops: new Set(), hasCode: migration.hasCode }, dialect)
      return { id: migration.id, name, text: printSteps(migration.id, name, plan) }
    })
  })

function graphBefore(migration: Migration, { migrations }: History) {
  const ancestors = ancestorsOf(migration, migrations)
  const merged = mergedState(migrations.filter(({ id }) => ancestors.has(id)))
  return graphOfState(merged.ok ? merged.state : emptyState)
}

const codeText = `/**
 * Moves data of this migration: once in each half, in one transaction with the note that it ran. What it does elsewhere than with \`db\`, as a
 * request to another service, may be done again when the command is stopped; on MariaDB so is everything before a command that changes tables.
 */
import type { DataStep } from 'plinth'

// Others wait for rows that the transaction has changed until it ends; on SQLite everybody who writes does. Where that takes too long, each
// statement can be a transaction of its own: then change a few rows at a time, and only rows that still need it, as all of it may run again.
// export const transaction = false

const run: DataStep = async ({ db }) => {
  // Kysely on the tables as they are in the database:
  // await db.updateTable('articles').set({ rating: 0 }).where('rating', 'is', null).execute()
  throw new Error('This migration moves no data yet: write it here, in place of this line.')
}

export default run
`

export interface Rebased extends Written {
  readonly replaced: string
}

/** Takes a migration that does not go together with others away, and writes it anew on top of them. */
export async function rebaseMigration(
  application: MigratedApplication,
  given: string | null,
  decisions: Decisions,
  hasRun: (id: string) => Promise<boolean>,
): Promise<Rebased> {
  const { root, history } = application
  const { id, files, hasCode } = chosenHead(history, given)
  if (Object.values(files).some(wasPulled)) {
    const reason = `${id} was written by a pull, and no model has all that it makes; rebase the other one`
    throw refusal('migrate.name-invalid', { reason })
  }
  if (await hasRun(id)) {
    const reason = `${id} has run on the database of DATABASE_URL, so it cannot be written anew; rebase the other one`
    throw refusal('migrate.name-invalid', { reason })
  }
  const others = withoutMigration(history, id)
  // Looked at before anything is taken away: what is refused leaves the folder as it was.
  const migration = write(application, decisions, {
    dialects: await dialectsOf(application, decisions),
    history: others,
    name: id.replace(/^\d+-/u, ''),
    code: hasCode ? codeOf(root, id) : null,
  })
  removeMigration(root, id)
  return { replaced: id, migration, added: [], snapshot: saveSnapshot(root, application.graph) }
}

function codeOf(root: string, id: string): string {
  return readFileSync(join(root, migrationsFolder, id, codeFile), 'utf8')
}
