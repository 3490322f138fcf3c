/**
 * What the declaration names itself, by `table` or `column()`, has that name in the database too: a model or field that is there under another
 * one is renamed before anything else, and nobody may be using it.
 */
import type { ModelGraph, ModelNode } from '../../model/index.ts'
import type { MigrationDialect, MigrationStep, PhysicalTable, TableChange } from '../../store/sql/index.ts'

export interface Renamed {
  /** The tables of before as they are then. */
  readonly before: readonly PhysicalTable[]
  readonly steps: readonly MigrationStep[]
}

export function renameFirst(
  { before, after }: { readonly before: ModelGraph; readonly after: ModelGraph },
  dialect: MigrationDialect,
): Renamed {
  const renamed = renamedGraph(before, after)
  const old = dialect.tables(before)
  const tables = dialect.tables(renamed)
  const steps = old.flatMap((table, position) => {
    const now = tables[position]
    if (now === undefined) return []
    const columns = table.columns.flatMap(({ name }, place): readonly TableChange[] => {
      const to = now.columns[place]?.name ?? name
      return to === name ? [] : [{ kind: 'renameColumn', from: name, to }]
    })
    const whole: readonly TableChange[] = table.name === now.name ? [] : [{ kind: 'renameTable', from: table.name }]
    const changes = [...whole, ...columns]
    return changes.length === 0 ? [] : dialect.steps({ before: table, after: now, changes })
  })
  return { before: tables, steps }
}

function renamedGraph(before: ModelGraph, after: ModelGraph): ModelGraph {
  const models = Object.values(before.models).map(model => {
    const now = after.models[model.name]
    if (now === undefined) return [model.name, model] as const
    const moves = now.table !== model.table && !isTaken(before, now.table) && !isTaken(after, model.table)
    return [
      model.name,
      { ...model, table: moves ? now.table : model.table, fields: renamedFields(model, now) },
    ] as const
  })
  return { ...before, models: Object.fromEntries(models) }
}

const isTaken = (graph: ModelGraph, table: string): boolean =>
  Object.values(graph.models).some(model => model.table === table)

function renamedFields(model: ModelNode, now: ModelNode): ModelNode['fields'] {
  const has = (of: ModelNode, column: string): boolean =>
    Object.values(of.fields).some(field => field.column === column)
  const fields = Object.values(model.fields).map(field => {
    const column = now.fields[field.name]?.column ?? field.column
    const moves = column !== field.column && !has(model, column) && !has(now, field.column)
    return [field.name, moves ? { ...field, column } : field] as const
  })
  return Object.fromEntries(fields)
}
