// A database server: all peers share one database, in the tables that Plinth makes.
import { basename, join } from 'node:path'

import { administer, dropStatement, within } from '../../test/services/administration.ts'
import { whyNoOwn, type Family } from '../../test/services/catalog.ts'
import type { Engine } from '../harness/messages.ts'
import { countSyncCalls, type SyncCount } from '../harness/syncs.ts'
import { peers } from '../peers/registry.ts'
import { countStatements, preparedPerConnection } from './count-statements.ts'
import { fill, isFilled } from './fill.ts'
import type { Place, PlaceOptions } from './place.ts'
import { prepare } from './prepare.ts'
import { treeOf, usageOfTree } from './process-usage.ts'
import { serverAt, serversFor, startServer, type DatabaseServer } from './server.ts'

export async function serverPlace(options: PlaceOptions, engine: Exclude<Engine, 'sqlite'>): Promise<Place> {
  const server = await serverOf(options, engine)
  try {
    const url = await filledDatabase(options, engine, server)
    const { family, pid } = server
    return {
      engine,
      title: server.version,
      shared: true,
      databaseFor: () => Promise.resolve(url),
      renew() {},
      undo: async () => void (await administer(family, url, "delete from article where slug like 'measured-%'")),
      preparedStatements: () => (family === 'mysql' ? preparedPerConnection(server.url) : Promise.resolve(undefined)),
      usage: () => (pid === undefined ? undefined : usageOfTree(pid)),
      async count(_peer, _pid, writes, run): Promise<SyncCount> {
        const statementsPerRequest = await countStatements(family, server.url, run)
        const trace = join(options.folder, `syncs-${process.pid}`)
        const syncsPerRequest = writes && pid !== undefined ? await countSyncCalls(treeOf(pid), trace, run) : undefined
        return {
          ...(statementsPerRequest === undefined ? {} : { statementsPerRequest }),
          ...(syncsPerRequest === undefined ? {} : { syncsPerRequest }),
        }
      },
      async close() {
        // What a given server holds stays for the next run, as it was.
        await administer(family, url, "delete from article where slug like 'measured-%'")
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function serverOf(
  { url, server, folder }: PlaceOptions,
  engine: 'postgres' | 'mariadb',
): Promise<DatabaseServer> {
  if (url !== undefined) return await serverAt(url)
  const candidates = server === undefined ? serversFor(engine === 'postgres' ? 'postgres' : 'mysql') : [server]
  const name = candidates.find(candidate => whyNoOwn(candidate) === null) ?? candidates[0]
  if (name === undefined) throw new Error(`there is no server for ${engine}`)
  return await startServer(name, folder)
}

/** The database named after the data set, filled unless it is already; or the one of the URL. */
async function filledDatabase(
  options: PlaceOptions,
  engine: 'postgres' | 'mariadb',
  { family, url }: DatabaseServer,
): Promise<string> {
  const { dataset, report } = options
  const name = `plinth_bench_${basename(dataset, '.sqlite').replaceAll('-', '_')}`
  const database = options.empty === true ? url : within(url, name)
  if (options.empty !== true) {
    if ((await exists(family, url, name)) && (await isFilled(family, database))) return database
    const form = family === 'postgres' ? ` template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'` : ''
    await administer(family, url, dropStatement(family, name), `create database ${name}${form}`)
  }
  const start = performance.now()
  report('filling the database …')
  for (const peer of peers.filter(candidate => candidate.prepares)) {
    await prepare(peer, { engine, database, access: 'open', prepare: true })
  }
  await fill(family, database, dataset)
  report(`filled in ${((performance.now() - start) / 1000).toFixed(0)} s`)
  return database
}

async function exists(family: Family, url: string, name: string): Promise<boolean> {
  const names =
    family === 'postgres'
      ? `select datname from pg_database where datname = '${name}'`
      : `select schema_name from information_schema.schemata where schema_name = '${name}'`
  return (await administer(family, url, names)).length > 0
}
