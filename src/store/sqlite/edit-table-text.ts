/**
 * Changes the command that made a table, and no other letter of it: what SQLite has no command for in all versions that Plinth runs on. The
 * changes are written as other databases have them, and as SQLite has some of them from 3.53 on.
 */
import { identifier } from '../sql/index.ts'
import {
  allConstraints,
  type ConstraintPart,
  createdTable,
  type CreatedTable,
  joined,
  type Span,
  without,
} from './created-table.ts'
import { TokenReader, tokensOf } from './sql-tokens.ts'

export type TableEdit =
  | { readonly kind: 'dropNotNull' | 'setNotNull'; readonly column: string }
  | { readonly kind: 'changeType'; readonly column: string; readonly type: string; readonly converts: boolean }
  | { readonly kind: 'addConstraint'; readonly name: string; readonly text: string }
  | { readonly kind: 'dropConstraint'; readonly name: string }
  | { readonly kind: 'dropReference'; readonly columns: readonly string[] }

const column = ({ name }: { readonly name: string }): string => `alter column ${identifier(name)}`

/** Each change as it stands in the file of a migration, behind `alter table "…" `. */
export const editWords = {
  dropNotNull: (name: string): string => `${column({ name })} drop not null`,
  setNotNull: (name: string): string => `${column({ name })} set not null`,
  /** `converts`: values would not stay what they are; only a column that is of the type already can be. */
  changeType: (name: string, type: string, converts: boolean): string =>
    `${column({ name })} type ${type}${converts ? ` using ${identifier(name)}` : ''}`,
  addConstraint: (name: string, text: string): string => `add constraint ${identifier(name)} ${text}`,
  dropConstraint: (name: string): string => `drop constraint ${identifier(name)}`,
  dropReference: (columns: readonly string[]): string => `drop foreign key (${columns.map(identifier).join(', ')})`,
}

export function readEdit(command: string): TableEdit {
  const reader = new TokenReader(command)
  const rest = (): string => command.slice(reader.start).trim()
  reader.expect('alter', 'table')
  reader.name()
  if (reader.take('alter', 'column')) {
    const name = reader.name()
    if (reader.take('drop', 'not', 'null')) return ended(reader, { kind: 'dropNotNull', column: name })
    if (reader.take('set', 'not', 'null')) return ended(reader, { kind: 'setNotNull', column: name })
    reader.expect('type')
    const [type = '', using] = rest().split(/ using /iu)
    return { kind: 'changeType', column: name, type, converts: using !== undefined }
  }
  if (reader.take('add', 'constraint')) return { kind: 'addConstraint', name: reader.name(), text: rest() }
  reader.expect('drop')
  if (reader.take('constraint')) return ended(reader, { kind: 'dropConstraint', name: reader.name() })
  reader.expect('foreign', 'key')
  return ended(reader, { kind: 'dropReference', columns: reader.names() })
}

function ended(reader: TokenReader, edit: TableEdit): TableEdit {
  if (reader.peek() !== undefined) throw reader.unread()
  return edit
}

/** The command with the change; as it is where it says that already. */
export function editTableText(sql: string, edit: TableEdit): string {
  const table = createdTable(sql)
  switch (edit.kind) {
    case 'dropNotNull':
      return without(sql, columnOf(table, edit.column)?.constraints.filter(({ kind }) => kind === 'not null') ?? [])
    case 'setNotNull': {
      const found = columnOf(table, edit.column)
      if (found === undefined || found.constraints.some(({ kind }) => kind === 'not null')) return sql
      const nulls = found.constraints.filter(({ kind }) => kind === 'null')
      const { end } = found.type
      const cleared = without(sql, nulls)
      return joined(`${cleared.slice(0, end)} not null`, cleared.slice(end))
    }
    case 'changeType': {
      const found = columnOf(table, edit.column)
      if (found === undefined || isSameText(sql.slice(found.type.start, found.type.end), edit.type)) return sql
      return joined(`${sql.slice(0, found.type.start)} ${edit.type}`, sql.slice(found.type.end))
    }
    case 'dropConstraint':
      return withoutConstraints(sql, table, ({ name }) => isSameName(name, edit.name))
    case 'dropReference':
      return withoutConstraints(sql, table, ({ reference }) => isSameNames(reference?.columns, edit.columns))
    case 'addConstraint':
      return withConstraint(sql, table, edit)
  }
}

function withConstraint(
  sql: string,
  table: CreatedTable,
  { name, text }: Extract<TableEdit, { kind: 'addConstraint' }>,
): string {
  const whole = `constraint ${identifier(name)} ${text}`
  const [added] = createdTable(`create table t (c, ${whole})`).constraints
  const isReplaced = (one: ConstraintPart): boolean => isSameName(one.name, name) || isOver(one, added)
  const old = allConstraints(table).filter(isReplaced)
  const isThere = old.some(one => isSameText(sql.slice(one.start, one.end), whole) || isSameReference(one, added))
  if (isThere) return sql
  const cleared = withoutConstraints(sql, table, isReplaced)
  const { columns, constraints } = createdTable(cleared)
  const end = Math.max(...[...columns, ...constraints].map(part => part.end))
  return `${cleared.slice(0, end)}, ${whole}${cleared.slice(end)}`
}

/** A reference over the same columns to the same table: of two, the stricter one would count. */
const isOver = ({ reference: one }: ConstraintPart, added: ConstraintPart | undefined): boolean =>
  one !== null &&
  added?.reference !== undefined &&
  added.reference !== null &&
  isSameNames(one.columns, added.reference.columns) &&
  isSameName(one.table, added.reference.table)

const isSameReference = (one: ConstraintPart, added: ConstraintPart | undefined): boolean =>
  isOver(one, added) && deletionOf(one) === deletionOf(added)

const deletionOf = (part: ConstraintPart | undefined): string => {
  const action = part?.reference?.onDelete ?? 'no action'
  return action === 'restrict' ? 'no action' : action
}

function withoutConstraints(
  sql: string,
  { columns, constraints, commas }: CreatedTable,
  isMeant: (part: ConstraintPart) => boolean,
): string {
  const ofColumns = columns.flatMap(one => one.constraints.filter(isMeant))
  const goes = new Set<Span>(constraints.filter(isMeant))
  const ofTable = [null, ...commas].flatMap((comma, place): readonly Span[] => {
    const [from, to] = [comma?.start ?? 0, commas[place]?.start ?? sql.length]
    const parts = [...columns, ...constraints].filter(({ start }) => start >= from && start < to)
    const gone = parts.filter(part => goes.has(part))
    const last = gone.at(-1)
    // Constraints need no comma between them: it goes with the last of those that stand behind it.
    return comma !== null && last !== undefined && gone.length === parts.length
      ? [{ start: comma.start, end: last.end }]
      : gone
  })
  return without(sql, [...ofColumns, ...ofTable])
}

const columnOf = ({ columns }: CreatedTable, name: string) => columns.find(one => isSameName(one.name, name))

const isSameName = (one: string | null, other: string): boolean => one?.toLowerCase() === other.toLowerCase()

const isSameNames = (some: readonly string[] | undefined, others: readonly string[]): boolean =>
  some?.length === others.length && some.every((name, place) => isSameName(name, others[place] ?? ''))

const isSameText = (one: string, other: string): boolean => plainText(one) === plainText(other)

/** Without comments, and words in one case. */
const plainText = (sql: string): string =>
  JSON.stringify(
    tokensOf(sql).map(({ kind, value }) => [
      kind === 'quoted' ? 'word' : kind,
      kind === 'quoted' ? value.toLowerCase() : value,
    ]),
  )
