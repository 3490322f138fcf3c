/** `plinth migrate rename`: says in the snapshot what `renamedFrom` says in code: the table or column that something was born with goes over to its new name. */
import { refusal } from '../../error/index.ts'
import { nearest, uncapitalise } from '../../lib/index.ts'
import type { ModelGraph } from '../../model/index.ts'
import type { BornModel, Snapshot } from './snapshot.ts'

export interface Rename {
  /** `Article.title` or `Article`. */
  readonly from: string
  /** `headline` or `Post`. */
  readonly to: string
}

export function renameInSnapshot(snapshot: Snapshot, graph: ModelGraph, { from, to }: Rename): Snapshot {
  const [model = '', field, ...more] = from.split('.')
  if (more.length > 0 || to.includes('.')) {
    const reason = `Write it as "plinth migrate rename Article.title headline" or "plinth migrate rename Article Post"`
    throw refusal('migrate.name-invalid', { reason })
  }
  return field === undefined ? renameModel(snapshot, graph, model, to) : renameField(snapshot, graph, model, field, to)
}

function renameField(snapshot: Snapshot, graph: ModelGraph, model: string, from: string, to: string): Snapshot {
  const entry = snapshot.models[model]
  const fields = graph.models[model]?.fields
  if (entry === undefined || fields === undefined) throw unknown('model', model, '', Object.keys(graph.models))
  if (fields[to] === undefined) throw unknown('field', to, ` in ${model}`, Object.keys(fields))
  if (fields[from] !== undefined) throw stillThere(`${model}.${from}`)
  const column = entry.columns[from] ?? entry.gone?.[from]
  const known = [...Object.keys(entry.columns), ...Object.keys(entry.gone ?? {})].filter(
    name => fields[name] === undefined,
  )
  if (column === undefined) throw unknown('field that is gone', from, ` in ${model}`, known)
  const columns = { ...without(entry.columns, from), [to]: column }
  return withModel(snapshot, model, { ...withoutGone(entry, from), columns })
}

function renameModel(snapshot: Snapshot, graph: ModelGraph, from: string, to: string): Snapshot {
  if (graph.models[to] === undefined) throw unknown('model', to, '', visible(graph))
  if (graph.models[from] !== undefined) throw stillThere(from)
  const entry = snapshot.models[from] ?? snapshot.gone?.[from]
  const known = [...Object.keys(snapshot.models), ...Object.keys(snapshot.gone ?? {})].filter(
    name => graph.models[name] === undefined,
  )
  if (entry === undefined) throw unknown('model that is gone', from, '', known)
  const all = { ...snapshot.gone, ...snapshot.models }
  const models = { ...without(snapshot.models, from), [to]: entry }
  const gone = { ...without(snapshot.gone ?? {}, from) }
  // Join tables are named after their ends, and their columns too.
  for (const [name, born] of Object.entries(all)) {
    if (!name.includes('_')) continue
    const renamed = name.startsWith(`${from}_`) ? `${to}${name.slice(from.length)}` : name
    if (graph.models[renamed]?.hidden !== true) continue
    delete models[name]
    delete gone[name]
    models[renamed] = { ...born, columns: renamedColumns(born.columns, from, to) }
  }
  const { gone: _gone, ...rest } = snapshot
  return { ...rest, models, ...(Object.keys(gone).length > 0 && { gone }) }
}

function renamedColumns(columns: BornModel['columns'], from: string, to: string): BornModel['columns'] {
  const [old, fresh] = [uncapitalise(from), uncapitalise(to)]
  const entries = Object.entries(columns).map(([name, column]) => {
    const isOf = name.startsWith(old) && /^[A-Z]/u.test(name.slice(old.length))
    return [isOf ? `${fresh}${name.slice(old.length)}` : name, column] as const
  })
  return Object.fromEntries(entries)
}

const visible = (graph: ModelGraph): readonly string[] =>
  Object.values(graph.models).flatMap(({ name, hidden }) => (hidden ? [] : [name]))

function withoutGone(entry: BornModel, name: string): BornModel {
  const { gone = {}, ...rest } = entry
  const left = without(gone, name)
  return { ...rest, ...(Object.keys(left).length > 0 && { gone: left }) }
}

const withModel = (snapshot: Snapshot, name: string, entry: BornModel): Snapshot => ({
  ...snapshot,
  models: { ...snapshot.models, [name]: entry },
})

const without = <T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== name))

const unknown = (what: string, name: string, where: string, known: readonly string[]) =>
  refusal('migrate.name-unknown', { what, name, where, nearest: nearest(name, known) })

const stillThere = (name: string) =>
  refusal('migrate.name-invalid', { reason: `${name} is still declared; rename it in the model first` })
