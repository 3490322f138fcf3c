/** Eighth step: conditions that every plan of a model carries (semantics 11). */
import { declaredModel } from '../declared-models.ts'
import type { ModelGraph, ScopeNode } from '../graph.ts'
import { buildCondition, buildNamed, finishCondition, type Subject, type Symbols } from './conditions.ts'
import type { Building } from './draft.ts'

/** Scopes that `defineSchema` got, by model: a function that gives named conditions. */
export type DeclaredScopes = Readonly<Record<string, (symbols: Symbols) => unknown>>

/** The name of the scope of models that delete softly. */
export const softDeleteScope = 'softDelete'

export function buildScopes(
  building: Building,
  graph: ModelGraph,
  declared: DeclaredScopes,
): Record<string, readonly ScopeNode[]> {
  const { mistakes } = building
  const result: Record<string, ScopeNode[]> = {}
  const add = (model: string, scope: ScopeNode): void => {
    const scopes = (result[model] ??= [])
    if (scopes.some(known => known.name === scope.name)) {
      mistakes.add('boot.name-taken', { what: `A scope of ${model}`, name: scope.name, other: 'another one' }, [model])
    } else scopes.push(scope)
  }
  for (const draft of building.models.values()) {
    if (draft.options.softDelete === true) {
      const of = { kind: 'field', row: 0, path: [], field: 'deletedAt' } as const
      add(draft.name, { name: softDeleteScope, predicate: { kind: 'isNull', of } })
    }
    for (const [name, build] of Object.entries(draft.options.scopes ?? {})) {
      const predicate = buildCondition(graph, subjectOf(draft.name, name), ({ row }) => build(row), mistakes)
      if (predicate !== undefined) add(draft.name, { name, predicate })
    }
  }
  for (const [model, build] of Object.entries(declared)) {
    if (declaredModel(graph, model, 'scopes', mistakes) === undefined) continue
    buildNamed(graph, { rule: 'The scopes', model, place: [model] }, build, mistakes, (name, given, used) => {
      const predicate = finishCondition(given, subjectOf(model, name), used, mistakes)
      if (predicate !== undefined) add(model, { name, predicate })
      return predicate !== undefined
    })
  }
  return result
}

const subjectOf = (model: string, scope: string): Subject => ({ rule: `The scope "${scope}"`, model, place: [model] })
