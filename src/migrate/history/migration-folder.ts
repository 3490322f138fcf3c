/** The folder `migrations` of an application: one folder for each migration. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '../../error/index.ts'
import { canonicalJson, hasMergeMarks, jsonObject } from '../../lib/index.ts'
import { printState, readState } from '../state/state.ts'
import { type History, orderMigrations } from './history.ts'
import { codeFile, type Migration, migrationFormat } from './migration.ts'

export const migrationsFolder = 'migrations'

export const hasMigrations = (root: string): boolean => existsSync(join(root, migrationsFolder))

/** An application without the folder has no migrations. */
export function loadHistory(root: string): History {
  const folder = join(root, migrationsFolder)
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  const found = entries.filter(entry => entry.isDirectory() && isMigration(folder, entry.name))
  const ordered = orderMigrations(found.map(({ name }) => loadMigration(folder, name)))
  if (ordered.ok) return ordered.history
  throw refusal('migrate.history-invalid', { reason: ordered.problem })
}

/** A draft that was not finished is none, and neither is a folder of something else. */
function isMigration(folder: string, name: string): boolean {
  if (name.endsWith(draftEnding)) return false
  const files = readdirSync(join(folder, name))
  if (files.includes('migration.json')) return true
  if (!files.includes('state.json')) return false
  throw refusal('migrate.history-invalid', { reason: `${name}/migration.json is missing` })
}

const draftEnding = '.tmp'

function loadMigration(folder: string, id: string): Migration {
  const read = (name: string): string => readFileSync(join(folder, id, name), 'utf8')
  const invalid = (reason: string) => refusal('migrate.history-invalid', { reason: `${id}/${reason}` })
  const about = jsonObject(read('migration.json'))
  const unreadable = (name: string) =>
    invalid(
      hasMergeMarks(read(name))
        ? `${name} has the marks of a merge that was not finished; take it as one of the branches has it`
        : `${name} is not one that this version of Plinth reads`,
    )
  if (about === null || !isAbout(about)) throw unreadable('migration.json')
  if (!existsSync(join(folder, id, 'state.json'))) throw invalid('state.json is missing')
  const state = readState(read('state.json'))
  if (state === null) throw unreadable('state.json')
  const sql = readdirSync(join(folder, id)).filter(name => name.endsWith('.sql'))
  return {
    id,
    parents: about.parents,
    state,
    hasCode: existsSync(join(folder, id, codeFile)),
    files: Object.fromEntries(sql.map(name => [name.slice(0, -'.sql'.length), read(name)])),
  }
}

const isAbout = (value: Record<string, unknown>): value is { readonly parents: readonly string[] } & typeof value =>
  value['format'] === migrationFormat &&
  Array.isArray(value['parents']) &&
  value['parents'].every(parent => typeof parent === 'string')

/** The texts of its folder but for code. */
export const filesOf = (migration: Migration): readonly (readonly [string, string])[] => [
  ['migration.json', `${canonicalJson({ format: migrationFormat, parents: migration.parents }, 2)}\n`],
  ['state.json', printState(migration.state)],
  ...Object.entries(migration.files).map(([database, text]) => [`${database}.sql`, text] as const),
]

/** Writes the migration whole, or leaves nothing; gives the paths of its files from `root`. */
export function saveMigration(root: string, migration: Migration, code: string | null): readonly string[] {
  const folder = join(root, migrationsFolder, migration.id)
  const draft = `${folder}.${process.pid}${draftEnding}`
  const files = [...filesOf(migration), ...(code === null ? [] : [[codeFile, code] as const])]
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  for (const [name, text] of files) writeFileSync(join(draft, name), text)
  renameSync(draft, folder)
  return files.map(([name]) => join(migrationsFolder, migration.id, name))
}

/** Adds the file of one more database to a migration that is there. */
export function saveStepFile(root: string, id: string, database: string, text: string): string {
  const path = join(migrationsFolder, id, `${database}.sql`)
  writeFileSync(join(root, path), text)
  return path
}

/** Takes the migration's folder away; its code, which was written by hand, is given back. */
export function removeMigration(root: string, id: string): string | null {
  const folder = join(root, migrationsFolder, id)
  const code = join(folder, codeFile)
  const text = existsSync(code) ? readFileSync(code, 'utf8') : null
  rmSync(folder, { recursive: true })
  return text
}

/** `20261125192301-add-rating`: migrations sort by when they were written. */
export function migrationId(name: string, now: Date): string {
  const moment = now.toISOString().replace(/\D/gu, '').slice(0, 14)
  return `${moment}-${name}`
}

/** The next second where there is one of that name: it is written anew in the second in which it was written. */
export function freeMigrationId(root: string, name: string, now: Date): string {
  const id = migrationId(name, now)
  return existsSync(join(root, migrationsFolder, id)) ? freeMigrationId(root, name, new Date(now.getTime() + 1000)) : id
}
