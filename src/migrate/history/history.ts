/** The migrations of an application in the order in which they run, and the state that they lead to together. */
import { changesBetween, type Contribution, type Merged, mergeStates } from '../state/merge-states.ts'
import { emptyState } from '../state/state.ts'
import { flatName } from '../../store/sql/index.ts'
import type { Migration } from './migration.ts'
import { readSteps } from './step-file.ts'

export interface History {
  /** Each after those that it builds on; those that do not build on each other by id. */
  readonly migrations: readonly Migration[]
  /** Those that nothing builds on. */
  readonly heads: readonly Migration[]
  /** The state that all of them lead to, or why they do not go together. */
  readonly merged: Merged
}

/** `missing`: a migration builds on one that is not there; `circle`: two build on each other. */
export type Ordered =
  | { readonly ok: true; readonly history: History }
  | { readonly ok: false; readonly problem: string }

export function orderMigrations(all: readonly Migration[]): Ordered {
  const known = new Map(all.map(migration => [migration.id, migration]))
  for (const { id, parents } of all) {
    const missing = parents.find(parent => !known.has(parent))
    if (missing !== undefined) return { ok: false, problem: `${id} builds on ${missing}, which is not there` }
  }
  const ordered: Migration[] = []
  const rest = all.toSorted((left, right) => (left.id < right.id ? -1 : 1))
  while (rest.length > 0) {
    const next = rest.findIndex(({ parents }) => parents.every(parent => ordered.some(({ id }) => id === parent)))
    if (next === -1) return { ok: false, problem: `${rest.map(({ id }) => id).join(' and ')} build on each other` }
    ordered.push(...rest.splice(next, 1))
  }
  const heads = ordered.filter(({ id }) => !ordered.some(({ parents }) => parents.includes(id)))
  return { ok: true, history: { migrations: ordered, heads, merged: mergedState(ordered) } }
}

/** The state after these migrations; they contain what they build on. */
export function mergedState(migrations: readonly Migration[]): Merged {
  const contributions: Contribution[] = []
  for (const migration of migrations) {
    const before = beforeOf(migration, migrations, contributions)
    if (!before.ok) return before
    contributions.push({
      by: migration.id,
      changes: changesBetween(before.state, migration.state),
      wanted: migration.state,
    })
  }
  const merged = mergeStates(contributions)
  const rebuilds = rebuildConflicts(migrations, contributions)
  if (rebuilds.length === 0) return merged
  return { ok: false, conflicts: [...(merged.ok ? [] : merged.conflicts), ...rebuilds] }
}

/** What a migration builds on, directly or not. */
export function ancestorsOf(migration: Migration, all: readonly Migration[]): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = ({ parents }: Migration): void => {
    for (const parent of all.filter(({ id }) => parents.includes(id) && !found.has(id))) {
      found.add(parent.id)
      visit(parent)
    }
  }
  visit(migration)
  return found
}

function beforeOf(migration: Migration, all: readonly Migration[], contributions: readonly Contribution[]): Merged {
  const parents = all.filter(({ id }) => migration.parents.includes(id))
  const [only] = parents
  if (parents.length < 2) return { ok: true, state: only?.state ?? emptyState }
  const ancestors = ancestorsOf(migration, all)
  return mergeStates(contributions.filter(({ by }) => ancestors.has(by)))
}

/** A table that one migration makes anew is made without what another one, that it does not know of, adds to it. */
function rebuildConflicts(migrations: readonly Migration[], contributions: readonly Contribution[]): readonly string[] {
  const conflicts: string[] = []
  for (const [place, migration] of migrations.entries()) {
    const tables = rebuiltTables(migration)
    if (tables.size === 0) continue
    const ancestors = ancestorsOf(migration, migrations)
    for (const [other, contribution] of contributions.entries()) {
      const { id } = migrations[other] ?? migration
      if (other === place || ancestors.has(id)) continue
      if (ancestorsOf(migrations[other] ?? migration, migrations).has(migration.id)) continue
      const touched = contribution.changes.map(({ part, from, to }) => ({
        part,
        table: tableOf(migrations[other], (from ?? to)?.model ?? ''),
      }))
      const met = touched.find(({ table }) => tables.has(table))
      if (met !== undefined)
        conflicts.push(`${migration.id} makes the table "${met.table}" anew (SQLite), and ${id} changes ${met.part}`)
    }
  }
  return conflicts
}

const tableOf = (migration: Migration | undefined, model: string): string => {
  const found = migration?.state.models[model]
  return found === undefined ? '' : flatName({ namespace: found.namespace ?? null, name: found.table })
}

function rebuiltTables({ files }: Migration): ReadonlySet<string> {
  const read = readSteps(files['sqlite'] ?? '')
  const steps = read.ok ? [...read.file.first, ...read.file.second] : []
  return new Set(steps.filter(({ rebuilds }) => rebuilds).map(({ table }) => table?.name ?? ''))
}
