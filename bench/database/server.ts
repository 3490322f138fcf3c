// A database server of the run's own: durable, with room in memory for the data set, on the disk that the run writes to. The tests' servers
// know how to start one; here it is only told what it is for. A server that runs already can be named by its URL instead.
import { readFileSync } from 'node:fs'

import { administer } from '../../test/services/administration.ts'
import { ask, keeperVariable } from '../../test/services/ask.ts'
import { entryOf, whyNoOwn, type Family, type ServerName } from '../../test/services/catalog.ts'
import { startKeeper } from '../../test/services/start-keeper.ts'
import { trackStatements } from './count-statements.ts'

/** A database server that the suite can start. */
export const serverNames = ['postgres-15', 'postgres-18', 'mariadb-10.11'] as const
export type BenchServerName = (typeof serverNames)[number]

export interface DatabaseServer {
  readonly family: Family
  /** What it says of itself. */
  readonly version: string
  /** As an administrator. */
  readonly url: string
  /** Its first process; undefined when it runs on another machine, or hides. */
  readonly pid: number | undefined
  stop(): Promise<void>
}

const settingsOf: Record<Family, Readonly<Record<string, string>>> = {
  postgres: {
    shared_buffers: '1536MB',
    max_wal_size: '4GB',
    shared_preload_libraries: 'pg_stat_statements',
  },
  mysql: { 'innodb-buffer-pool-size': '2G', 'innodb-log-file-size': '512M', 'local-infile': '1' },
}

/** Starts a server with its files under `folder`. Every commit is synced: PostgreSQL's defaults, and MariaDB's. */
export async function startServer(name: BenchServerName, folder: string): Promise<DatabaseServer> {
  const reason = whyNoOwn(name)
  if (reason !== null) throw new Error(`${name}: ${reason}`)
  const keeper = await startKeeper(folder)
  process.env[keeperVariable] = keeper.socket
  const { family } = entryOf(name)
  try {
    const { adminUrl, version } = await ask('own', { name, options: { durable: true, settings: settingsOf[family] } })
    if (family === 'postgres') await trackStatements(adminUrl, 'none')
    const pid = await processOf(family, adminUrl)
    return { family, version: titleOf(family, version), url: adminUrl, pid, stop: () => keeper.end() }
  } catch (error) {
    await keeper.end()
    throw error
  }
}

/** A server that runs already, reached by the URL of someone who may create databases. */
export async function serverAt(url: string): Promise<DatabaseServer> {
  const family = new URL(url).protocol.startsWith('postgres') ? 'postgres' : 'mysql'
  const [version = 'unknown'] = await administer(
    family,
    url,
    family === 'postgres' ? 'show server_version' : 'select version()',
  )
  const pid = await processOf(family, url)
  return { family, version: titleOf(family, version), url, pid, stop: () => Promise.resolve() }
}

/** The servers that `--database` may name, the preferred one first. */
export function serversFor(family: Family): BenchServerName[] {
  return serverNames.filter(name => entryOf(name satisfies ServerName).family === family)
}

function titleOf(family: Family, version: string): string {
  return `${family === 'postgres' ? 'PostgreSQL' : 'MariaDB'} ${version.replace(/-MariaDB.*| .*/, '')}`
}

/** Both write their process into a file, which the first line of holds. */
async function processOf(family: Family, url: string): Promise<number | undefined> {
  const [path = ''] = await administer(
    family,
    url,
    family === 'postgres' ? `select current_setting('data_directory') || '/postmaster.pid'` : 'select @@pid_file',
  )
  try {
    const pid = Number(readFileSync(path, 'utf8').split('\n')[0])
    return Number.isInteger(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8') !== '' ? pid : undefined
  } catch {
    return undefined
  }
}
