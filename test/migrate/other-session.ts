/** A session beside migrations: what somebody else does to the database meanwhile, or asks it afterwards. */
import { DatabaseSync } from 'node:sqlite'
import mysql from 'mysql2/promise'
import pg from 'pg'
import type { Engine, EngineDatabase } from '../fixtures/engines.ts'

interface OtherSession extends AsyncDisposable {
  run(sql: string): Promise<unknown>
}

export async function otherSession(engine: Engine, { url }: Pick<EngineDatabase, 'url'>): Promise<OtherSession> {
  if (engine === 'sqlite') {
    const database = new DatabaseSync(url.slice('file:'.length))
    return {
      run: async sql => database.prepare(sql).all(),
      [Symbol.asyncDispose]: async () => database.close(),
    }
  }
  if (engine.startsWith('postgres')) {
    const client = new pg.Client(url)
    await client.connect()
    return { run: async sql => client.query(sql), [Symbol.asyncDispose]: () => client.end() }
  }
  const connection = await mysql.createConnection(url)
  return { run: async sql => connection.query(sql), [Symbol.asyncDispose]: () => connection.end() }
}
