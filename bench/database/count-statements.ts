// How many statements a server was given, counted in stretches of their own, since counting costs the server something.
import { administer } from '../../test/services/administration.ts'
import type { Family } from '../../test/services/catalog.ts'

/** Statements per request; undefined where the server does not count them. */
export function countStatements(family: Family, url: string, run: () => Promise<number>): Promise<number | undefined> {
  return family === 'postgres' ? countPostgres(url, run) : countMysql(url, run)
}

/** By the extension pg_stat_statements. Preparing is no statement of its own there. */
async function countPostgres(url: string, run: () => Promise<number>): Promise<number | undefined> {
  const [loaded = ''] = await administer('postgres', url, 'show shared_preload_libraries')
  if (!loaded.includes('pg_stat_statements')) return undefined
  await administer('postgres', url, 'create extension if not exists pg_stat_statements')
  await trackStatements(url, 'top')
  try {
    await administer('postgres', url, 'select pg_stat_statements_reset()')
    const requests = await run()
    const [calls = '0'] = await administer('postgres', url, 'select coalesce(sum(calls), 0) from pg_stat_statements')
    return Number(calls) / requests
  } finally {
    await trackStatements(url, 'none')
  }
}

/** By `Questions`, which counts what clients send but neither preparing nor closing a statement; each look is one, too. */
async function countMysql(url: string, run: () => Promise<number>): Promise<number> {
  const before = await statusOf(url, 'QUESTIONS')
  const requests = await run()
  return ((await statusOf(url, 'QUESTIONS')) - before - 1) / requests
}

/** Prepared statements of a MariaDB, over its connections without our own. */
export async function preparedPerConnection(url: string): Promise<number> {
  return (await statusOf(url, 'PREPARED_STMT_COUNT')) / Math.max(1, (await statusOf(url, 'THREADS_CONNECTED')) - 1)
}

async function statusOf(url: string, name: string): Promise<number> {
  const statement = `select variable_value from information_schema.global_status where variable_name = '${name}'`
  const [value = '0'] = await administer('mysql', url, statement)
  return Number(value)
}

/** Which statements PostgreSQL counts from now on. */
export async function trackStatements(url: string, what: 'top' | 'none'): Promise<void> {
  await administer('postgres', url, `alter system set pg_stat_statements.track = '${what}'`, 'select pg_reload_conf()')
}
