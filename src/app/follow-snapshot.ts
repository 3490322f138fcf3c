/** The snapshot file of an application: read at every start, written in development. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '../error/index.ts'
import { hasMergeMarks, writeWhole } from '../lib/index.ts'
import {
  bornModels,
  hasMigrations,
  type History,
  loadHistory,
  printSnapshot,
  readSnapshot,
  type Snapshot,
  snapshotOf,
  snapshotOfState,
  stateBefore,
} from '../migrate/index.ts'
import type { ModelGraph, ModelNode } from '../model/index.ts'
import type { SchemaDifference } from '../store/contract/index.ts'

export const snapshotFile = 'plinth.snapshot.json'

/** The snapshot of the application, or null when it has none yet. Without the file its migrations know what everything was born with. */
export function loadSnapshot(root: string, given?: History): Snapshot | null {
  const file = join(root, snapshotFile)
  if (!existsSync(file)) {
    const history = given ?? loadHistory(root)
    return history.migrations.length === 0 ? null : snapshotOfState(stateBefore(history))
  }
  const text = readFileSync(file, 'utf8')
  const snapshot = readSnapshot(text)
  if (snapshot !== null) return snapshot
  throw refusal('boot.snapshot-invalid', { reason: unreadable(text, hasMigrations(root)) })
}

function unreadable(text: string, isMadeAgain: boolean): string {
  if (!hasMergeMarks(text)) return `${snapshotFile} is not one that this version of Plinth reads`
  const way = isMadeAgain
    ? 'Delete it: it is made again from the migrations. If these do not go together either, delete it and run "plinth migrate rebase"'
    : 'Keep the lines of both sides where they are of different fields, and of one side where they are of the same'
  return `${snapshotFile} has the marks of a merge that was not finished. ${way}`
}

/**
 * Writes the snapshot of the graph when it says something new; true when it did. A column that could not be made (`left`) is not born
 * yet: nobody is to be told later that it stays.
 */
export function saveSnapshot(root: string, graph: ModelGraph, left: readonly SchemaDifference[] = []): boolean {
  const before = loadSnapshot(root)
  return writeSnapshot(root, withoutUnborn(snapshotOf(graph, before), before, left))
}

function withoutUnborn(snapshot: Snapshot, before: Snapshot | null, left: readonly SchemaDifference[]): Snapshot {
  const unborn = left.filter(({ missingColumn }) => missingColumn !== undefined)
  if (unborn.length === 0) return snapshot
  const models = Object.entries(snapshot.models).map(([name, born]) => {
    const missing = new Set(unborn.filter(({ model }) => model === name).map(({ missingColumn }) => missingColumn))
    const known = before?.models[name]?.columns ?? {}
    const columns = Object.entries(born.columns).filter(
      ([field, column]) => !missing.has(column) || known[field] === column,
    )
    return [name, { ...born, columns: Object.fromEntries(columns) }] as const
  })
  return { ...snapshot, models: Object.fromEntries(models) }
}

/** Writes the file when it is not this already; true when it was not. */
export function writeSnapshot(root: string, snapshot: Snapshot): boolean {
  const file = join(root, snapshotFile)
  const text = printSnapshot(snapshot)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false
  writeWhole(file, text)
  return true
}

/**
 * What changed in names since the snapshot, as advice: models and fields that are gone leave their tables and columns behind, and one
 * that was renamed without saying so looks like one that is gone.
 */
export function goneNames(snapshot: Snapshot | null, graph: ModelGraph, hasMigrations = false): readonly string[] {
  if (snapshot === null) return []
  const born = bornModels(graph, snapshot)
  const all = Object.values(graph.models)
  const fresh = all.filter(({ name, renamedFrom }) => !born.has(name) && renamedFrom === null)
  const takers = new Map([...born].map(([model, { entry }]) => [entry, graph.models[model]]))
  return Object.entries(snapshot.models).flatMap(([name, entry]) => {
    const model = takers.get(entry)
    const drop: DropAdvice = (command, dropped) => {
      const write = dropped === null ? 'plinth migrate new' : `plinth migrate new --drop ${dropped}`
      return `To drop it: ${hasMigrations ? `${write}, then plinth migrate up --contract` : command}`
    }
    return model === undefined ? [leftModel(graph, name, entry.table, fresh, drop)] : goneFields(model, entry, drop)
  })
}

/** `dropped`: what is gone by name; null where the name has gone on to something else. */
type DropAdvice = (command: string, dropped: string | null) => string

function leftModel(
  graph: ModelGraph,
  name: string,
  table: string,
  fresh: readonly ModelNode[],
  dropBy: DropAdvice,
): string {
  const now = graph.models[name]?.table
  const drop = dropBy(`drop table "${table}"`, now === undefined ? name : null)
  if (now !== undefined) return `${name} has the table "${now}" now; the table "${table}" stays. ${drop}`
  const [, relation] = name.split('_')
  const alike = fresh.filter(({ hidden }) => hidden === (relation !== undefined))
  const called = alike.length === 1 ? alike[0]?.name : undefined
  const say =
    relation === undefined ? `renamedFrom: '${name}' in its options` : `.renamedFrom('${relation}') at the relation`
  const renamed = called === undefined ? '' : ` If it is called ${called} now, write ${say}.`
  return `The model ${name} is gone; its table "${table}" stays.${renamed} ${drop}`
}

function goneFields(model: ModelNode, { columns }: Snapshot['models'][string], dropBy: DropAdvice): readonly string[] {
  const fields = Object.values(model.fields)
  const taken = new Set(fields.map(({ column }) => column))
  const fresh = fields.filter(
    field =>
      !Object.hasOwn(columns, field.name) &&
      field.renamedFrom === null &&
      !Object.values(columns).includes(field.column),
  )
  return Object.entries(columns)
    .filter(([, column]) => !taken.has(column))
    .map(([field, column]) => {
      const now = model.fields[field]?.column
      const command = `alter table "${model.table}" drop column "${column}"`
      const drop = dropBy(command, now === undefined ? `${model.name}.${field}` : null)
      if (now !== undefined)
        return `${model.name}.${field} has the column "${now}" now; the column "${column}" stays. ${drop}`
      const renamed =
        fresh.length === 1 ? ` If it is called ${fresh[0]?.name} now, write .renamedFrom('${field}') there.` : ''
      return `${model.name}.${field} is gone; its column stays.${renamed} ${drop}`
    })
}
