/** The finished graph of an application: schema, rules and which hooks there are. */
import { deepFreeze } from '../lib/index.ts'
import type { ModelGraph, ModelNode } from './graph.ts'
import { hookMoments, type Hooks } from './hooks.ts'
import type { Rules } from './rules.ts'
import type { Schema } from './schema.ts'

export function graphOf(schema: Schema, rules: Rules | null = null, hooks: Hooks | null = null): ModelGraph {
  const models: Record<string, ModelNode> = {}
  for (const [name, model] of Object.entries(schema.graph.models)) {
    const declared = hooks?.models[name] ?? {}
    models[name] = {
      ...model,
      rules: rules?.models[name] ?? null,
      hooks: hookMoments.filter(moment => declared[moment] !== undefined),
    }
  }
  return deepFreeze({ ...schema.graph, models })
}
