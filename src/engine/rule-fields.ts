/** Which fields the rules and scopes of a model look at when a row is changed. */
import { type ModelNode, softDeleteScope } from '../model/index.ts'
import type { CallerClass } from '../query/index.ts'

/** Which fields of a model they look at; `all`: they may look at any. */
export type RuleFields = 'all' | ReadonlySet<string>

/** The system is bound by scopes alone, everybody else by the update rule, the field rules and the references as well. */
export function ruleFields(model: ModelNode, caller: CallerClass): RuleFields {
  const ruled = caller !== 'system'
  // Deleting softly, and restoring, is what moves rows out of that scope and into it.
  const scopes = model.scopes.filter(({ name }) => name !== softDeleteScope)
  const rules = ruled ? [model.rules?.update, ...Object.values(model.rules?.fields ?? {}).map(rule => rule.write)] : []
  const text = JSON.stringify([...scopes, ...rules])
  // A relation or a path can lead anywhere, even back to this row.
  if (text.includes('"kind":"some"') || text.includes('"kind":"aggregate"') || /"path":\["/.test(text)) return 'all'
  const references = Object.values(model.relations).flatMap(relation => relation.on.map(({ local }) => local))
  const named = Object.keys(model.fields).filter(field => text.includes(`"field":${JSON.stringify(field)}`))
  return new Set(ruled ? [...references, ...named] : named)
}
