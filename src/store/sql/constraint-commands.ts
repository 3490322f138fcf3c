/** The commands by which servers add a constraint to a table that is there and drop it. */
import type { SqlDialect } from './dialect.ts'
import type { ConstraintShape, ExistingTable, Mend } from './schema-dialect.ts'
import type { TableShape } from './shape.ts'
import { columnCheckName, identifier, referenceName, referenceText } from './table-words.ts'

export function addConstraint(shape: TableShape, { name, kind, text }: ConstraintShape, dialect: SqlDialect): Mend {
  const add = `alter table ${dialect.table(shape.model)} add constraint ${identifier(name)}`
  const reference = shape.references.find(one => one.name === name)
  if (reference !== undefined) return [`${add} ${referenceText(reference, dialect)}`]
  return kind === 'form' ? [`${add} ${text}`] : null
}

/** Only what Plinth has named itself; another one may be somebody else's. What a field had to look like stays with the column that it left. */
export function dropConstraint(
  { model, columns }: TableShape,
  name: string,
  existing: ExistingTable,
  dialect: SqlDialect,
): Mend | 'keep' {
  const known = new Set(columns.map(({ column }) => column))
  const isOurs = existing.columns.some(
    column =>
      name === referenceName(model, [column.name]) ||
      (known.has(column.name) && name === columnCheckName(model, column.name)),
  )
  return isOurs ? [`alter table ${dialect.table(model)} drop constraint ${identifier(name)}`] : 'keep'
}
