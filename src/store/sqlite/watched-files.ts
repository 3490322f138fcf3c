/**
 * Files whose writer is watched by threads of this process (see `openWatchedWriter`). A second one of the same file would have the same page
 * cache, so each would meet the locks of the other's open transaction, and wait for its threads with the whole process: there is one.
 */
import { realpathSync } from 'node:fs'

const watched = new Set<string>()

/** Gives the right to watch the writer of a file, and how to give it back; null: another store of this process has it. */
export function watchFile(file: string): (() => void) | null {
  const path = realpathSync(file)
  if (watched.has(path)) return null
  watched.add(path)
  return () => void watched.delete(path)
}
