/** Which fields the rules of a model look at when a row is changed. */
import type { ModelNode } from '../model/index.ts'

/** Which fields of a model its update rule, its field rules and its references look at; `all`: they may look at any. */
export type RuleFields = 'all' | ReadonlySet<string>

export function ruleFields(model: ModelNode): RuleFields {
  const text = JSON.stringify([
    model.rules?.update,
    ...Object.values(model.rules?.fields ?? {}).map(rule => rule.write),
  ])
  // A relation or a path can lead anywhere, even back to this row.
  if (text.includes('"kind":"some"') || text.includes('"kind":"aggregate"') || /"path":\["/.test(text)) return 'all'
  const references = Object.values(model.relations).flatMap(relation => relation.on.map(({ local }) => local))
  const named = Object.keys(model.fields).filter(field => text.includes(`"field":${JSON.stringify(field)}`))
  return new Set([...references, ...named])
}
