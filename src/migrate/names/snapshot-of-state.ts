/** The snapshot as the migrations know it: for when the file was lost. */
import type { State } from '../state/state.ts'
import { type BornModel, type Snapshot, snapshotFormat } from './snapshot.ts'

export function snapshotOfState(state: State): Snapshot {
  const models = Object.entries(state.models).map(([name, { table, fields, key, hidden }]): [string, BornModel] => {
    const columns = Object.fromEntries(Object.entries(fields).map(([field, { column }]) => [field, column]))
    const join = hidden === true ? { key: key.map(field => columns[field] ?? field).join(' ') } : {}
    return [name, { table, columns, ...join }]
  })
  return { format: snapshotFormat, models: Object.fromEntries(models) }
}
