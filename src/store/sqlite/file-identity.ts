/**
 * Whether the file of a database is still the one that was opened. A process keeps a file that was deleted, moved or replaced: it goes on
 * writing into it, and nobody who looks at its path finds what was written.
 */
import { type BigIntStats, statSync } from 'node:fs'

const statOf = (file: string): BigIntStats | undefined => statSync(file, { bigint: true, throwIfNoEntry: false })

/** Remembers the file that is there now; the function throws when another one, or none, has its place. */
export function rememberFile(file: string): () => void {
  const opened = statOf(file)
  return () => {
    const found = statOf(file)
    if (found === undefined) throw new Error(`${file} is not there any more, but it is still open here`)
    if (found.ino !== opened?.ino || found.dev !== opened.dev)
      throw new Error(`${file} is another file than the one that is open here`)
  }
}
