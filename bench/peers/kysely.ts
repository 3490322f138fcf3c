// Fastify + Kysely: the queries of the database that is asked for, under the routes that all peers with Fastify share.
import type { Engine } from '../harness/messages.ts'
import { serveArticles, type ArticleQueries } from './fastify-articles.ts'
import { servePeer } from './serve.ts'

await servePeer(async settings => serveArticles(await queriesOf(settings.engine, settings.database), settings))

async function queriesOf(engine: Engine, database: string): Promise<ArticleQueries> {
  switch (engine) {
    case 'sqlite':
      return (await import('./kysely/sqlite.ts')).sqliteQueries(database)
    case 'postgres':
      return (await import('./kysely/postgres.ts')).postgresQueries(database)
    case 'mariadb':
      return (await import('./kysely/mariadb.ts')).mariadbQueries(database)
  }
}
