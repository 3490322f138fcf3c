/** Takes an existing database over: writes an application for it into a folder, or brings the one that is there up to date. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { refusal } from '../error/index.ts'
import { sentenceCase, writeWhole } from '../lib/index.ts'
import { type FileConflict, hasMigrations, takingOver } from '../migrate/index.ts'
import { type DatabaseAddress, databaseForms, readDatabaseAddress } from './database-address.ts'
import { loadSnapshot, snapshotFile } from './follow-snapshot.ts'
import { requireDatabase } from './migrations/index.ts'
import { storeAt } from './open-store.ts'

export interface PullOptions {
  readonly url: string
  /** The folder of the application. */
  readonly root: string
  /** Where relative paths in the URL begin. */
  readonly from: string
}

export interface PulledApplication {
  /** How many models there are, views among them. */
  readonly models: number
  /** What was written, by path; `removed`: its table is gone and nobody had changed it. */
  readonly written: readonly string[]
  readonly removed: readonly string[]
  readonly conflicts: readonly FileConflict[]
  /** Nothing was pulled here before. */
  readonly first: boolean
  /** What models cannot express. */
  readonly notes: readonly string[]
}

export async function pullDatabase({ url, root, from }: PullOptions): Promise<PulledApplication> {
  const read = readDatabaseAddress(url, from)
  if (!read.ok) {
    // The address itself may hold a password.
    const forms = read.scheme === null ? '' : `; it can be ${databaseForms.join(', ')}`
    throw refusal('boot.database-address', { problem: `${read.problem}${forms}` })
  }
  const known = loadSnapshot(root)
  const store = await storeAt(read.address)
  if (store.describe === undefined) throw refusal('boot.pull-unsupported', { store: store.name })
  const described = await store.describe()
  if (described.tables.length === 0) throw refusal('boot.pull-nothing', {})
  const { pull } = await takingOver()
  const text = (path: string): string | null => {
    const file = join(root, path)
    return existsSync(file) ? readFileSync(file, 'utf8') : null
  }
  const project = { name: nameOf(read.address), ...own(read.address) }
  const database = requireDatabase(described.migratesAs)
  const migrations = hasMigrations(root) ? null : { database, now: new Date() }
  const { graph, writes, conflicts, first, notes } = pull({
    described,
    project,
    snapshotFile,
    known,
    migrations,
    read: text,
  })
  for (const [path, content] of writes) {
    if (content === null) rmSync(join(root, path))
    else writeWhole(join(root, path), content)
  }
  const paths = [...writes.keys()].toSorted()
  return {
    models: Object.values(graph.models).filter(({ hidden }) => !hidden).length,
    written: paths.filter(path => writes.get(path) !== null),
    removed: paths.filter(path => writes.get(path) === null),
    conflicts,
    first,
    notes,
  }
}

function nameOf(address: DatabaseAddress): string {
  if (address.store === 'memory') return 'Application'
  const name = address.store === 'sqlite' ? basename(address.file, extname(address.file)) : address.address.database
  return sentenceCase(name) || 'Application'
}

const drivers = { postgres: 'pg', mysql: 'mysql2' } as const

interface OwnPackage {
  readonly version: string
  readonly peerDependencies: Readonly<Record<string, string>>
}

/** What of Plinth's own package an application needs to know. */
function own(address: DatabaseAddress): {
  readonly version: string
  readonly driver: readonly [string, string] | null
} {
  const { version, peerDependencies } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as OwnPackage
  if (address.store !== 'postgres' && address.store !== 'mysql') return { version, driver: null }
  const driver = drivers[address.store]
  return { version, driver: [driver, peerDependencies[driver] ?? '*'] }
}
