/** Rows put into a store, and all of them taken out again, by the store's own means: operations could not do it so plainly. */
import { storedValue } from '../../engine/index.ts'
import { always, type FieldNode, type ModelGraph, type ModelNode, type Value } from '../../model/index.ts'
import { type DeletePlan, type ExecutionContext, type InsertPlan, planFormat } from '../../query/index.ts'
import type { Store } from '../../store/contract/index.ts'
import { contextOf, suite } from './context-of.ts'

export type Rows = Readonly<Record<string, readonly Readonly<Record<string, Value>>[]>>

/**
 * Puts rows in canonical form into a store, in one transaction if it has them. Operations could not set the fields that the server owns.
 * Models come in the given order, so each may refer to those before it.
 */
export async function insertRows(store: Store, graph: ModelGraph, rows: Rows): Promise<void> {
  await together(store, context => insertAll(store, graph, rows, context))
}

/**
 * Deletes the rows of all models, those first that refer to others: a model refers to itself and to those before it. Rows without a key
 * stay, since a change names its rows by their keys.
 */
export async function deleteRows(store: Store, graph: ModelGraph): Promise<void> {
  const models = Object.values(graph.models).filter(({ key }) => key.length > 0)
  await together(store, async context => {
    for (const model of models.toReversed()) {
      const all = store.prepareDelete(deletePlan(model))
      await all.run([], context)
      all.release()
    }
  })
}

/** In one transaction, where the store has them. */
async function together(store: Store, work: (context: ExecutionContext) => Promise<void>): Promise<void> {
  const context = contextOf(suite)
  if (!store.capabilities.transactions) return work(context)
  const options = { isolation: 'default', together: false, limit: 30_000 } as const
  await store.transaction(options, context, transaction => work({ ...context, transaction }))
}

async function insertAll(store: Store, graph: ModelGraph, rows: Rows, context: ExecutionContext): Promise<void> {
  for (const [name, all] of Object.entries(rows)) {
    const model = graph.models[name]
    if (model === undefined) throw new Error(`There is no model ${name}.`)
    const fields = Object.values(model.fields)
    const insert = store.prepareInsert(insertPlan(name, fields))
    // One by one: a row may refer to the one before it.
    for (const row of all) {
      const values = fields.map(field => storedValue(model, field.name, row[field.name] ?? null))
      const { count } = await insert.run([values], [], context)
      if (count !== 1) throw new Error(`A row of ${name} was not inserted.`)
    }
    insert.release()
  }
}

const insertPlan = (model: string, fields: readonly FieldNode[]): InsertPlan => ({
  format: planFormat,
  kind: 'insert',
  model,
  caller: 'system',
  parameters: [],
  fields: fields.map(({ name, type }) => ({ field: name, type })),
  many: false,
  check: null,
  ignoreConflictOn: null,
  returning: [],
  answer: null,
})

const deletePlan = (model: ModelNode): DeletePlan => ({
  format: planFormat,
  kind: 'delete',
  model: model.name,
  caller: 'system',
  parameters: [],
  where: always,
  returning: model.key,
  single: false,
})
