/** The models that somebody declared: those that Plinth makes for links are nobody's to name. */
import { nearest, own } from '../lib/index.ts'
import type { Mistakes } from './build/mistakes.ts'
import type { ModelGraph, ModelNode } from './graph.ts'

export const declaredModels = ({ models }: Pick<ModelGraph, 'models'>): readonly ModelNode[] =>
  Object.values(models).filter(({ hidden }) => !hidden)

/** The declared model with this name; undefined, and a mistake told, when there is none. `what` names it: "The rules name the model …". */
export function declaredModel(
  graph: ModelGraph,
  name: string,
  what: string,
  mistakes: Mistakes,
): ModelNode | undefined {
  const model = own(graph.models, name)
  if (model !== undefined && !model.hidden) return model
  const names = declaredModels(graph).map(each => each.name)
  mistakes.add('boot.model-unknown', { what, name, nearest: nearest(name, names) }, [name])
  return undefined
}
