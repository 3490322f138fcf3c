// What the administrator does on servers of both families: make, list and drop databases, ask for the version.
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import type { Family } from './catalog.ts'

/** Runs statements one after the other and answers the first column of the last, as text. */
export async function administer(family: Family, url: string, ...statements: readonly string[]): Promise<string[]> {
  const run = family === 'postgres' ? onPostgres : onMysql
  return (await run(url, statements)).map(String)
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

async function onPostgres(url: string, statements: readonly string[]): Promise<unknown[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // a server that goes away meanwhile fails the statement, which tells
  await client.connect()
  try {
    let rows: unknown[][] = []
    for (const text of statements) ({ rows } = await client.query<unknown[]>({ text, rowMode: 'array' }))
    return rows.map(([value]) => value)
  } finally {
    await client.end()
  }
}

async function onMysql(url: string, statements: readonly string[]): Promise<unknown[]> {
  const connection = await createConnection({ uri: url, rowsAsArray: true, connectTimeout: 10_000 })
  try {
    let rows: unknown = []
    for (const statement of statements) [rows] = await connection.query(statement)
    return Array.isArray(rows) ? rows.map(row => (row as unknown[])[0]) : []
  } finally {
    await connection.end()
  }
}

/** The sessions of MariaDB or MySQL that are in a database. */
export async function sessionsOn(url: string, database: string): Promise<string[]> {
  const connection = await createConnection({ uri: url, rowsAsArray: true, connectTimeout: 10_000 })
  try {
    const [rows] = await connection.query('show processlist')
    return (rows as unknown[][]).filter(([, , , db]) => db === database).map(([id]) => String(id))
  } finally {
    await connection.end()
  }
}
