/** Refuses a model whose rows callers may create although nobody fills in what callers cannot write: each of them would be refused. */
import { collectMistakes } from './build/mistakes.ts'
import { isNever } from './expression.ts'
import type { FieldNode, ModelGraph, ModelNode } from './graph.ts'

export function requireCreatable(graph: ModelGraph): void {
  const mistakes = collectMistakes()
  const ends = linkEnds(graph)
  for (const model of Object.values(graph.models)) {
    if (model.hidden || !isOpenToCallers(model) || model.hooks.includes('beforeCreate')) continue
    for (const { name } of Object.values(model.fields).filter(isLeftEmpty)) {
      const field = `${model.name}.${name}`
      if (!ends.has(field)) mistakes.add('boot.create-impossible', { model: model.name, field }, [model.name, name])
    }
  }
  mistakes.refuse('rules')
}

const isOpenToCallers = ({ rules }: ModelNode): boolean => rules !== null && !isNever(rules.create)

/** It needs a value, which neither callers nor the server give it. */
const isLeftEmpty = (field: FieldNode): boolean => isServerWritten(field) && needsValue(field)

/** No caller writes it, whatever the rules say. */
export const isServerWritten = (field: FieldNode): boolean => field.readOnly || field.private

/** A new row cannot do without a value of it that somebody gives. */
export const needsValue = ({ nullable, default: source, from }: FieldNode): boolean =>
  !nullable && source === null && from === null

/** The fields that links fill in, whoever may write them. */
function linkEnds(graph: ModelGraph): ReadonlySet<string> {
  const throughs = Object.values(graph.models).flatMap(({ relations }) =>
    Object.values(relations).flatMap(({ through }) => through ?? []),
  )
  return new Set(
    throughs.flatMap(({ model, local, remote }) => [...local, ...remote].map(pair => `${model}.${pair.through}`)),
  )
}
