// A database of a test's own on a shared server: empty, made in milliseconds, dropped at the end whatever happened.
import { randomBytes } from 'node:crypto'
import { administer, dropStatement, sessionsOn, within } from './administration.ts'
import { entryOf, type ServerName } from './catalog.ts'
import type { ServerFacts } from './requests.ts'
import { server } from './server.ts'

export interface FreshDatabase extends AsyncDisposable {
  readonly name: string
  /** As its owner, who has no other rights on the server (a server given by URL has only the user of that URL). */
  readonly url: string
  /** The same database as the server's administrator. Behind PgBouncer: past it. */
  readonly adminUrl: string
  /** Ends all its connections and drops it. */
  drop(): Promise<void>
}

export interface FreshDatabaseOptions {
  /** PostgreSQL: an ICU locale to compare text by, as `en-US`. Default: by code point, collation C. */
  readonly locale?: string
}

/** `await using database = await freshDatabase('postgres-15')`. */
export async function freshDatabase(name: ServerName, options: FreshDatabaseOptions = {}): Promise<FreshDatabase> {
  return freshDatabaseOn(await server(name), options)
}

/** The same on a server of the test's own. */
export async function freshDatabaseOn(on: ServerFacts, options: FreshDatabaseOptions = {}): Promise<FreshDatabase> {
  const { family } = entryOf(on.name)
  const name = `${on.prefix}${randomBytes(5).toString('hex')}`
  const adminUrl = on.behind ?? on.adminUrl
  const statements = family === 'postgres' ? createOnPostgres(name, on.user, options) : [`create database ${name}`]
  await administer(family, adminUrl, ...statements)
  const url = new URL(on.adminUrl)
  url.username = encodeURIComponent(on.user)
  url.password = encodeURIComponent(on.password)
  const drop = async (): Promise<void> => {
    if (family === 'mysql') await endConnections(adminUrl, name)
    await administer(family, adminUrl, dropStatement(family, name))
  }
  return { name, url: within(url.href, name), adminUrl: within(adminUrl, name), drop, [Symbol.asyncDispose]: drop }
}

function createOnPostgres(name: string, owner: string, { locale }: FreshDatabaseOptions): string[] {
  const icu = locale === undefined ? '' : ` locale_provider icu icu_locale '${locale}'`
  const create = `create database ${name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C' strategy file_copy${icu}`
  return [`${create} owner "${owner}"`]
}

/** A transaction left open there would hold up the drop. */
async function endConnections(url: string, name: string): Promise<void> {
  // What the information schema says of sessions fails on MySQL while one of them has a character of four bytes in its statement.
  for (const id of await sessionsOn(url, name)) await administer('mysql', url, `kill ${id}`).catch(() => {}) // it has ended meanwhile
}
