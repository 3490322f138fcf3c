// What the administrator does on servers of both families: make, list and drop databases, ask for the version.
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import type { Family } from './catalog.ts'

/** Runs statements one after the other and answers the first column of the last, as text. */
export async function administer(family: Family, url: string, ...statements: readonly string[]): Promise<string[]> {
  const last = (await answersOf(family, url, statements)).at(-1) ?? []
  return last.map(([value]) => String(value))
}

/** Runs statements one after the other and answers the rows of each. */
export function answersOf(family: Family, url: string, statements: readonly string[]): Promise<unknown[][][]> {
  return family === 'postgres' ? onPostgres(url, statements) : onMysql(url, statements)
}

export function versionStatement(family: Family): string {
  return family === 'postgres' ? 'show server_version' : 'select version()'
}

/** Ends the connections of PostgreSQL too; MySQL waits for open transactions. */
export function dropStatement(family: Family, database: string): string {
  return `drop database if exists ${database}${family === 'postgres' ? ' with (force)' : ''}`
}

/** The databases whose names begin with `prefix`. */
export function databasesStatement(family: Family, prefix: string): string {
  const begins = `like '${prefix.replaceAll('_', family === 'postgres' ? '\\_' : '\\\\_')}%'`
  return family === 'postgres'
    ? `select datname from pg_database where datname ${begins} order by 1`
    : `select schema_name from information_schema.schemata where schema_name ${begins} order by 1`
}

/** The URL of another database of the same server. */
export function within(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

async function onPostgres(url: string, statements: readonly string[]): Promise<unknown[][][]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // a server that goes away meanwhile fails the statement, which tells
  await client.connect()
  try {
    const answers: unknown[][][] = []
    for (const text of statements) answers.push((await client.query<unknown[]>({ text, rowMode: 'array' })).rows)
    return answers
  } finally {
    await client.end()
  }
}

async function onMysql(url: string, statements: readonly string[]): Promise<unknown[][][]> {
  const connection = await createConnection({ uri: url, rowsAsArray: true, connectTimeout: 10_000 })
  try {
    const answers: unknown[][][] = []
    for (const statement of statements) {
      const [rows] = await connection.query(statement)
      answers.push(Array.isArray(rows) ? (rows as unknown[][]) : [])
    }
    return answers
  } finally {
    await connection.end()
  }
}

/** The sessions of MariaDB or MySQL that are in a database. */
export async function sessionsOn(url: string, database: string): Promise<string[]> {
  const [sessions = []] = await answersOf('mysql', url, ['show processlist'])
  return sessions.filter(([, , , db]) => db === database).map(([id]) => String(id))
}
