/** The store that the settings name. Each is loaded only when it is the one. */
import { existsSync } from 'node:fs'
import { refusal } from '../error/index.ts'
import { hasMigrations } from '../migrate/index.ts'
import type { Store } from '../store/contract/index.ts'
import type { DatabaseAddress } from './database-address.ts'

export async function storeAt(address: DatabaseAddress): Promise<Store> {
  switch (address.store) {
    case 'sqlite': {
      const { sqliteStore } = await import('../store/sqlite/index.ts')
      return sqliteStore({ file: address.file })
    }
    case 'postgres': {
      const { postgresStore } = await import('../store/postgres/index.ts')
      return postgresStore({
        url: address.url,
        ...(address.directUrl === null ? {} : { directUrl: address.directUrl }),
        replicas: address.replicaUrls,
      })
    }
    case 'mysql': {
      const { mysqlStore } = await import('../store/mysql/index.ts')
      return mysqlStore({ url: address.url })
    }
    case 'memory': {
      const { memoryStore } = await import('../store/memory/index.ts')
      return memoryStore()
    }
  }
}

/** For what only reads: opening a file of SQLite that is not there would make an empty one. */
export function requireThere(address: DatabaseAddress, root: string): void {
  if (!isMissingFile(address)) return
  throw refusal('boot.database-unreachable', {
    reason: `there is no such file: ${address.file}`,
    advice: `Check its path in DATABASE_URL. "${hasMigrations(root) ? 'plinth migrate up' : 'plinth database --apply'}" makes a new one.`,
  })
}

/** A file that opening it would make. */
export const isMissingFile = (
  address: DatabaseAddress,
): address is Extract<DatabaseAddress, { readonly store: 'sqlite' }> =>
  address.store === 'sqlite' && !existsSync(address.file)

const servers = { postgres: 'PostgreSQL', mysql: 'MariaDB or MySQL' } as const

/** For people: where rows are, without a password. */
export function describeAddress(address: DatabaseAddress, root: string): string {
  if (address.store === 'memory') return 'in memory, gone when it ends'
  if (address.store !== 'sqlite') {
    const { host, port, database } = address.address
    return `${database} at ${host.startsWith('/') ? host : `${host}:${port}`} (${servers[address.store]})`
  }
  return `${address.file.startsWith(`${root}/`) ? address.file.slice(root.length + 1) : address.file} (SQLite)`
}
