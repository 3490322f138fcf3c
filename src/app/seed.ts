/** First rows for a database that has none, in development. */
import { createDb, type UntypedDb, type UntypedModelDb } from '../operation/index.ts'
import { systemCaller } from '../query/index.ts'
import type { App } from './create-app.ts'
import type { OpenApplication } from './open-application.ts'

const seeder = systemCaller('seed')

/** Runs the application's seed, all of it or nothing, when no model has a row. Tells whether it has. */
export async function seedWhenEmpty(app: App, opened: OpenApplication): Promise<boolean> {
  const { seed } = app.options
  // First rows need all tables.
  if (seed === undefined || opened.schemaReport.left.length > 0) return false
  if ((await rowsThere(opened, 'first')).length > 0) return false
  await sow(opened, seed)
  return true
}

type Seed = (db: never) => Promise<void>

/** The seed in a transaction of its own. */
export async function sow({ engine, context }: OpenApplication, seed: Seed): Promise<void> {
  const db = createDb(engine, () => context(seeder))
  await db.transaction(async (inside: UntypedDb) => seed(inside as never))
}

/** Models that have rows. `first`: one is enough. */
export async function rowsThere(
  { engine, graph, context }: OpenApplication,
  which: 'first' | 'each',
): Promise<readonly { readonly model: string; readonly count: number }[]> {
  const db = createDb(engine, () => context(seeder))
  const found: { model: string; count: number }[] = []
  for (const { name, hidden } of Object.values(graph.models)) {
    const count = hidden ? 0 : await (db[name] as UntypedModelDb).count()
    if (count > 0) found.push({ model: name, count })
    if (count > 0 && which === 'first') break
  }
  return found
}
