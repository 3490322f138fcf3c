/** Writes a migration: what leads from the state of all that are there to the state of the models. */
import { refusal } from '../../error/index.ts'
import { canonicalJson, nearest } from '../../lib/index.ts'
import { databaseName, kindOf, type ModelGraph, type Value } from '../../model/index.ts'
import type { MigrationDialect } from '../../store/sql/index.ts'
import { type MigrationWish, planMigration, type PlannedMigration } from '../change/plan-migration.ts'
import type { History } from '../history/history.ts'
import { freeMigrationId, saveMigration } from '../history/migration-folder.ts'
import { printSteps, wasPulled } from '../history/step-file.ts'
import { graphOfState } from '../state/graph-of-state.ts'
import { changesBetween, type StateChange } from '../state/merge-states.ts'
import { type State, stateOf } from '../state/state.ts'
import { newTargetOf, renameChoices, valueChoices } from './find-choices.ts'
import { leftBehind, leftBy, withLeft } from './left-behind.ts'
import { matchModels, type MatchedModels } from './matched-models.ts'
import { isMigrationName, nameOf } from './name-migration.ts'
import { referenceChoices } from './reference-choices.ts'
import { requirePossible } from './require-possible.ts'

export interface WriteOptions {
  readonly root: string
  readonly history: History
  /** The models as they are, with the tables and columns of the snapshot; without Plinth's own. */
  readonly graph: ModelGraph
  readonly dialects: readonly MigrationDialect[]
  /** Null: named after what it does. */
  readonly name: string | null
  /** `Article.title` or `Article`: gone for good. */
  readonly drops: ReadonlySet<string>
  /** `Article.title`: its column is changed by hand. */
  readonly byHand: ReadonlySet<string>
  /** By `Article.rating`: the text of a value. */
  readonly fills: ReadonlyMap<string, string>
  /** With code of its own; null: none, else its text. */
  readonly code: string | null
  readonly now: Date
}

export interface WrittenMigration {
  readonly id: string
  /** Paths from the root of the application. */
  readonly files: readonly string[]
  /** By the name of the database. */
  readonly plans: ReadonlyMap<string, PlannedMigration>
  /** What goes from the models and stays in the database, as it would be dropped: `Article.title`. */
  readonly left: readonly string[]
}

/** Null: the models have not changed. */
export function writeMigration(options: WriteOptions): WrittenMigration | null {
  const { history, graph, root } = options
  const before = stateBefore(history)
  const state = stateOf(graph)
  const changes = changesBetween(before, state)
  const left = leftBehind(history.migrations, before)
  const droppedNow = left.filter(({ name }) => options.drops.has(name))
  const fills = fillsOf(options.fills, graph)
  const old = graphOfState(withLeft(before, droppedNow))
  const matched = matchModels(old, graph)
  requireGone(options.drops, matched, left, graph)
  if (changes.length === 0 && droppedNow.length === 0 && options.code === null) return null
  requireSnapshot(matched)
  requireDecisions(options, matched)
  const wish: MigrationWish = {
    before: old,
    after: graph,
    fills,
    drops: options.drops,
    hasCode: options.code !== null,
  }
  requirePossible(wish, options.dialects, options.byHand)
  const id = freeMigrationId(root, chosenName(options, matched, changes[0]), options.now)
  const plans = new Map(options.dialects.map(dialect => [dialect.name, planMigration(wish, dialect)] as const))
  const files = Object.fromEntries([...plans].map(([name, plan]) => [name, printSteps(id, name, plan)]))
  const parents = history.heads.map(head => head.id)
  const migration = { id, parents, state, files, hasCode: options.code !== null }
  return { id, plans, left: leftBy(matched, options.drops), files: saveMigration(root, migration, options.code) }
}

/** The state that all migrations lead to; refused where they do not go together. */
export function stateBefore({ merged, heads }: History): State {
  if (merged.ok) return merged.state
  const own = heads.filter(({ files }) => !Object.values(files).some(wasPulled))
  throw refusal('migrate.conflict', {
    conflicts: merged.conflicts.map(conflict => `  - ${conflict}`).join('\n'),
    command: own.map(({ id }) => `plinth migrate rebase ${id}`).join(' or '),
  })
}

function chosenName(
  { name: given, drops }: WriteOptions,
  matched: MatchedModels,
  change: StateChange | undefined,
): string {
  const name = given ?? nameOf(matched, (change?.to ?? change?.from)?.model ?? null, drops)
  if (isMigrationName(name)) return name
  const reason = `"${name}" is no name for a migration: lower-case letters, digits and hyphens, as in add-rating`
  throw refusal('migrate.name-invalid', { reason })
}

/**
 * A field that is called what it was called but has lost its column: the snapshot does not know any more what it was born with, and the values
 * would be left behind.
 */
function requireSnapshot({ kept }: MatchedModels): void {
  const disagree = (reason: string) =>
    refusal('migrate.snapshot-disagrees', {
      reason,
      advice:
        'Bring plinth.snapshot.json back from the last commit, or delete it: it is then made from the migrations.',
    })
  for (const { before, after, fields } of kept) {
    // A name that the declaration does not give but the rule for names: nobody wanted another one.
    if (before.table !== after.table && after.table === databaseName(after.name))
      throw disagree(`${after.name} has the table "${before.table}" in the migrations and "${after.table}" now`)
    const lost = fields.find(
      one => one.before.column !== one.after.column && one.after.column === databaseName(one.after.name),
    )
    if (lost === undefined) continue
    const { before: old, after: now } = lost
    throw disagree(`${after.name}.${now.name} has the column "${old.column}" in the migrations and "${now.column}" now`)
  }
}

function requireGone(
  drops: ReadonlySet<string>,
  { dropped, kept }: MatchedModels,
  left: readonly { readonly name: string }[],
  graph: ModelGraph,
): void {
  const names = new Set([
    ...dropped.map(({ name }) => name),
    ...kept.flatMap(model => model.dropped.map(({ name }) => `${model.after.name}.${name}`)),
  ])
  const idle = [...drops].find(name => !names.has(name))
  if (idle === undefined) return
  const [model = '', field = ''] = idle.split('.')
  const declared = graph.models[model]
  if (field === '' ? declared !== undefined : declared?.fields[field] !== undefined)
    throw refusal('migrate.name-invalid', { reason: `${idle} is still in the models; take it out, then drop it` })
  const gone = [...names, ...left.map(({ name }) => name)]
  if (gone.length > 0) throw unknown('model or field that is gone', idle, gone)
  throw refusal('migrate.name-invalid', { reason: `No model or field is gone, so "${idle}" cannot be dropped` })
}

function requireDecisions({ drops, fills, code }: WriteOptions, matched: MatchedModels): void {
  const choices = [...renameChoices(matched, drops), ...(code === null ? referenceChoices(matched, drops) : [])]
  if (choices.length > 0) {
    const count = choices.length === 1 ? 'One thing' : `${choices.length} things`
    throw refusal('migrate.renamed-or-dropped', { count, choices: choices.join('\n') })
  }
  requireFillable(fills, matched)
  if (code !== null) return
  const missing = valueChoices(matched, name => fills.has(name))
  if (missing.length > 0) throw refusal('migrate.value-needed', { choices: missing.join('\n') })
}

/** The reference is looked at before code runs, so a value of all rows has to be the key of a row that is there. */
function requireFillable(fills: ReadonlyMap<string, string>, matched: MatchedModels): void {
  for (const { after } of matched.kept)
    for (const { name } of Object.values(after.fields)) {
      const target = newTargetOf(after, name, matched)
      if (target === null || !fills.has(`${after.name}.${name}`)) continue
      const reason = `${after.name}.${name} refers to ${target}, which is new, so no row of it is there that --fill could name: code makes one, --data`
      throw refusal('migrate.name-invalid', { reason })
    }
}

function fillsOf(given: ReadonlyMap<string, string>, graph: ModelGraph): ReadonlyMap<string, Value> {
  const known = Object.values(graph.models).flatMap(model =>
    Object.keys(model.fields).map(field => `${model.name}.${field}`),
  )
  const values = [...given].map(([name, text]) => {
    const [model = '', field = ''] = name.split('.')
    const type = graph.models[model]?.fields[field]?.type
    if (type === undefined) throw unknown('field', name, known)
    const kind = kindOf(type)
    const parsed =
      kind.storage === 'json' || kind.storage === 'array' ? parsedJson(text, type) : kind.parseText(text, type, '')
    if (!parsed.ok) {
      const reason = `"${text}" is no value of ${name}: ${parsed.error.message}`
      throw refusal('migrate.name-invalid', { reason: reason.replace(/\.$/u, '') })
    }
    return [name, parsed.value] as const
  })
  return new Map(values)
}

function parsedJson(text: string, type: Parameters<typeof kindOf>[0]) {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refusal('migrate.name-invalid', { reason: `${canonicalJson(text)} is no JSON` })
  }
  return kindOf(type).parseJson(value, type, '')
}

function unknown(what: string, name: string, known: readonly string[]) {
  return refusal('migrate.name-unknown', { what, name, where: '', nearest: nearest(name, known) })
}
