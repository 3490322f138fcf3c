/** One run of a rule or expression function: hands out row tokens and remembers every symbol that was read. */
import type { Authority } from '../expression.ts'
import type { ModelGraph, ModelNode } from '../graph.ts'
import type { SymbolRead } from './reads.ts'

/** The token of the model's own row. Rows bound by `some` and the like get their own, and their final numbers at the end. */
export const rootToken = 0

export interface Session {
  readonly graph: ModelGraph
  readonly authority: Authority
  readonly reads: SymbolRead[]
  /** Makes the token of a newly bound row. */
  readonly bindRow: () => number
}

export function openSession(graph: ModelGraph, authority: Authority): Session {
  let last = rootToken
  return { graph, authority, reads: [], bindRow: () => ++last }
}

/** A model that the graph is known to have. */
export function modelIn(graph: ModelGraph, name: string): ModelNode {
  const model = graph.models[name]
  if (model === undefined) throw new TypeError(`The graph has no model "${name}".`)
  return model
}
