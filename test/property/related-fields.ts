/** Arbitrary fields at the end of one or two to-one relations of a model; none where it has no such relation. */
import fc from 'fast-check'
import type { ModelGraph, ModelNode } from '../../src/model/index.ts'
import type { OutputRequest } from '../../src/query/index.ts'

interface End {
  readonly path: readonly string[]
  readonly model: ModelNode
}

export function relatedFields(
  graph: ModelGraph,
  model: ModelNode,
): fc.Arbitrary<(slot: unknown, output: string) => OutputRequest>[] {
  const next = ({ path, model: from }: End): readonly End[] =>
    Object.values(from.relations).flatMap(({ kind, name, target }) => {
      const end = graph.models[target]
      return end !== undefined && (kind === 'belongsTo' || kind === 'hasOne')
        ? [{ path: [...path, name], model: end }]
        : []
    })
  const near = next({ path: [], model })
  const ends = [...near, ...near.flatMap(next)]
  if (ends.length === 0) return []
  const field = ({ path, model: end }: End) =>
    fc.constantFrom(...Object.keys(end.fields)).map(name => (_slot: unknown, output: string): OutputRequest => ({
      kind: 'related',
      output,
      path,
      field: name,
    }))
  return [fc.constantFrom(...ends).chain(field)]
}
