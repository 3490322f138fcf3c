/** A database of a test's own on a server: made when the test begins, dropped when it ends. */
import { randomBytes } from 'node:crypto'
import { mysqlAddresses, postgresAddresses } from '../lib/index.ts'
import type { ModelGraph } from '../model/index.ts'
import type { Store } from '../store/contract/index.ts'
import { isMigratable } from '../store/sql/index.ts'

export interface OwnDatabase {
  readonly store: Store
  drop(): Promise<void>
}

const begins = (text: string, schemes: readonly string[]): boolean =>
  schemes.some(scheme => text.toLowerCase().startsWith(`${scheme}://`))
const isPostgres = (url: string): boolean => begins(url, postgresAddresses.schemes)

export const isServerUrl = (text: string): boolean => isPostgres(text) || begins(text, mysqlAddresses.schemes)

/** `url`: a database that the user may make others beside: schemas in it on PostgreSQL, databases on MariaDB and MySQL. */
export async function ownDatabase(url: string, graph: ModelGraph): Promise<OwnDatabase> {
  const name = `plinth_testing_${randomBytes(6).toString('hex')}`
  const own = new URL(url)
  if (isPostgres(url)) {
    // The store makes a schema that is missing.
    own.searchParams.set('schema', name)
    const drop = () => command(url, graph, `drop schema if exists "${name}" cascade`)
    return { store: await storeAt(own.href), drop }
  }
  own.pathname = `/${name}`
  await command(url, graph, `create database \`${name}\``)
  return { store: await storeAt(own.href), drop: () => command(url, graph, `drop database if exists \`${name}\``) }
}

async function storeAt(url: string): Promise<Store> {
  if (isPostgres(url)) {
    const { postgresStore } = await import('../store/postgres/index.ts')
    return postgresStore({ url, connections: 4 })
  }
  const { mysqlStore } = await import('../store/mysql/index.ts')
  return mysqlStore({ url, connections: 4 })
}

async function command(url: string, graph: ModelGraph, sql: string): Promise<void> {
  const store = await storeAt(url)
  await store.open(graph)
  try {
    if (!isMigratable(store)) throw new TypeError('This store makes no databases')
    await using session = await store.openMigration()
    await session.run(sql, [])
  } finally {
    await store.close()
  }
}
