// Reads from the data set what the requests ask for.
import { DatabaseSync } from 'node:sqlite'

import type { Samples } from '../rows.ts'
import { signToken } from './token.ts'

/** Reads all article ids and times, the user ids, and signs tokens for 64 of the users. */
export function readSamples(file: string): Samples {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const column = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map(row => String(row['value']))
    const userIds = column('select id as value from user order by id')
    const articleTimes = column('select created_at as value from article order by created_at')
    return {
      articleIds: column('select id as value from article order by id'),
      // The oldest moments are left out: every list has a full page before it.
      articleTimes: articleTimes.slice(Math.min(100, Math.floor(articleTimes.length / 2))),
      userIds,
      tokens: userIds.slice(0, 64).map(id => signToken(id)),
    }
  } finally {
    database.close()
  }
}
