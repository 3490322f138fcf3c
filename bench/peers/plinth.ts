// Plinth, started as `plinth start` starts it: in production, with its access log, its durability and its defaults.
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'

import { openDatabase, startApplication } from '../../src/app/index.ts'
import type { PeerSettings } from '../harness/messages.ts'
import { benchApp } from './plinth-app.ts'
import { mostPrepared, watchPrepared } from './prepared-statements.ts'
import { portOf, servePeer } from './serve.ts'

await servePeer(
  async settings => {
    if (settings.engine === 'postgres') watchPrepared()
    const { http } = await startApplication(benchApp(settings.access), {
      ...placeOf(settings),
      mode: 'production',
      print: text => void process.stdout.write(`${text}\n`),
    })
    return portOf(http.fastify.server)
  },
  async settings => {
    await using database = await openDatabase(benchApp(settings.access), placeOf(settings))
    await database.apply(await database.differences())
  },
  mostPrepared,
)

function placeOf({ engine, database }: PeerSettings) {
  return engine === 'sqlite'
    ? { root: dirname(database), environment: { DATABASE_URL: `file:${database}` } }
    : { root: tmpdir(), environment: { DATABASE_URL: database } }
}
