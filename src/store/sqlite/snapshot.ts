/** Reads that all see one state: a connection of its own, which holds on to the log as it was at its first read. Who writes goes on. */
import { refusal } from '../../error/index.ts'
import type { Eventually } from '../contract/index.ts'
import { type ConnectionOptions, openReader } from './connection.ts'
import { storeError } from './driver-error.ts'
import { Guard } from './guard.ts'
import { SqliteTransaction } from './transaction.ts'

/** `limit`: milliseconds that it may be open. Until it ends, the log grows with what others write. */
export async function inSnapshot<T>(
  options: ConnectionOptions,
  limit: number,
  body: (transaction: SqliteTransaction) => Eventually<T>,
): Promise<T> {
  const guard = new Guard()
  const database = openReader(options, guard)
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(refusal('store.time-limit', { limit })), limit)
  const transaction = new SqliteTransaction(limit, { snapshot: { database, guard } })
  try {
    database.exec('begin')
    // Which state is seen is settled by the first read.
    database.prepare('select count(*) from sqlite_schema').get()
    return await Promise.race([Promise.resolve(body(transaction)), late])
  } catch (error) {
    throw storeError(error)
  } finally {
    clearTimeout(timer)
    transaction.open = false
    database.close()
  }
}
