/** Refuses changes that would lose what is there, or that no database can make, before a file is written. */
import { refusal } from '../../error/index.ts'
import type { MigrationDialect, PhysicalTable } from '../../store/sql/index.ts'
import { columnOf } from '../../store/sql/index.ts'
import { pairTables } from '../change/pair-tables.ts'
import { renameFirst } from '../change/rename-first.ts'
import { type MigrationWish, planMigration } from '../change/plan-migration.ts'

/** `byHand`: fields whose columns somebody changes by hand. */
export function requirePossible(
  wish: MigrationWish,
  dialects: readonly MigrationDialect[],
  byHand: ReadonlySet<string>,
): void {
  const changed = new Set<string>()
  const found = dialects.flatMap(dialect => {
    const pairs = pairTables(renameFirst(wish, dialect).before, dialect.tables(wish.after))
    const lost = pairs.flatMap(({ before, after }) => {
      if (before === null || after === null) return []
      const types = after.columns.flatMap(column => {
        const old = columnOf(before, column.name)
        if (old === undefined) return []
        const name = `${after.model}.${column.field.name}`
        const isImpossible = dialect.typeChange(old, column) === 'impossible'
        if (isImpossible) changed.add(name)
        return (isImpossible && !byHand.has(name)) || old.sequence !== column.sequence
          ? [`  - ${name}: what is stored cannot become "${column.field.type.kind}"`]
          : []
      })
      return [...types, ...keyChange(before, after, pairs)]
    })
    return lost.length > 0 ? lost : rebuiltTables(wish, dialect)
  })
  if (found.length > 0) throw refusal('migrate.impossible', { reasons: [...new Set(found)].join('\n') })
  const idle = [...byHand].find(name => !changed.has(name))
  if (idle === undefined) return
  throw refusal('migrate.name-invalid', { reason: `Nothing of ${idle} has to be changed by hand` })
}

/** What stands in the command of a table that was there before its model is not known, and would be lost. */
function rebuiltTables(wish: MigrationWish, dialect: MigrationDialect): readonly string[] {
  const { first, second } = planMigration(wish, dialect)
  const adopted = dialect.tables(wish.after).filter(table => table.adopted)
  return [...first, ...second]
    .filter(
      ({ rebuilds, table }) =>
        rebuilds && adopted.some(({ namespace, name }) => namespace === table?.namespace && name === table.name),
    )
    .map(
      ({ about, table }) =>
        `  - "${table?.name ?? ''}" was there before its model, and ${dialect.name} would have to: ${about}`,
    )
}

/** What refers by other columns from now on is made anew, and code gives it its values. */
function keyChange(
  before: PhysicalTable,
  after: PhysicalTable,
  pairs: ReturnType<typeof pairTables>,
): readonly string[] {
  if (before.key.join('\n') === after.key.join('\n')) return []
  const staying = pairs.flatMap(({ before: old, after: fresh }) => {
    const kept = old?.constraints.filter(
      ({ name, target }) =>
        target === before.model && fresh?.constraints.some(constraint => constraint.name === name) === true,
    )
    return (kept ?? []).flatMap(({ columns }) => columns.map(name => `${fresh?.model ?? ''}.${fieldOf(fresh, name)}`))
  })
  if (staying.length === 0) return []
  return [
    `  - the key of ${after.model}: ${staying.join(', ')} would go on to refer to what was its key; refer by the new key, and move what is there by code, --data`,
  ]
}

const fieldOf = (table: PhysicalTable | null, column: string): string =>
  (table === null ? undefined : columnOf(table, column))?.field.name ?? column
