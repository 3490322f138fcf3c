import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { administer, databasesStatement } from './administration.ts'
import { entryOf, type Family, type ServerName } from './catalog.ts'
import { freshDatabase, needs, server } from './index.ts'

const names: readonly ServerName[] = ['postgres-15', 'postgres-18', 'mariadb-10.11', 'mysql-9.7', 'pgbouncer']

describe.each(names)('a database on %s', name => {
  const { family } = entryOf(name)

  test('is the test’s own, and gone afterwards though it is in use', { timeout: 60_000 }, async context => {
    needs(context, name)
    const { adminUrl, behind } = await server(name)
    const list = (database: string): Promise<string[]> =>
      administer(family, behind ?? adminUrl, databasesStatement(family, database))
    const first = await freshDatabase(name)
    const second = await freshDatabase(name)
    await administer(family, first.url, 'create table things (id int primary key)', 'insert into things values (7)')
    expect(await administer(family, first.url, 'select id from things')).toEqual(['7'])
    await expect(administer(family, second.url, 'select id from things')).rejects.toThrow(/exist/)
    const reading = await openTransaction(family, first.url, 'select id from things')
    await first.drop()
    await reading.cut
    expect(await list(first.name)).toEqual([])
    expect(await list(second.name)).toEqual([second.name])
    await second.drop()
    await second.drop()
    expect(await list(second.name)).toEqual([])
  })
})

test('PgBouncer stands before PostgreSQL, a transaction at a time', async context => {
  needs(context, 'pgbouncer')
  const { adminUrl } = await server('pgbouncer')
  await using database = await freshDatabase('pgbouncer')
  expect(new URL(database.url).port).toBe(new URL(adminUrl).port)
  expect(new URL(database.adminUrl).port).not.toBe(new URL(adminUrl).port)
  const clients = [0, 1].map(() => new Client({ connectionString: database.url }))
  await Promise.all(clients.map(client => client.connect()))
  const backends: unknown[] = []
  for (const client of clients) backends.push((await client.query('select pg_backend_pid() as id')).rows[0])
  expect(backends[0]).toEqual(backends[1]) // between transactions a connection belongs to nobody
  await Promise.all(clients.map(client => client.end()))
})

test('its owner has no rights on the server beside it', async context => {
  needs(context, 'postgres-18')
  await using database = await freshDatabase('postgres-18')
  await expect(administer('postgres', database.url, 'create role somebody')).rejects.toThrow(/permission denied/)
  await expect(administer('postgres', database.url, 'create database other')).rejects.toThrow(/permission denied/)
})

test('text on PostgreSQL compares by code point, or by the locale that is asked for', async context => {
  needs(context, 'postgres-18')
  const order = `select x from unnest(array['a', 'B', 'c']) x order by x`
  await using plain = await freshDatabase('postgres-18')
  expect(await administer('postgres', plain.url, order)).toEqual(['B', 'a', 'c'])
  await using english = await freshDatabase('postgres-18', { locale: 'en-US' })
  expect(await administer('postgres', english.url, order)).toEqual(['a', 'B', 'c'])
})

/** Reads in a transaction and leaves it open; `cut` resolves when the server ends the connection. */
async function openTransaction(family: Family, url: string, read: string): Promise<{ cut: Promise<unknown> }> {
  if (family === 'postgres') {
    const client = new Client({ connectionString: url })
    const cut = new Promise(resolve => client.on('end', () => resolve(null)))
    client.on('error', () => {}) // it is cut on purpose
    await client.connect()
    await client.query('begin')
    await client.query(read)
    return { cut }
  }
  const connection = await createConnection(url)
  const cut = new Promise(resolve => connection.on('error', resolve))
  await connection.query('begin')
  await connection.query(read)
  return { cut }
}
