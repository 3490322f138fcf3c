/**
 * States of branches that were merged: each migration changed something from one value to another, and all changes together give the state,
 * unless two of them want different things of the same one.
 */
import { canonicalJson, deepFreeze } from '../../lib/index.ts'
import { emptyState, type State, stateFormat, type StateModel } from './state.ts'

/** A state cut into what can be changed by itself: `Article`, `Article.title`, `Article unique articles_title_unique` … */
type StateParts = ReadonlyMap<string, Part>

interface Part {
  readonly model: string
  readonly kind: 'model' | 'field' | 'relation' | 'unique' | 'index' | 'check'
  readonly name: string
  readonly value: unknown
}

export interface StateChange {
  readonly part: string
  readonly from: Part | null
  readonly to: Part | null
}

function partsOf(state: State): StateParts {
  const parts = new Map<string, Part>()
  for (const [model, { fields, relations, uniques, indexes, checks, order: _order, ...own }] of Object.entries(
    state.models,
  )) {
    const add = (kind: Part['kind'], name: string, value: unknown): void => {
      parts.set(describe(kind, model, name), { model, kind, name, value })
    }
    add('model', '', own)
    for (const [name, value] of Object.entries(fields)) add('field', name, value)
    for (const [name, value] of Object.entries(relations)) add('relation', name, value)
    for (const value of uniques) add('unique', value.name, value)
    for (const value of indexes) add('index', value.name, value)
    for (const value of checks) add('check', value.name, value)
  }
  return parts
}

function describe(kind: Part['kind'], model: string, name: string): string {
  if (kind === 'model') return model
  return kind === 'field' ? `${model}.${name}` : `${kind} ${name} of ${model}`
}

const same = (left: Part | null, right: Part | null): boolean =>
  canonicalJson(left?.value ?? null) === canonicalJson(right?.value ?? null)

export function changesBetween(before: State, after: State): readonly StateChange[] {
  const [old, fresh] = [partsOf(before), partsOf(after)]
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map(part => ({ part, from: old.get(part) ?? null, to: fresh.get(part) ?? null }))
    .filter(({ from, to }) => !same(from, to))
}

export type Merged =
  | { readonly ok: true; readonly state: State }
  | { readonly ok: false; readonly conflicts: readonly string[] }

export interface Contribution {
  /** Who it comes from, for messages. */
  readonly by: string
  readonly changes: readonly StateChange[]
  /** The order of fields as it wanted it. */
  readonly wanted: State
}

/** All contributions in order, from nothing. The result does not depend on the order of those that do not build on each other. */
export function mergeStates(contributions: readonly Contribution[]): Merged {
  const parts = new Map<string, Part>()
  const setBy = new Map<string, string>()
  const conflicts: string[] = []
  for (const { by, changes } of contributions) {
    for (const { part, from, to } of changes) {
      const now = parts.get(part) ?? null
      if (!same(now, from) && !same(now, to))
        conflicts.push(`${part} is changed by ${by} and, in another way, by ${setBy.get(part) ?? 'another one'}`)
      if (to === null) parts.delete(part)
      else parts.set(part, to)
      setBy.set(part, by)
    }
  }
  const state = stateOfParts(parts, contributions)
  conflicts.push(...contradictions(state, parts))
  return conflicts.length === 0 ? { ok: true, state } : { ok: false, conflicts }
}

function stateOfParts(parts: ReadonlyMap<string, Part>, contributions: readonly Contribution[]): State {
  const all = [...parts.values()]
  const of = (model: string, kind: Part['kind']): readonly Part[] =>
    all.filter(part => part.model === model && part.kind === kind)
  const byName = (found: readonly Part[]) => Object.fromEntries(found.map(({ name, value }) => [name, value]))
  const listed = (found: readonly Part[]) => found.map(({ value }) => value)
  const models = all
    .filter(({ kind }) => kind === 'model')
    .map(({ model, value }) => {
      const fields = byName(of(model, 'field'))
      const orders = contributions.flatMap(({ wanted }) => wanted.models[model]?.order ?? [])
      return [
        model,
        {
          ...(value as object),
          order: [...new Set(orders)].filter(name => Object.hasOwn(fields, name)),
          fields,
          relations: byName(of(model, 'relation')),
          uniques: listed(of(model, 'unique')),
          indexes: listed(of(model, 'index')),
          checks: listed(of(model, 'check')),
        } as unknown as StateModel,
      ] as const
    })
  if (models.length === 0) return emptyState
  return deepFreeze({ format: stateFormat, models: Object.fromEntries(models) })
}

/** What no single change shows: something is left of a model that is gone, or two have one name in the database. */
function contradictions(state: State, parts: ReadonlyMap<string, Part>): readonly string[] {
  const found: string[] = []
  for (const [part, { model }] of parts)
    if (state.models[model] === undefined) found.push(`${part} is changed, and ${model} is dropped`)
  const tables = new Map<string, string>()
  for (const [name, model] of Object.entries(state.models)) {
    const id = `${model.namespace ?? ''}.${model.table}`
    const other = tables.get(id)
    if (other !== undefined) found.push(`${name} and ${other} both have the table "${model.table}"`)
    tables.set(id, name)
    found.push(...contradictionsIn(name, model, state))
  }
  return found
}

function contradictionsIn(name: string, model: StateModel, state: State): readonly string[] {
  const found: string[] = []
  const columns = new Map<string, string>()
  for (const [field, { column }] of Object.entries(model.fields)) {
    const other = columns.get(column)
    if (other !== undefined) found.push(`${name}.${field} and ${name}.${other} both have the column "${column}"`)
    columns.set(column, field)
  }
  const needed = [
    ...model.key.map(field => [field, `the key of ${name}`] as const),
    ...model.uniques.flatMap(unique => unique.fields.map(field => [field, unique.name] as const)),
    ...model.indexes.flatMap(index => index.fields.map(({ field }) => [field, index.name] as const)),
    ...Object.entries(model.relations).flatMap(([relation, { on }]) =>
      on.map(({ local }) => [local, `${name}.${relation}`] as const),
    ),
  ]
  for (const [field, by] of needed)
    if (model.fields[field] === undefined) found.push(`${by} needs ${name}.${field}, which is dropped`)
  for (const [relation, { target }] of Object.entries(model.relations))
    if (state.models[target] === undefined) found.push(`${name}.${relation} leads to ${target}, which is dropped`)
  return found
}
