/** What DATABASE_URL says: which store, and where. */
import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mysqlAddresses, postgresAddresses, readServerAddress, type ServerAddress } from '../lib/index.ts'

export type DatabaseAddress =
  /** An absolute path. */
  | { readonly store: 'sqlite'; readonly file: string }
  /** URLs may hold passwords. `directUrl` leads past a pooler. */
  | {
      readonly store: 'postgres' | 'mysql'
      readonly url: string
      readonly directUrl: string | null
      /** Of servers to read from, PostgreSQL only. */
      readonly replicaUrls: readonly string[]
      readonly address: ServerAddress
    }
  /** Rows live as long as the process. */
  | { readonly store: 'memory' }

/** The forms that exist, for messages. */
export const databaseForms = [
  'file:./data/app.db',
  'sqlite:/var/lib/app.db',
  './data/app.db',
  'postgres://user:password@host:5432/name',
  'mysql://user:password@host:3306/name',
  'memory:',
] as const

export const defaultDatabase = 'file:./data/app.db'

const servers = [
  { store: 'postgres', form: postgresAddresses },
  { store: 'mysql', form: mysqlAddresses },
] as const

/** What is wrong with an address, or the address. Relative paths begin at `root`. */
export function readDatabaseAddress(
  text: string,
  root: string,
):
  | { readonly ok: true; readonly address: DatabaseAddress }
  | { readonly ok: false; readonly scheme: string | null; readonly problem: string } {
  // A single letter before the colon is a Windows drive, not a scheme.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase() ?? null
  if (scheme === 'memory') {
    return text.length === 'memory:'.length
      ? { ok: true, address: { store: 'memory' } }
      : { ok: false, scheme: null, problem: 'nothing may follow "memory:"' }
  }
  const server = scheme === null ? undefined : servers.find(({ form }) => form.schemes.includes(scheme))
  if (server !== undefined) {
    const read = readServerAddress(text, server.form)
    if (!read.ok) return { ok: false, scheme: null, problem: read.problem }
    return {
      ok: true,
      address: { store: server.store, url: text, directUrl: null, replicaUrls: [], address: read.address },
    }
  }
  if (scheme !== null && scheme !== 'file' && scheme !== 'sqlite') {
    return { ok: false, scheme, problem: `there is no store for "${scheme}:"` }
  }
  const path = scheme === null ? text : pathOf(text, scheme)
  if (path === null || path.trim() === '' || path.includes('\0'))
    return { ok: false, scheme: null, problem: 'it names no file' }
  if (path === ':memory:')
    return { ok: false, scheme: null, problem: 'write "memory:" for rows that live as long as the process' }
  if (/[?#]/.test(path)) return { ok: false, scheme: null, problem: 'a file has no parameters ("?" or "#")' }
  if (/[/\\]$/.test(path)) return { ok: false, scheme: null, problem: 'it names a folder, not a file' }
  return { ok: true, address: { store: 'sqlite', file: isAbsolute(path) ? path : resolve(root, path) } }
}

function pathOf(text: string, scheme: string): string | null {
  const rest = text.slice(scheme.length + 1)
  if (!rest.startsWith('//')) return rest
  // `file://./data/app.db` is no URL by the letter (its host would be "."), but it is what people write.
  if (rest.startsWith('//.')) return rest.slice(2)
  try {
    return fileURLToPath(`file:${rest}`)
  } catch {
    return null
  }
}
