/** First rows for a database that has none, in development. */
import { createDb, type UntypedDb, type UntypedModelDb } from '../operation/index.ts'
import type { Caller } from '../query/index.ts'
import type { App } from './create-app.ts'
import type { OpenApplication } from './open-application.ts'

const system: Caller = Object.freeze({ class: 'system', key: [], attributes: {}, reason: 'seed' })

/** Runs the application's seed, all of it or nothing, when no model has a row. Tells whether it has. */
export async function seedWhenEmpty(
  app: App,
  { engine, graph, context, schemaReport }: OpenApplication,
): Promise<boolean> {
  const { seed } = app.options
  // First rows need all tables.
  if (seed === undefined || schemaReport.left.length > 0) return false
  const db = createDb(engine, () => context(system))
  for (const { name, hidden } of Object.values(graph.models)) {
    const model = hidden ? undefined : (db[name] as UntypedModelDb)
    if (model !== undefined && (await model.count()) > 0) return false
  }
  await db.transaction(async (inside: UntypedDb) => seed(inside as never))
  return true
}
