/** The store that the settings name. Each is loaded only when it is the one. */
import type { Store } from '../store/contract/index.ts'
import type { DatabaseAddress } from './database-address.ts'

export async function storeAt(address: DatabaseAddress): Promise<Store> {
  switch (address.store) {
    case 'sqlite': {
      const { sqliteStore } = await import('../store/sqlite/index.ts')
      return sqliteStore({ file: address.file })
    }
    case 'memory': {
      const { memoryStore } = await import('../store/memory/index.ts')
      return memoryStore()
    }
  }
}

/** For people: where rows are. */
export function describeStore(store: Store, address: DatabaseAddress | null, root: string): string {
  if (address?.store !== 'sqlite') return address === null ? store.name : 'in memory, gone when it ends'
  return `${address.file.startsWith(`${root}/`) ? address.file.slice(root.length + 1) : address.file} (SQLite)`
}
