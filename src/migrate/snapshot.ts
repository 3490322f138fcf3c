/** The snapshot: which column each field was born with. It is committed, so that names in code can move while columns stay. */
import { canonicalJson } from '../lib/index.ts'
import { databaseName, type FieldNode, type ModelGraph, type ModelNode } from '../model/index.ts'

export const snapshotFormat = 1

export interface Snapshot {
  readonly format: typeof snapshotFormat
  readonly models: Readonly<
    Record<string, { readonly table: string; readonly columns: Readonly<Record<string, string>> }>
  >
}

/** What is to be written down for a graph. */
export function snapshotOf(graph: ModelGraph): Snapshot {
  const models = Object.values(graph.models).map(model => {
    const columns = Object.fromEntries(Object.values(model.fields).map(field => [field.name, field.column]))
    return [model.name, { table: model.table, columns }] as const
  })
  return { format: snapshotFormat, models: Object.fromEntries(models) }
}

/** The text of a snapshot: keys in order and one line each, so that a merge of two branches is a merge of lines. */
export const printSnapshot = (snapshot: Snapshot): string => `${canonicalJson(snapshot, 2)}\n`

/** Reads what `printSnapshot` wrote; null when the text is something else or of a later format. */
export function readSnapshot(text: string): Snapshot | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  return isSnapshot(value) ? value : null
}

function isSnapshot(value: unknown): value is Snapshot {
  if (!isRecord(value) || value['format'] !== snapshotFormat || !isRecord(value['models'])) return false
  return Object.values(value['models']).every(
    model =>
      isRecord(model) &&
      typeof model['table'] === 'string' &&
      isRecord(model['columns']) &&
      Object.values(model['columns']).every(column => typeof column === 'string'),
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The graph with the columns of the snapshot: a field keeps the column that it has there, under its own name or under the one that
 * `renamedFrom` gives; a column that the declaration names itself stays.
 */
export function withSnapshot(graph: ModelGraph, snapshot: Snapshot): ModelGraph {
  const models = Object.entries(graph.models).map(([name, model]) => {
    const columns = snapshot.models[name]?.columns
    return [name, columns === undefined ? model : withColumns(model, columns)] as const
  })
  return Object.freeze({ ...graph, models: Object.freeze(Object.fromEntries(models)) })
}

function withColumns(model: ModelNode, columns: Readonly<Record<string, string>>): ModelNode {
  const moved = movedColumns(model, columns)
  const taken = new Set<string>(moved.values())
  const fields = Object.entries(model.fields).map(([name, field]) => {
    const column = moved.get(name) ?? bornAs(field, columns, taken)
    return [name, column === field.column ? field : Object.freeze({ ...field, column })] as const
  })
  return Object.freeze({ ...model, fields: Object.freeze(Object.fromEntries(fields)) })
}

/** Fields that took over the column of a name that they had before. */
function movedColumns(model: ModelNode, columns: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const moved = new Map<string, string>()
  for (const { name, renamedFrom } of Object.values(model.fields)) {
    const column = renamedFrom === null || Object.hasOwn(columns, name) ? undefined : columns[renamedFrom]
    if (column !== undefined) moved.set(name, column)
  }
  return moved
}

function bornAs(field: FieldNode, columns: Readonly<Record<string, string>>, taken: ReadonlySet<string>): string {
  const named = field.column !== databaseName(field.name)
  if (named) return field.column
  const born = Object.hasOwn(columns, field.name) ? columns[field.name] : undefined
  if (born !== undefined && !taken.has(born)) return born
  // A new field under a name that another one had before: that one keeps the column.
  let column = field.column
  for (let count = 2; taken.has(column); count++) column = databaseName(`${field.name}_${count}`)
  return column
}
