/** The graph as it is in the database: models with the tables and fields with the columns that they were born with. */
import { refusal } from '../../error/index.ts'
import { deepFreeze, perhaps } from '../../lib/index.ts'
import { checkName, databaseName, indexName, type ModelGraph, type ModelNode, uniqueName } from '../../model/index.ts'
import { type FormerName, formerFieldNames, formerModelNames } from './former-names.ts'
import { inBornOrder, withItsEnds } from './join-table.ts'
import type { BornModel, Snapshot } from './snapshot.ts'

/**
 * What has another name now keeps its table or column when `renamedFrom` says what it was called; what the declaration names itself, by
 * `table` or `column()`, has that name.
 */
export function withSnapshot(graph: ModelGraph, snapshot: Snapshot): ModelGraph {
  const born = bornModels(graph, snapshot)
  const models = Object.values(graph.models)
  const tables = chooseNames(
    models.map(model => ({
      name: model.name,
      rule: databaseName(model.name),
      own: model.table,
      born: born.get(model.name)?.entry.table ?? null,
      scope: model.namespace,
    })),
    name => `The table of ${name}`,
  )
  const fixed = models.map(model => {
    const taken = born.get(model.name)
    const entry = taken === undefined ? null : withItsEnds(graph, model, taken.name, taken.entry)
    return [model.name, fix(graph, model, tables.get(model.name) ?? model.table, entry)] as const
  })
  return deepFreeze({ ...graph, models: Object.fromEntries(fixed) })
}

/** Which entry of the snapshot each model has taken over, with its name there. */
export function bornModels(
  graph: ModelGraph,
  snapshot: Snapshot,
): ReadonlyMap<string, { readonly name: string; readonly entry: BornModel }> {
  const found = takeOver(
    Object.values(graph.models).map(model => ({
      name: model.name,
      said: model.renamedFrom,
      former: formerModelNames(graph, model),
      isMoved: snapshot.models[model.name]?.table !== databaseName(model.name),
    })),
    Object.keys(snapshot.models),
    Object.keys(snapshot.gone ?? {}),
    (name, former, known) =>
      `${name} says that it was called "${former}", and the snapshot has no such model${perhaps(former, known)}`,
  )
  const entries = [...found].flatMap(([name, { at, gone }]) => {
    const entry = (gone ? snapshot.gone : snapshot.models)?.[at]
    return entry === undefined ? [] : [[name, { name: at, entry }] as const]
  })
  return new Map(entries)
}

interface Named {
  readonly name: string
  /** What `renamedFrom` says. */
  readonly said: string | null
  readonly former: readonly FormerName[]
  /** The snapshot has it under a name that it was not born with: an old `renamedFrom` has been followed. */
  readonly isMoved: boolean
}

/** Under which name of the snapshot each one is found, and whether among those that were gone. */
function takeOver(
  all: readonly Named[],
  known: readonly string[],
  gone: readonly string[],
  unknown: (name: string, former: string, known: readonly string[]) => string,
): ReadonlyMap<string, { readonly at: string; readonly gone: boolean }> {
  const found = new Map<string, { readonly at: string; readonly gone: boolean }>()
  const isFree = (at: string): boolean => ![...found.values()].some(one => !one.gone && one.at === at)
  for (const { name, said, former, isMoved } of all) {
    if (!known.includes(name)) {
      const moved = former.find(one => known.includes(one.name) && isFree(one.name))
      if (moved !== undefined) found.set(name, { at: moved.name, gone: false })
    }
    // It was renamed first and that was said afterwards.
    const late = known.includes(name) && isMoved ? undefined : former.find(one => one.said && gone.includes(one.name))
    if (late !== undefined && !found.has(name)) found.set(name, { at: late.name, gone: true })
    if (said === null || known.includes(name) || found.has(name)) continue
    const others = [...known, ...gone].filter(one => !all.some(other => other.name === one))
    throw refusal('boot.snapshot-invalid', { reason: unknown(name, said, others) })
  }
  for (const { name } of all) {
    if (found.has(name)) continue
    if (known.includes(name) && isFree(name)) found.set(name, { at: name, gone: false })
    else if (gone.includes(name)) found.set(name, { at: name, gone: true })
  }
  return found
}

interface Choice {
  readonly name: string
  /** What it is called when nothing else is said. */
  readonly rule: string
  /** What the declaration calls it. */
  readonly own: string
  readonly born: string | null
  readonly scope: string | null
}

/** Names that are declared or born go first; a new one that would meet one of them gets a number. */
function chooseNames(all: readonly Choice[], subject: (name: string) => string): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>()
  const taken = new Map<string, string>()
  // Databases do not tell case apart everywhere.
  const keyOf = (name: string, scope: string | null): string => `${scope ?? ''}.${name}`.toLowerCase()
  const choose = (choice: Choice, as: string): void => {
    chosen.set(choice.name, as)
    taken.set(keyOf(as, choice.scope), choice.name)
  }
  for (const choice of all) {
    const fixed = choice.own === choice.rule ? choice.born : choice.own
    if (fixed === null) continue
    const other = taken.get(keyOf(fixed, choice.scope))
    if (other !== undefined)
      throw refusal('boot.name-taken', { what: subject(choice.name), name: fixed, other: `that of ${other}` })
    choose(choice, fixed)
  }
  for (const choice of all.filter(({ name }) => !chosen.has(name))) {
    let free = choice.rule
    for (let count = 2; taken.has(keyOf(free, choice.scope)); count++) free = databaseName(`${choice.name}_${count}`)
    choose(choice, free)
  }
  return chosen
}

function fix(graph: ModelGraph, model: ModelNode, table: string, born: BornModel | null): ModelNode {
  const columns = born === null ? new Map<string, string>() : columnsOf(graph, model, born)
  const columnOf = (name: string): string => columns.get(name) ?? model.fields[name]?.column ?? name
  const fields = Object.entries(model.fields)
  const { key, indexes } = inBornOrder(model, born?.key?.split(' ') ?? [], columnOf)
  const isSame = key === model.key && table === model.table
  if (isSame && fields.every(([name, field]) => columnOf(name) === field.column)) return model
  return {
    ...model,
    table,
    key,
    fields: Object.fromEntries(fields.map(([name, field]) => [name, { ...field, column: columnOf(name) }])),
    uniques: model.uniques.map(unique => ({ ...unique, name: uniqueName(table, unique, columnOf) })),
    indexes: indexes.map(index => ({ ...index, name: indexName(table, index, columnOf) })),
    checks: model.checks.map(check => ({ ...check, name: checkName(table, check, columnOf) })),
  }
}

function columnsOf(graph: ModelGraph, model: ModelNode, born: BornModel): ReadonlyMap<string, string> {
  const fields = Object.values(model.fields)
  const found = takeOver(
    fields.map(field => ({
      name: field.name,
      said: field.renamedFrom,
      former: formerFieldNames(graph, model, field),
      isMoved: born.columns[field.name] !== databaseName(field.name),
    })),
    Object.keys(born.columns),
    Object.keys(born.gone ?? {}),
    (name, former, known) =>
      `${model.name}.${name} says that it was called "${former}", and ${model.name} has no such field in the snapshot${perhaps(former, known)}`,
  )
  const bornColumn = (name: string): string | null => {
    const entry = found.get(name)
    return entry === undefined ? null : ((entry.gone ? born.gone : born.columns)?.[entry.at] ?? null)
  }
  const choices = fields.map(({ name, column }) => ({
    name,
    rule: databaseName(name),
    own: column,
    born: bornColumn(name),
    scope: null,
  }))
  return chooseNames(choices, name => `The column of ${model.name}.${name}`)
}
