/** How long a text SQLite puts together for a request. */
import type { DatabaseSync } from 'node:sqlite'

/** Bytes. No field's text is longer, and few answers are: `responseBytes` bounds them further, when they are there. */
export const longestAnswerText = 64 * 1024 * 1024

/** With what SQLite begins. */
const longestValue = 1_000_000_000

/**
 * Each list in a row is one text, which SQLite would let grow to a gigabyte before anybody can look how long the answer is: seven lists of the same 180 MB
 * took four. Older versions of Node cannot say it.
 */
export function boundTexts(database: DatabaseSync, length = longestAnswerText): DatabaseSync {
  const { limits } = database as Partial<Pick<DatabaseSync, 'limits'>>
  if (limits !== undefined) limits.length = length
  return database
}

/** Reads on the writer's connection, which takes longer values, and many rows as one. */
export function withBoundTexts<T>(database: DatabaseSync, read: () => T): T {
  boundTexts(database)
  try {
    return read()
  } finally {
    boundTexts(database, longestValue)
  }
}
