/** The model graph as versioned JSON: for tools, for comparing two states of an application, and for reading back. */
import { refusal } from '../error/index.ts'
import { canonicalJson, deepFreeze } from '../lib/index.ts'
import type { ModelGraph } from './graph.ts'

const graphVersion: ModelGraph['version'] = 1

/** Keys are in order, so equal graphs print as equal texts; the order of fields is kept in `fieldOrder`. */
interface PrintedGraph extends ModelGraph {
  readonly fieldOrder: Readonly<Record<string, readonly string[]>>
}

/** The order of models, fields, relations and computed fields means something; objects in sorted JSON would lose it. */
function orderOf(graph: ModelGraph): PrintedGraph['fieldOrder'] {
  const order: Record<string, readonly string[]> = { '': Object.keys(graph.models) }
  for (const model of Object.values(graph.models)) {
    order[model.name] = [...Object.keys(model.fields), ...Object.keys(model.relations), ...Object.keys(model.computed)]
  }
  return order
}

export const printGraph = (graph: ModelGraph): string =>
  `${canonicalJson({ ...graph, fieldOrder: orderOf(graph) }, 2)}\n`

/** Reads what `printGraph` wrote. */
export function readGraph(text: string): ModelGraph {
  const { fieldOrder, ...graph } = parsePrinted(text)
  const models = inOrder(graph.models, fieldOrder['']).map(([name, model]) => {
    const order = fieldOrder[name]
    return [
      name,
      {
        ...model,
        fields: Object.fromEntries(inOrder(model.fields, order)),
        relations: Object.fromEntries(inOrder(model.relations, order)),
        computed: Object.fromEntries(inOrder(model.computed, order)),
      },
    ] as const
  })
  return deepFreeze({ ...graph, models: Object.fromEntries(models) })
}

function parsePrinted(text: string): PrintedGraph {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refusal('boot.graph-unreadable', { reason: 'it is no JSON' }, { cause })
  }
  if (
    typeof value !== 'object' ||
    value === null ||
    !('version' in value) ||
    !('models' in value) ||
    !('fieldOrder' in value)
  ) {
    throw refusal('boot.graph-unreadable', { reason: 'it is not what printGraph writes' })
  }
  if (value.version !== graphVersion) {
    throw refusal('boot.graph-unreadable', {
      reason: `it has version ${String(value.version)}, and this Plinth reads ${graphVersion}`,
    })
  }
  return value as PrintedGraph
}

function inOrder<T>(record: Readonly<Record<string, T>>, order: readonly string[] = []): [string, T][] {
  const rank = new Map(order.map((name, index) => [name, index]))
  return Object.entries(record).toSorted(([a], [b]) => (rank.get(a) ?? order.length) - (rank.get(b) ?? order.length))
}
