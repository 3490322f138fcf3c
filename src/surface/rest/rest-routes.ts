/** The REST API of a graph: for each model the routes of what somebody may do with it. */
import type { Engine } from '../../engine/index.ts'
import type { ModelNode } from '../../model/index.ts'
import { defaultPrefix, defaultRelationDepth, isClosed, type ModelRoute } from '../contract/index.ts'
import type { RestApi } from './api.ts'
import { aggregateRoute, listRoute, oneRoute } from './read-routes.ts'
import {
  createRoute,
  deleteManyRoute,
  deleteRoute,
  restoreRoute,
  updateManyRoute,
  updateRoute,
} from './write-routes.ts'

export interface RestOptions {
  readonly engine: Engine
  /** What all paths begin with; `/api` by default. Several APIs stand side by side under different prefixes. */
  readonly prefix?: string
  /** How many relations a filter of the query string may follow; 2 by default. */
  readonly relationDepth?: number
}

/**
 * Makes the routes. A model without rules has none; an operation that is closed to everybody has none.
 *
 * @example
 * for (const route of restRoutes({ engine })) server.route(route)
 */
export function restRoutes(options: RestOptions): readonly ModelRoute[] {
  const { engine, prefix = defaultPrefix, relationDepth = defaultRelationDepth } = options
  const api: RestApi = { engine, prefix: prefix.replace(/\/+$/, ''), relationDepth }
  return Object.values(engine.graph.models)
    .filter(model => !model.hidden && model.rules !== null)
    .flatMap(model => modelRoutes(api, model))
}

function modelRoutes(api: RestApi, model: ModelNode): readonly ModelRoute[] {
  const open = (operation: Parameters<typeof isClosed>[1]): boolean => !isClosed(model, operation)
  const keyed = model.key.length > 0
  const { aggregates } = api.engine.store.capabilities
  return [
    ...(open('read') ? [listRoute(api, model)] : []),
    ...(open('read') && aggregates ? [aggregateRoute(api, model)] : []),
    ...(open('read') && keyed ? [oneRoute(api, model)] : []),
    ...(open('create') ? [createRoute(api, model)] : []),
    ...(open('update') && keyed ? [updateRoute(api, model), updateManyRoute(api, model)] : []),
    ...(open('delete') && keyed ? [deleteRoute(api, model), deleteManyRoute(api, model)] : []),
    ...(model.softDeleteField !== null && keyed && open('withDeleted') && open('update')
      ? [restoreRoute(api, model)]
      : []),
  ]
}
