/**
 * What migrations have left in the database, because its table was there before its model: it can still be dropped by name. The state after all
 * migrations knows nothing of it any more, those before do.
 */
import { readSteps } from '../history/step-file.ts'
import type { Migration } from '../history/migration.ts'
import type { State, StateModel } from '../state/state.ts'
import type { MatchedModels } from './matched-models.ts'

interface LeftBehind {
  /** As it is dropped: `Article.title` or `Article`. */
  readonly name: string
  /** The model as it is called now; of a table that is left, as it was called last. */
  readonly model: string
  /** Null: the whole table. */
  readonly field: string | null
  /** The model when it still had it. */
  readonly last: StateModel
}

interface Place {
  readonly table: string
  readonly column: string | null
}

const keyOf = ({ table, column }: Place): string => JSON.stringify([table, column])

/** `migrations` in their order, `state` after all of them. */
export function leftBehind(migrations: readonly Migration[], state: State): readonly LeftBehind[] {
  const seen = new Map<string, Omit<LeftBehind, 'name'> & Place>()
  for (const migration of migrations) {
    for (const [model, last] of Object.entries(migration.state.models).filter(([, { adopted }]) => adopted)) {
      const put = (field: string | null, column: string | null): void =>
        void seen.set(keyOf({ table: last.table, column }), { model, field, last, table: last.table, column })
      put(null, null)
      for (const [field, { column }] of Object.entries(last.fields)) put(field, column)
    }
    for (const place of droppedBy(migration)) seen.delete(keyOf(place))
  }
  const now = new Map(Object.entries(state.models).map(([name, model]) => [model.table, { name, model }] as const))
  return [...seen.values()].flatMap(({ table, column, model, field, last }): readonly LeftBehind[] => {
    const found = now.get(table)
    if (found === undefined)
      return field === null && state.models[model] === undefined ? [{ name: model, model, field, last }] : []
    if (field === null || found.model.adopted !== true || found.model.fields[field] !== undefined) return []
    if (Object.values(found.model.fields).some(one => one.column === column)) return []
    return [{ name: `${found.name}.${field}`, model: found.name, field, last }]
  })
}

function droppedBy({ files }: Migration): readonly Place[] {
  return Object.values(files).flatMap(text => {
    const read = readSteps(text)
    const steps = read.ok ? [...read.file.first, ...read.file.second] : []
    return steps.flatMap(({ unless }): readonly Place[] => {
      if (unless === null || unless.holds || (unless.is !== 'table' && unless.is !== 'column')) return []
      return [{ table: unless.table.name, column: unless.is === 'table' ? null : unless.name }]
    })
  })
}

/** The state with what is dropped only now. */
export function withLeft(state: State, left: readonly LeftBehind[]): State {
  let models = state.models
  for (const { model, field, last } of left.toSorted(
    (one, other) => Number(one.field !== null) - Number(other.field !== null),
  )) {
    const now = models[model]
    const back = field === null || now === undefined ? last : withField(now, field, last)
    models = { ...models, [model]: back }
  }
  const known = models
  const whole = Object.entries(models).map(([name, model]) => {
    const relations = Object.entries(model.relations).filter(([, { target }]) => known[target] !== undefined)
    return [name, { ...model, relations: Object.fromEntries(relations) }] as const
  })
  return { ...state, models: Object.fromEntries(whole) }
}

/** With the field, and with what was said of it and of others that are there. */
function withField(model: StateModel, name: string, last: StateModel): StateModel {
  const field = last.fields[name]
  if (field === undefined) return model
  const fields = { ...model.fields, [name]: { ...field, nullable: true } as const }
  const concerns = (names: readonly string[]): boolean =>
    names.includes(name) && names.every(one => fields[one] !== undefined)
  const relations = Object.entries(last.relations).filter(
    ([relation, { on }]) => model.relations[relation] === undefined && concerns(on.map(({ local }) => local)),
  )
  return {
    ...model,
    fields,
    relations: { ...model.relations, ...Object.fromEntries(relations) },
    uniques: [...model.uniques, ...last.uniques.filter(unique => concerns(unique.fields))],
    indexes: [...model.indexes, ...last.indexes.filter(index => concerns(index.fields.map(({ field: of }) => of)))],
  }
}

/** The names of what this migration leaves behind. */
export function leftBy({ kept, dropped }: MatchedModels, drops: ReadonlySet<string>): readonly string[] {
  const models = dropped.filter(({ adopted }) => adopted).map(({ name }) => name)
  const fields = kept
    .filter(({ before, after }) => before.adopted && after.adopted)
    .flatMap(({ before, after, dropped: gone }) =>
      gone.filter(({ name }) => !before.key.includes(name)).map(({ name }) => `${after.name}.${name}`),
    )
  return [...models, ...fields].filter(name => !drops.has(name))
}
