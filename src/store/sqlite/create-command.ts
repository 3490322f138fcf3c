/** The command that makes a table of SQLite. */
import { definitionOf, identifier, type PhysicalColumn, type PhysicalTable } from '../sql/index.ts'

/** A column as it stands in the table. */
export function definitionIn(
  table: PhysicalTable,
  { name, type, nullable, sequence, default: value }: PhysicalColumn,
): string {
  const parts = [identifier(name), type]
  if (sequence) return [...parts, 'primary key autoincrement'].join(' ')
  if (!nullable) parts.push('not null')
  if (value !== null) parts.push(`default ${value}`)
  const form = table.constraints.find(({ kind, columns }) => kind === 'form' && columns[0] === name)
  if (form !== undefined) parts.push(definitionOf(form))
  return parts.join(' ')
}

/** `name`: what the table is called at first. */
export function createCommand(table: PhysicalTable, name: string): string {
  const { columns, key, constraints, options } = table
  const lines = columns.map(column => definitionIn(table, column))
  if (key.length > 0 && !columns.some(({ sequence }) => sequence))
    lines.push(`primary key (${key.map(identifier).join(', ')})`)
  for (const kind of ['reference', 'check'])
    lines.push(...constraints.filter(constraint => constraint.kind === kind).map(definitionOf))
  return `create table ${identifier(name)} (\n  ${lines.join(',\n  ')}\n) ${options}`
}
