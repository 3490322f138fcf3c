/** The names of relations that hints may spell: a reference whose scalars are private is not told to callers. */
import type { ModelNode } from './graph.ts'

export const toldRelations = (model: ModelNode): readonly string[] =>
  Object.values(model.relations)
    .filter(({ kind, on }) => kind !== 'belongsTo' || !on.some(({ local }) => model.fields[local]?.private === true))
    .map(({ name }) => name)
