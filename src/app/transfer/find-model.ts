/** The model that a command names: `Article`, or `Article.tags` for the links of a manyToMany that has no model of its own. */
import { refusal } from '../../error/index.ts'
import { nearest, own } from '../../lib/index.ts'
import type { ModelGraph, ModelNode } from '../../model/index.ts'

export function findModel(graph: ModelGraph, name: string): ModelNode {
  const [first = '', relation] = name.split('.', 2)
  const model = own(graph.models, first)
  if (model !== undefined && !model.hidden && relation === undefined) return model
  const through = model === undefined || relation === undefined ? undefined : model.relations[relation]?.through?.model
  const links = through === undefined ? undefined : graph.models[through]
  if (links !== undefined) return links
  throw refusal('transfer.model-unknown', { name, nearest: nearest(name, namesOf(graph)) })
}

function namesOf({ models }: ModelGraph): readonly string[] {
  const shown = Object.values(models).filter(({ hidden }) => !hidden)
  return shown.flatMap(model => [
    model.name,
    ...Object.values(model.relations)
      .filter(({ through }) => through !== null && models[through.model]?.hidden === true)
      .map(relation => `${model.name}.${relation.name}`),
  ])
}
