/** What the routes of one REST API share. */
import type { Engine } from '../../engine/index.ts'
import type { ModelNode } from '../../model/index.ts'
import type { ConditionScope } from './grammar/index.ts'

export interface RestApi {
  readonly engine: Engine
  /** What all paths begin with: `/api`; empty for none. */
  readonly prefix: string
  /** How many relations a filter may follow. */
  readonly relationDepth: number
}

export const scopeOf = (api: RestApi, model: ModelNode): ConditionScope => ({
  graph: api.engine.graph,
  model,
  relationDepth: api.relationDepth,
})

export const collectionPath = (api: RestApi, model: ModelNode): string => `${api.prefix}/${model.plural}`

/** Spellings remembered per route and class of caller. */
export const spellingsPerRoute = 200
