/** The engine of an application: its graph, its store, its hooks, its limits. */
import { createEngine, type Engine, type HookTable } from '../engine/index.ts'
import type { ModelGraph } from '../model/index.ts'
import { createDb } from '../operation/index.ts'
import { defaultLimits, type Limits } from '../query/index.ts'
import type { Store } from '../store/contract/index.ts'
import type { App } from './create-app.ts'
import type { Joined } from './extension.ts'
import type { OpenOptions } from './open-options.ts'
import { chosen } from './open-server.ts'

interface EngineParts {
  readonly joined: Joined
  readonly graph: ModelGraph
  readonly store: Store
}

export function makeEngine(app: App, options: OpenOptions, { joined, graph, store }: EngineParts): Engine {
  const engine = createEngine({
    graph,
    store,
    hooks: hookTable(joined),
    limits: { ...chosen(app.options.limits ?? {}, limitNames), ...options.limits },
    ...(options.newId === undefined ? {} : { newId: options.newId }),
    makeDb: options.makeDb ?? createDb,
  })
  return options.wrapEngine?.(engine) ?? engine
}

function hookTable({ hooks }: Joined): HookTable {
  const models = Object.entries(hooks?.models ?? {}).map(([model, moments]) => [
    model,
    Object.fromEntries(Object.entries(moments).map(([moment, hook]) => [moment, [hook]])),
  ])
  return Object.fromEntries(models) as HookTable
}

const limitNames = Object.keys(defaultLimits) as (keyof Limits)[]
