/** The story of a pull: description → models → texts → merged with what is there. Nothing is read or written here. */
import { refusal } from '../../error/index.ts'
import { hasMergeMarks } from '../../lib/index.ts'
import type { ModelGraph } from '../../model/index.ts'
import type { DescribedDatabase } from '../../store/contract/index.ts'
import { printSnapshot, type Snapshot, snapshotOf } from '../names/snapshot.ts'
import { graphOfDeclarations } from './declaration.ts'
import { declareModels } from './declare-models.ts'
import { type FirstMigration, firstMigration } from './first-migration.ts'
import { firstFiles, pathOf, type ProjectFacts, pulledFiles } from './files.ts'
import { lastPullFile, printLastPull, readLastPull } from './last-pull.ts'
import { type Conflict, mergeTexts } from './merge.ts'
import { printModel } from './print-model.ts'
import { meansTheSame } from './same-meaning.ts'
import { withoutOwnFields, withoutOwnModels } from './written-by-hand.ts'

export interface PullOptions {
  readonly described: DescribedDatabase
  readonly project: ProjectFacts
  /** Where the folder keeps its snapshot, and what it says; null: there is none yet. */
  readonly snapshotFile: string
  readonly known: Snapshot | null
  /** What its migrations are called by; null: there are some, or the store has none. */
  readonly migrations: FirstMigration | null
  /** A file of the folder; null when there is none. */
  readonly read: (path: string) => string | null
}

export interface Pulled {
  readonly graph: ModelGraph
  /** By path; null: the file is to be removed. */
  readonly writes: ReadonlyMap<string, string | null>
  readonly conflicts: readonly FileConflict[]
  /** Nothing was pulled here before. */
  readonly first: boolean
  /** What models cannot express. */
  readonly notes: readonly string[]
}

/** `conflict` null: the whole file, because of `reason`. */
export interface FileConflict {
  readonly path: string
  readonly conflict: Conflict | null
  readonly reason: string
}

export function pull({ described, project, snapshotFile, known, migrations, read }: PullOptions): Pulled {
  const declared = declareModels(described)
  const before = lastPull(read)
  const models = withoutOwnModels(declared.models, known, model => before?.has(pathOf(model)) ?? false)
  const graph = graphOfDeclarations(declared.models)
  const writes = new Map<string, string | null>()
  const conflicts: FileConflict[] = []
  const put = (path: string, text: string | null): void => {
    if (text !== read(path)) writes.set(path, text)
  }
  const fresh = pulledFiles(models)
  for (const [path, text] of fresh) {
    const [current, base] = [read(path), before?.get(path) ?? null]
    const model = models.find(one => pathOf(one) === path)
    const missing =
      model === undefined || current === null || base === null
        ? text
        : printModel(withoutOwnFields(model, { base, current, snapshot: known }))
    const { merged, found } = mergeFile(path, current, base, missing)
    conflicts.push(...found)
    put(path, merged)
  }
  for (const [path, base] of before ?? []) {
    const current = read(path)
    if (fresh.has(path) || current === null) continue
    if (current === base) put(path, null)
    else
      conflicts.push({
        path,
        conflict: null,
        reason: 'its table is gone from the database, and it was changed by hand',
      })
  }
  for (const [path, text] of firstFiles(models, project)) if (read(path) === null) put(path, text)
  if (before === null && migrations !== null)
    for (const [path, text] of firstMigration(described, graph, migrations)) put(path, text)
  put(snapshotFile, printSnapshot(snapshotWith(graph, known)))
  put(lastPullFile, printLastPull({ files: fresh }))
  return { graph, writes, conflicts, first: before === null, notes: declared.notes }
}

function lastPull(read: PullOptions['read']): ReadonlyMap<string, string> | null {
  const text = read(lastPullFile)
  if (text === null) return null
  const last = readLastPull(text)
  if (last !== null) return last.files
  throw hasMergeMarks(text)
    ? refusal('boot.pull-unfinished-merge', {
        file: lastPullFile,
        command: `git checkout --ours ${lastPullFile}`,
      })
    : refusal('boot.pull-unreadable', { file: lastPullFile })
}

interface MergedFile {
  readonly merged: string | null
  readonly found: readonly FileConflict[]
}

function mergeFile(path: string, current: string | null, base: string | null, pulled: string): MergedFile {
  const kept = (reason: string): MergedFile => ({ merged: current, found: [{ path, conflict: null, reason }] })
  if (current === null) {
    if (base === null) return { merged: pulled, found: [] }
    // Who has removed it does not want it back; only what is new there is worth a word.
    return base === pulled ? { merged: null, found: [] } : kept('it was removed by hand, and its table has changed')
  }
  if (base === null)
    return current === pulled ? { merged: current, found: [] } : kept('it was there before the first pull')
  const { text, conflicts } = mergeTexts(current, base, pulled)
  return {
    merged: text,
    found: conflicts
      .filter(conflict => !meansTheSame(conflict, { merged: text, base, pulled }))
      .map(conflict => ({ path, conflict, reason: 'both have changed these lines' })),
  }
}

/** What the snapshot says of tables and columns already stays: names in code may have moved since. */
function snapshotWith(graph: ModelGraph, known: Snapshot | null): Snapshot {
  const fresh = snapshotOf(graph)
  if (known === null) return fresh
  const byTable = new Map(Object.values(known.models).map(born => [born.table, born]))
  const added = Object.entries(fresh.models).filter(
    ([name, { table }]) => !byTable.has(table) && known.models[name] === undefined,
  )
  const models = Object.entries(known.models).map(([name, born]) => {
    const now = Object.values(fresh.models).find(({ table }) => table === born.table)
    const taken = new Set([...Object.values(born.columns), ...Object.values(born.gone ?? {})])
    const columns = Object.entries(now?.columns ?? {}).filter(
      ([field, column]) => !taken.has(column) && born.columns[field] === undefined,
    )
    return [name, { ...born, columns: { ...born.columns, ...Object.fromEntries(columns) } }] as const
  })
  return { ...known, models: Object.fromEntries([...models, ...added]) }
}
