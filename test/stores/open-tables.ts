/** The tables of a schema in an empty database, and what asks them for the system. */
import { sql } from 'kysely'
import { createEngine } from '../../src/engine/index.ts'
import { graphOf, type Schema } from '../../src/model/index.ts'
import { createDb, type SystemDb } from '../../src/operation/index.ts'
import { emptyDatabase, type Engine } from '../fixtures/engines.ts'
import { systemContext } from '../fixtures/system-context.ts'

export async function openTables<S extends Schema>(engine: Engine, schema: S) {
  await using opened = new AsyncDisposableStack()
  const database = opened.use(await emptyDatabase(engine))
  const store = database.store()
  opened.defer(() => store.close())
  const queries = createEngine({ graph: graphOf(schema), store })
  await store.open(queries.graph)
  await store.applySchema(await store.compareSchema(queries.graph))
  const db = createDb(queries, systemContext)
  const all = opened.move()
  return {
    store,
    queries,
    db: db as unknown as SystemDb<S>,
    /** Servers choose by what they know of the rows, and find that out in their own time. */
    async analyze(): Promise<void> {
      if (engine === 'sqlite') return
      const tables = Object.values(queries.graph.models).map(({ table }) => table)
      const command = engine.startsWith('postgres') ? 'analyze' : 'analyze table'
      const asker = await db.sql(...Object.keys(queries.graph.models))
      await sql.raw(`${command} ${tables.join(', ')}`).execute(asker)
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
