/** The first version of the shop, migrated, and a session beside it: for what comes between a migration and its end. */
import { DatabaseSync } from 'node:sqlite'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { project, type Project } from '../cli/project.ts'
import type { Engine, EngineDatabase } from '../fixtures/engines.ts'
import { firstVersion } from './shop-versions.ts'

/** A session of somebody else, by SQL. */
interface Other extends AsyncDisposable {
  run(sql: string): Promise<unknown>
}

export async function otherSession(engine: Engine, { url }: Pick<EngineDatabase, 'url'>): Promise<Other> {
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

/** The first version, migrated. */
export async function migratedShop(environment: Readonly<Record<string, string>>): Promise<Project> {
  const here = project(firstVersion)
  await here.done(['migrate', 'new'], environment)
  await here.done(['migrate', 'up'], environment)
  return here
}

const firstSchema = firstVersion['schema.ts'] ?? ''

/** Its schema with other words at a place, for the next migration. */
export function changedSchema(before: string, after: string): string {
  if (!firstSchema.includes(before)) throw new Error(`The schema does not have ${before}:\n${firstSchema}`)
  return firstSchema.replace(before, after)
}

export const schemaWith = (fields: string): string => changedSchema('title: field', `${fields} title: field`)

export const insertRow = (number: number): string =>
  `insert into product (number, title, code, legacy) values (${number}, 'Product ${number}', 'code ${number}', 'old')`
