/** Asks how much of the write-ahead log is not in the database yet. */
import type { DatabaseSync } from 'node:sqlite'

/** SQLite 3.51 is the first that looks without moving anything; older ones take the word for "passive" (sqlite.org/pragma.html#pragma_wal_checkpoint). */
const firstThatLooks = [3, 51] as const

/** Tells the bytes, or null at a moment when they cannot be told, as inside a transaction. Itself null where this SQLite cannot look. */
export function walBacklog(database: DatabaseSync): (() => number | null) | null {
  const [major = 0, minor = 0] = (process.versions.sqlite ?? '').split('.').map(Number)
  const [firstMajor, firstMinor] = firstThatLooks
  if (major < firstMajor || (major === firstMajor && minor < firstMinor)) return null
  const pageSize = Number(database.prepare('pragma page_size').get()?.['page_size'])
  const look = database.prepare('pragma wal_checkpoint(noop)')
  return () => {
    if (!database.isOpen) return null
    try {
      const { log, checkpointed } = look.get() ?? {}
      return Math.max(0, Number(log) - Number(checkpointed)) * pageSize
    } catch {
      return null
    }
  }
}
