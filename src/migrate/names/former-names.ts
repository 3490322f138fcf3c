/** The names that models and fields of the graph may have had in a snapshot. */
import { uncapitalise } from '../../lib/index.ts'
import { type FieldNode, foreignName, type ModelGraph, type ModelNode } from '../../model/index.ts'

export interface FormerName {
  readonly name: string
  /** It was said with `renamedFrom`; otherwise it follows from what something else is called. */
  readonly said: boolean
}

/** A hidden model is named after one of its ends and a relation: whichever end it was, and whatever both were called. */
export function formerModelNames(graph: ModelGraph, model: ModelNode): readonly FormerName[] {
  if (!model.hidden) return model.renamedFrom === null ? [] : [{ name: model.renamedFrom, said: true }]
  const found = Object.values(graph.models).flatMap(end =>
    Object.values(end.relations)
      .filter(({ through }) => through?.model === model.name)
      .flatMap(relation =>
        namesOf(end).flatMap(owner =>
          namesOf(relation).map(name => ({ name: `${owner.name}_${name.name}`, said: owner.said || name.said })),
        ),
      ),
  )
  return found.filter(({ name }) => name !== model.name)
}

/** The scalar of a relation is named after it and the key that it holds, at a hidden model after the model that it leads to. */
export function formerFieldNames(graph: ModelGraph, model: ModelNode, field: FieldNode): readonly FormerName[] {
  const said = field.renamedFrom === null ? [] : [{ name: field.renamedFrom, said: true }]
  const relation = field.relation === null ? undefined : model.relations[field.relation]
  const target = relation === undefined ? undefined : graph.models[relation.target]
  const remote = relation?.on.find(({ local }) => local === field.name)?.remote
  const key = remote === undefined ? undefined : target?.fields[remote]
  if (relation === undefined || target === undefined || key === undefined) return said
  const relations = [{ name: relation.name, said: false }, ...said]
  if (model.hidden && target.renamedFrom !== null && relation.name === uncapitalise(target.name))
    relations.push({ name: uncapitalise(target.renamedFrom), said: true })
  const followed = relations.flatMap(name =>
    namesOf(key).map(part => ({ name: foreignName(name.name, part.name), said: name.said || part.said })),
  )
  return [...said, ...followed].filter(({ name }) => name !== field.name)
}

/** What something is called and was called. */
export function namesOf({ name, renamedFrom }: { name: string; renamedFrom: string | null }): readonly FormerName[] {
  const own = { name, said: false }
  return renamedFrom === null ? [own] : [own, { name: renamedFrom, said: true }]
}
