/** The tables of two states beside each other: by what they are called in the database, which stays when names in code move. */
import type { PhysicalTable } from '../../store/sql/index.ts'

interface TablePair {
  readonly before: PhysicalTable | null
  readonly after: PhysicalTable | null
}

const idOf = ({ namespace, name }: PhysicalTable): string => JSON.stringify([namespace, name])

export function pairTables(before: readonly PhysicalTable[], after: readonly PhysicalTable[]): readonly TablePair[] {
  const old = new Map(before.map(table => [idOf(table), table]))
  const fresh = new Map(after.map(table => [idOf(table), table]))
  return [...new Set([...old.keys(), ...fresh.keys()])].map(id => ({
    before: old.get(id) ?? null,
    after: fresh.get(id) ?? null,
  }))
}
