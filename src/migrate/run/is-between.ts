/** Whether a migration of this database is between its halves: then two versions of an application may be running on it. */
import type { MigrationSession } from '../../store/sql/index.ts'
import { Journal } from './journal.ts'

export async function isBetween(session: MigrationSession): Promise<boolean> {
  const entries = await new Journal(session).entries()
  return [...entries.values()].some(({ position }) => position !== 'done')
}
