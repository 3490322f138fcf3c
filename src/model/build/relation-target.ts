/** What a relation leads to, and how it is said that it leads nowhere or cannot work. */
import { nearest } from '../../lib/index.ts'
import type { Building, ModelDraft } from './draft.ts'

/** Tells why the relation `name` of the model cannot work: `reason` is a sentence about it, without its end. */
export const relationMistake =
  ({ mistakes }: Building, draft: ModelDraft, name: string) =>
  (reason: string): void =>
    mistakes.add('boot.relation-invalid', { relation: `${draft.name}.${name}`, reason }, [draft.name, name])

/** The declared model that a relation names; undefined, and a mistake told, when the schema has no such model. */
export function targetOf(building: Building, draft: ModelDraft, name: string, target: string): ModelDraft | undefined {
  // Types say so, JavaScript may not.
  if (typeof target !== 'string') {
    const reason = "its first argument has to be the name of a model, in quotes, as in field.belongsTo('Author')"
    relationMistake(building, draft, name)(reason)
    return undefined
  }
  const model = building.models.get(target)
  if (model !== undefined && !model.hidden) return model
  const declared = [...building.models.values()].filter(({ hidden }) => !hidden).map(each => each.name)
  building.mistakes.add(
    'boot.relation-target',
    { relation: `${draft.name}.${name}`, target, nearest: nearest(target, declared) },
    [draft.name, name],
  )
  return undefined
}
