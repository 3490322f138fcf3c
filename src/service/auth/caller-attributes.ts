/** Which fields of the caller's row the application asks for. */
import type { ModelGraph } from '../../model/index.ts'

/**
 * The attributes that rules, computed fields, scopes and defaults of the graph read, and those in `declared` (conditions of actions,
 * projections of routes): any plain data with caller expressions in it. Sorted.
 */
export function callerAttributes(graph: ModelGraph, declared: readonly unknown[]): readonly string[] {
  const found = new Set<string>()
  collect(graph.models, found, new Set())
  for (const entry of declared) collect(entry, found, new Set())
  return [...found].sort()
}

/** Expressions are data, so they are found by their form, wherever they stand. */
function collect(value: unknown, found: Set<string>, seen: Set<object>): void {
  // Validators of other libraries hold no expressions, and looking into them may set things off.
  if (typeof value !== 'object' || value === null || seen.has(value) || '~standard' in value) return
  seen.add(value)
  const node = value as Readonly<Record<string, unknown>>
  const attribute = node['attribute']
  if (typeof attribute === 'string' && (node['kind'] === 'caller' || node['from'] === 'caller')) found.add(attribute)
  for (const inner of Object.values(node)) collect(inner, found, seen)
}
