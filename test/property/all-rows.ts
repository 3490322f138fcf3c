/** Everything that a store holds, to be compared. */
import type { Engine } from '../../src/engine/index.ts'
import { wholeText } from '../../src/lib/index.ts'
import type { ModelGraph, ModelNode, Value } from '../../src/model/index.ts'
import { type Caller, emptyFind } from '../../src/query/index.ts'
import type { Rows } from '../oracle/index.ts'
import { contextOf } from './stores.ts'

const system: Caller = { class: 'system', key: [], attributes: {}, reason: 'what is there' }

/** Every row of every model, whatever hides it. */
export async function allRows(engine: Engine, graph: ModelGraph): Promise<Rows> {
  const rows: Record<string, readonly Record<string, Value>[]> = {}
  for (const model of Object.values(graph.models)) {
    const outputs = Object.keys(model.fields).map(name => ({ kind: 'field', output: name, field: name }) as const)
    const select = { defaults: false, outputs }
    const request = { ...emptyFind, model: model.name, select, withDeleted: true, unlimited: true }
    const { json } = await engine
      .find(request, 'system')
      .run({ form: 'json', values: [], cursor: null }, contextOf(system))
    rows[model.name] = JSON.parse(wholeText(json ?? '[]')) as Record<string, Value>[]
  }
  return rows
}

export function withoutScopes(graph: ModelGraph): ModelGraph {
  const models = Object.values(graph.models).map((model): [string, ModelNode] => [model.name, { ...model, scopes: [] }])
  return { ...graph, models: Object.fromEntries(models) }
}

export type SortedRows = Readonly<Record<string, readonly unknown[]>>

/** In an order of their own, so that how rows are found does not matter. */
export function sorted(rows: Rows): SortedRows {
  const named = (row: Rows[string][number]) =>
    Object.fromEntries(
      Object.keys(row)
        .toSorted()
        .map(name => [name, row[name]]),
    )
  const text = (row: object): string => JSON.stringify(row)
  return Object.fromEntries(
    Object.entries(rows).map(([model, of]) => [
      model,
      of.map(named).toSorted((one, other) => (text(one) < text(other) ? -1 : 1)),
    ]),
  )
}
