/** SQL by hand, for code that acts for the system: a Kysely over declared models, in the db's own transaction (semantics 1). */
import type { Kysely } from 'kysely'
import { refusal } from '../error/index.ts'
import type { Engine } from '../engine/index.ts'
import { nearest, own } from '../lib/index.ts'
import { declaredModels } from '../model/index.ts'
import type { ExecutionContext } from '../query/index.ts'

export async function typedSql(
  engine: Engine,
  names: readonly string[],
  context: ExecutionContext,
): Promise<Kysely<unknown>> {
  if (context.caller.class !== 'system') throw refusal('writes.sql-needs-system', {})
  const { store } = engine
  if (store.typedSql === undefined || store.tableName === undefined) {
    throw refusal('store.unsupported', { store: store.name, reason: 'it does not speak SQL' })
  }
  if (typeof names[0] !== 'string') throw refusal('writes.sql-needs-models', {})
  const models = names.map(name => {
    const model = own(engine.graph.models, name)
    if (model !== undefined) return model
    const names = declaredModels(engine.graph).map(each => each.name)
    throw refusal('writes.sql-unknown-model', { name, nearest: nearest(name, names) })
  })
  const [kysely, { namesPlugin }] = await Promise.all([
    store.typedSql<unknown>(context, {
      inTurn: work => engine.transactions.write(context, work),
      changed: () => engine.transactions.recordUnknown(context, names),
    }),
    import('./sql-names.ts'),
  ])
  return kysely.withPlugin(namesPlugin(models, store.tableName.bind(store)))
}
