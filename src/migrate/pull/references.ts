/** Which relations the references of a database can be: over a scalar of their own, over declared fields, or none. */
import { kindOf } from '../../model/index.ts'
import type {
  DescribedColumn,
  DescribedDatabase,
  DescribedReference,
  DescribedTable,
} from '../../store/contract/index.ts'

/** `own`: a belongsTo with its scalar. `over`: one over fields that are declared by themselves. */
export interface PulledReference extends DescribedReference {
  readonly form: 'own' | 'over'
}

export interface References {
  /** By table. */
  readonly of: ReadonlyMap<string, readonly PulledReference[]>
  /** Tables that hold nothing but links: they become a manyToMany, by name. */
  readonly joins: ReadonlyMap<string, readonly [DescribedReference, DescribedReference]>
  readonly notes: readonly string[]
}

export const columnIn = (table: DescribedTable | undefined, name: string | undefined): DescribedColumn | undefined =>
  table?.columns.find(column => column.name === name)

/** Two lists of columns, whatever their order. */
export const sameColumns = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every(name => other.includes(name))

export function referencesIn({ tables }: DescribedDatabase): References {
  const byName = new Map(tables.map(table => [table.name, table]))
  const notes: string[] = []
  const joins = new Map<string, readonly [DescribedReference, DescribedReference]>()
  const of = new Map<string, readonly PulledReference[]>()
  const referred = new Set(tables.flatMap(({ references }) => references.map(reference => reference.table)))
  for (const table of tables) {
    const join = referred.has(table.name) ? null : joinOf(table, byName)
    if (join !== null) joins.set(table.name, join)
  }
  for (const table of tables) {
    if (joins.has(table.name)) continue
    const usable = table.references.flatMap(reference => {
      const problem = problemOf(table, reference, byName.get(reference.table))
      if (problem === null) return [reference]
      notes.push(
        `The reference of "${table.name}" (${reference.columns.join(', ')}) to "${reference.table}" is no relation: ${problem}.`,
      )
      return []
    })
    of.set(
      table.name,
      usable.map(reference => ({ ...reference, form: isOwn(table, reference, usable, byName) ? 'own' : 'over' })),
    )
  }
  return { of, joins, notes }
}

function problemOf(
  table: DescribedTable,
  reference: DescribedReference,
  target: DescribedTable | undefined,
): string | null {
  if (target === undefined) return 'that table is not pulled'
  const { columns, targetColumns } = reference
  if (columns.length !== targetColumns.length || columns.length === 0) return 'it names no columns there'
  const uniques = [target.key, ...target.uniques]
  if (!uniques.some(unique => sameColumns(unique, targetColumns))) return 'what it refers to is not unique'
  for (const [index, name] of columns.entries()) {
    const [own, there] = [columnIn(table, name), columnIn(target, targetColumns[index])]
    if (own === undefined || there === undefined) return 'a column of it is not pulled'
    if (!isAlike(own, there)) return `"${own.name}" and "${there.name}" are of different kinds`
  }
  return null
}

const numbers = new Set(['integer', 'bigint'])

/** A reference holds what it refers to: kinds are the same, or whole numbers of two sizes. */
function isAlike(own: DescribedColumn, there: DescribedColumn): boolean {
  const [one, other] = [kindOf(own.type).storage, kindOf(there.type).storage]
  return one === other || (numbers.has(one) && numbers.has(other))
}

/** A scalar of its own can hold the one field of a key, and belongs to one relation. */
function isOwn(
  table: DescribedTable,
  { columns, table: targetName, targetColumns }: DescribedReference,
  all: readonly DescribedReference[],
  byName: ReadonlyMap<string, DescribedTable>,
): boolean {
  const target = byName.get(targetName)
  const [only] = columns
  const column = columnIn(table, only)
  if (columns.length !== 1 || column === undefined || target === undefined) return false
  if (target.key.length !== 1 || target.key[0] !== targetColumns[0]) return false
  if (all.filter(other => other.columns.includes(column.name)).length > 1) return false
  // A key that is another's key is declared by itself: keys that are each other's would never end.
  if (table.key.length === 1 && table.key[0] === column.name) return false
  return column.default === null || column.default.from === 'literal'
}

/** Two references that are all that a table has, and its key. */
function joinOf(
  table: DescribedTable,
  byName: ReadonlyMap<string, DescribedTable>,
): readonly [DescribedReference, DescribedReference] | null {
  const { columns, references, key, view, comment } = table
  const [first, second] = columns.map(({ name }) => references.find(each => each.columns[0] === name))
  if (view || comment !== null || columns.length !== 2 || references.length !== 2) return null
  if (first === undefined || second === undefined || first === second) return null
  if (
    !sameColumns(
      key,
      columns.map(({ name }) => name),
    )
  )
    return null
  const fits = [first, second].every(reference => {
    const target = byName.get(reference.table)
    const [own, there] = [columnIn(table, reference.columns[0]), columnIn(target, reference.targetColumns[0])]
    if (target === undefined || own === undefined || there === undefined || reference.columns.length !== 1) return false
    const alike = JSON.stringify(own.native) === JSON.stringify(there.native)
    return (
      target.key.length === 1 && target.key[0] === there.name && own.default === null && alike && isAlike(own, there)
    )
  })
  return fits ? [first, second] : null
}
