/** Notes for the caller how far the primary was when a commit of theirs was done. */
import type { ExecutionContext } from '../../query/index.ts'
import type { ServerConnection } from './connection.ts'
import type { Replication } from './replication.ts'

/** What is to be called once the commit has ended; null: nobody asks, nothing was sent. */
export type CommitNote = ((outcome: 'committed' | 'unknown') => Promise<void>) | null

/** Call it right behind the commit: the question travels with it and costs no round trip. */
export function noteCommit(
  replication: Replication | null,
  connection: ServerConnection,
  { consistency }: ExecutionContext,
): CommitNote {
  if (replication === null || consistency === null) return null
  // The commit stands whatever becomes of this question.
  const asked = replication.current(connection).catch(() => null)
  return async outcome => consistency.wrote(outcome === 'committed' ? await asked : null)
}
