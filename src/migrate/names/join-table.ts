/** Join tables of manyToMany as they were born: today's names decide which end comes first, and may decide otherwise than then. */
import type { ModelGraph, ModelNode } from '../../model/index.ts'
import { namesOf } from './former-names.ts'
import type { BornModel } from './snapshot.ts'

/**
 * The columns of a model that is joined to itself are called after the ends alone, source and target. If its table was born under the name
 * of the relation that goes the other way, what was the source then is the target now.
 */
export function withItsEnds(graph: ModelGraph, model: ModelNode, at: string, born: BornModel): BornModel {
  if (!model.hidden || !('source' in model.relations)) return born
  const relationIn = (name: string): string => name.slice(name.indexOf('_') + 1)
  const relations = graph.models[model.relations['source']?.target ?? '']?.relations ?? {}
  const owner = relations[relationIn(model.name)]
  const goesBy = (relation: string | null | undefined): boolean =>
    namesOf(relations[relation ?? ''] ?? { name: '', renamedFrom: null }).some(({ name }) => name === relationIn(at))
  if (goesBy(owner?.name) || !goesBy(owner?.inverse)) return born
  const columns = Object.entries(born.columns).map(([name, column]) => {
    const [, end, rest = ''] = /^(source|target)(.*)$/u.exec(name) ?? []
    return [end === undefined ? name : `${end === 'source' ? 'target' : 'source'}${rest}`, column] as const
  })
  return { ...born, columns: Object.fromEntries(columns) }
}

/** The key of a join table as it was born, with the index that the other end then needs. */
export function inBornOrder(
  model: ModelNode,
  born: readonly string[],
  columnOf: (field: string) => string,
): Pick<ModelNode, 'key' | 'indexes'> {
  const { key, indexes, relations } = model
  const ordered = key.toSorted((left, right) => born.indexOf(columnOf(left)) - born.indexOf(columnOf(right)))
  const isOther = key.every(name => born.includes(columnOf(name))) && ordered.join() !== key.join()
  if (!isOther || !model.hidden) return { key, indexes }
  const second = Object.values(relations).filter(({ on }) => on.every(({ local }) => local !== ordered[0]))
  return {
    key: ordered,
    indexes: second.map(({ on }) => ({
      name: '',
      fields: on.map(({ local }) => ({ field: local, direction: 'ascending' })),
    })),
  }
}
