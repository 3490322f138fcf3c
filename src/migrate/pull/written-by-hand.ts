/**
 * What of a pull the application has already by other ways: a field that was written first, and whose column a migration made, comes back
 * with the database and must not be declared twice. The snapshot knows which table and column belong to which name in code.
 */
import { databaseName } from '../../model/index.ts'
import type { Snapshot } from '../names/snapshot.ts'
import type { Chain, ModelDeclaration } from './declaration.ts'

/** The models that are not the application's own: those that were pulled before, and those that nobody has declared. */
export function withoutOwnModels(
  models: readonly ModelDeclaration[],
  snapshot: Snapshot | null,
  wasPulled: (model: ModelDeclaration) => boolean,
): readonly ModelDeclaration[] {
  const born = new Set(Object.values(snapshot?.models ?? {}).map(({ table }) => table))
  return models.filter(model => wasPulled(model) || !born.has(tableOf(model)))
}

const tableOf = ({ name, options }: ModelDeclaration): string =>
  typeof options['table'] === 'string' ? options['table'] : databaseName(name)

/** The fields that are not written yet: `base` is what the last pull wrote, `current` what stands there now. */
export function withoutOwnFields(
  model: ModelDeclaration,
  { base, current, snapshot }: { readonly base: string; readonly current: string; readonly snapshot: Snapshot | null },
): ModelDeclaration {
  const table = tableOf(model)
  const born = Object.values(snapshot?.models ?? {}).find(entry => entry.table === table)
  const columns = new Set(Object.values(born?.columns ?? {}))
  const fields = model.fields.filter(({ name, chain }) => {
    if (declares(base, name)) return true
    const column = columnOf(name, chain)
    return !declares(current, name) && (column === null || !columns.has(column))
  })
  return { ...model, fields }
}

/** Whether a text of ours, or what was made of it, has a field of that name. */
const declares = (text: string, name: string): boolean => new RegExp(`^ {4}${name}: `, 'mu').test(text)

/** The column that a declaration names; null for relations that have none of their own. */
function columnOf(name: string, { calls }: Chain): string | null {
  const named = calls.find(({ method }) => method === 'column')?.given[0]
  if (typeof named === 'string') return named
  const [first] = calls
  const hasNone = ['hasMany', 'hasOne', 'manyToMany', 'belongsTo'].includes(first?.method ?? '')
  return hasNone ? null : databaseName(name)
}
