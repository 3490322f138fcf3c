/** The snapshot: which table each model and which column each field was born with. It is committed, so that names in code can move. */
import { canonicalJson, isObject, jsonObject } from '../../lib/index.ts'
import type { ModelGraph } from '../../model/index.ts'

export const snapshotFormat = 1

type Columns = Readonly<Record<string, string>>

export interface BornModel {
  readonly table: string
  readonly columns: Columns
  /** The key of a join table, `article_id tag_id`: which of its ends comes first follows from names. */
  readonly key?: string
  /** The columns of fields that are declared no more: whoever says later that a field was called so gets them. */
  readonly gone?: Columns
}

export interface Snapshot {
  readonly format: typeof snapshotFormat
  /** Join tables of manyToMany too: `Article_tags`. */
  readonly models: Readonly<Record<string, BornModel>>
  /** Models that are declared no more. */
  readonly gone?: Readonly<Record<string, BornModel>>
}

/** What is to be written down for a graph, `before` being what was written last. */
export function snapshotOf(graph: ModelGraph, before: Snapshot | null = null): Snapshot {
  const all = Object.values(graph.models)
  const tables = new Set(all.map(({ table }) => table))
  const written = [...Object.entries(before?.gone ?? {}), ...Object.entries(before?.models ?? {})]
  const byTable = new Map(written.map(([, born]) => [born.table, born]))
  const left = written.filter(([, { table }]) => !tables.has(table))
  const models = all.map(({ name, table, fields, key, hidden }) => {
    const columns = Object.fromEntries(Object.values(fields).map(field => [field.name, field.column]))
    const taken = new Set(Object.values(columns))
    const born = byTable.get(table)
    const known = [...Object.entries(born?.gone ?? {}), ...Object.entries(born?.columns ?? {})]
    const empty = known.filter(([, column]) => !taken.has(column))
    const join = hidden ? { key: key.map(field => fields[field]?.column ?? field).join(' ') } : {}
    return [name, { table, columns, ...join, ...(empty.length > 0 && { gone: Object.fromEntries(empty) }) }] as const
  })
  return {
    format: snapshotFormat,
    models: Object.fromEntries(models),
    ...(left.length > 0 && { gone: Object.fromEntries(left) }),
  }
}

/** The text of a snapshot: keys in order and one line each, so that a merge of two branches is a merge of lines. */
export const printSnapshot = (snapshot: Snapshot): string => `${canonicalJson(snapshot, 2)}\n`

/** Reads what `printSnapshot` wrote; null when the text is something else or of a later format. */
export function readSnapshot(text: string): Snapshot | null {
  const value = jsonObject(text)
  return isSnapshot(value) ? value : null
}

const isSnapshot = (value: unknown): value is Snapshot =>
  isObject(value) &&
  value['format'] === snapshotFormat &&
  isRecordOf(value['models'], isBornModel) &&
  (value['gone'] === undefined || isRecordOf(value['gone'], isBornModel))

const isBornModel = (value: unknown): boolean =>
  isObject(value) &&
  isText(value['table']) &&
  isRecordOf(value['columns'], isText) &&
  (value['key'] === undefined || isText(value['key'])) &&
  (value['gone'] === undefined || isRecordOf(value['gone'], isText))

const isText = (value: unknown): boolean => typeof value === 'string'

const isRecordOf = (value: unknown, each: (one: unknown) => boolean): boolean =>
  isObject(value) && Object.values(value).every(each)
