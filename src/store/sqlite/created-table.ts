/** The parts of the command that made a table, as `sqlite_schema` keeps it, each with its place in the text (sqlite.org/lang_createtable.html). */
import { TokenReader, UnreadableSql } from './sql-tokens.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

export interface ConstraintPart extends Span {
  readonly name: string | null
  /** Where what it says begins: behind its name, and of a reference behind its columns, which stand before it or are the one that it is said of. */
  readonly said: number
  readonly kind:
    | 'primary key'
    | 'not null'
    | 'null'
    | 'unique'
    | 'check'
    | 'default'
    | 'collate'
    | 'generated'
    | 'reference'
    | 'deferral'
    | 'nothing'
  /** Of a deferral that does not stand right behind its reference, too. */
  readonly reference: ReferencePart | null
}

export interface ReferencePart {
  readonly columns: readonly string[]
  readonly table: string
  /** In lower case; null where nothing is said. */
  readonly onDelete: string | null
}

export interface ColumnPart extends Span {
  readonly name: string
  /** Without a type it is empty, and stands behind the name. */
  readonly type: Span
  readonly constraints: readonly ConstraintPart[]
}

export interface CreatedTable {
  readonly columns: readonly ColumnPart[]
  /** What is said of the table as a whole. */
  readonly constraints: readonly ConstraintPart[]
  /** The places of commas between all of these. */
  readonly commas: readonly Span[]
}

export const allConstraints = ({ columns, constraints }: CreatedTable): readonly ConstraintPart[] => [
  ...columns.flatMap(one => one.constraints),
  ...constraints,
]

/** The text without these parts of it; spaces before what goes, go with it. */
export function without(sql: string, spans: readonly Span[]): string {
  let text = sql
  for (const { start, end } of spans.toSorted((left, right) => right.start - left.start))
    text = joined(text.slice(0, start).replace(/[ \t]+$/u, ''), text.slice(end))
  return text
}

/** Behind a bracket or a quote a word needs no space; where something else comes before it now, both would be one word. */
export const joined = (before: string, rest: string): string =>
  /^\w/u.test(rest) ? `${before} ${rest}` : before + rest

export function createdTable(sql: string): CreatedTable {
  const reader = new TokenReader(sql)
  reader.expect('create', 'table')
  reader.name()
  reader.expect('(')
  const columns: ColumnPart[] = []
  const constraints: ConstraintPart[] = []
  const commas: Span[] = []
  while (!reader.take(')')) {
    const { start } = reader
    // Between constraints of the table none is needed.
    if (reader.take(',')) commas.push({ start, end: reader.end })
    if (beginsTableConstraint(reader)) constraints.push(tableConstraint(reader))
    else if (constraints.length === 0) columns.push(columnPart(reader))
    else throw reader.unread()
  }
  while (reader.peek() !== undefined) {
    const { kind, value } = reader.next()
    if (kind !== 'word' && value !== ',') throw new UnreadableSql(`"${value}"`)
  }
  return { columns, constraints, commas }
}

/** The same, or where the text is no such command or says what nobody here knows. */
export function readableTable(sql: string): CreatedTable | UnreadableSql {
  try {
    return createdTable(sql)
  } catch (error) {
    if (error instanceof UnreadableSql) return error
    throw error
  }
}

const beginsTableConstraint = (reader: TokenReader): boolean =>
  ['constraint', 'primary', 'unique', 'check', 'foreign'].some(word => reader.is(word))

const columnConstraintWords = new Set([
  'constraint',
  'primary',
  'not',
  'null',
  'unique',
  'check',
  'default',
  'collate',
  'generated',
  'as',
  'references',
  'deferrable',
])

function columnPart(reader: TokenReader): ColumnPart {
  const { start } = reader
  const name = reader.name()
  const typeStart = reader.end
  while (isOfType(reader)) reader.next()
  if (reader.end > typeStart && reader.is('(')) reader.group()
  const type = { start: typeStart, end: reader.end }
  const constraints: ConstraintPart[] = []
  while (!reader.is(',') && !reader.is(')')) {
    // SQLite ends the columns here, too.
    if (reader.is('foreign')) break
    constraints.push(columnConstraint(reader, name, constraints))
  }
  return { name, start, end: reader.end, type, constraints }
}

function isOfType(reader: TokenReader): boolean {
  const token = reader.peek()
  if (token?.kind === 'word') return !columnConstraintWords.has(token.value) && token.value !== 'foreign'
  return token?.kind === 'quoted' || token?.kind === 'text'
}

function columnConstraint(reader: TokenReader, column: string, before: readonly ConstraintPart[]): ConstraintPart {
  const { start } = reader
  const name = reader.take('constraint') ? reader.name() : null
  const said = reader.start
  if (deferral(reader)) {
    const reference = before.findLast(({ kind }) => kind === 'reference')?.reference ?? null
    return { name, said, kind: 'deferral', reference, start, end: reader.end }
  }
  const reference = reader.is('references') ? referencePart(reader, [column]) : null
  const kind = reference === null ? columnConstraintKind(reader, name) : 'reference'
  return { name, said, kind, reference, start, end: reader.end }
}

function columnConstraintKind(reader: TokenReader, name: string | null): ConstraintPart['kind'] {
  if (reader.take('primary', 'key')) {
    if (!reader.take('asc')) reader.take('desc')
    conflict(reader)
    reader.take('autoincrement')
    return 'primary key'
  }
  if (reader.take('not', 'null')) return (conflict(reader), 'not null')
  if (reader.take('null')) return (conflict(reader), 'null')
  if (reader.take('unique')) return (conflict(reader), 'unique')
  if (reader.take('check')) return (reader.group(), 'check')
  if (reader.take('collate')) return (reader.name(), 'collate')
  if (reader.take('default')) {
    if (reader.is('(')) reader.group()
    else {
      if (!reader.take('+')) reader.take('-')
      reader.next()
    }
    return 'default'
  }
  if (reader.take('generated', 'always', 'as') || reader.take('as')) {
    reader.group()
    if (!reader.take('stored')) reader.take('virtual')
    return 'generated'
  }
  // A name by itself says nothing.
  if (name !== null && (reader.is(',') || reader.is(')') || reader.is('constraint'))) return 'nothing'
  throw reader.unread()
}

function tableConstraint(reader: TokenReader): ConstraintPart {
  const { start } = reader
  const name = reader.take('constraint') ? reader.name() : null
  if (reader.take('foreign', 'key')) {
    const columns = reader.names()
    const said = reader.start
    const reference = referencePart(reader, columns)
    return { name, said, kind: 'reference', reference, start, end: reader.end }
  }
  const said = reader.start
  const kind = tableConstraintKind(reader, name)
  return { name, said, kind, reference: null, start, end: reader.end }
}

function tableConstraintKind(reader: TokenReader, name: string | null): ConstraintPart['kind'] {
  for (const [kind, words] of [
    ['primary key', ['primary', 'key']],
    ['unique', ['unique']],
    ['check', ['check']],
  ] as const) {
    if (!reader.take(...words)) continue
    reader.group()
    conflict(reader)
    return kind
  }
  if (name !== null && (reader.is(',') || reader.is(')') || reader.is('constraint'))) return 'nothing'
  throw reader.unread()
}

function referencePart(reader: TokenReader, columns: readonly string[]): ReferencePart {
  reader.expect('references')
  const table = reader.name()
  if (reader.is('(')) reader.group()
  let onDelete: string | null = null
  for (;;) {
    if (reader.take('on')) {
      const { value: event } = reader.next()
      const action = actionOf(reader)
      if (event === 'delete') onDelete = action
    } else if (reader.take('match')) reader.name()
    else if (!deferral(reader)) return { columns, table, onDelete }
  }
}

function deferral(reader: TokenReader): boolean {
  if (!reader.take('not', 'deferrable') && !reader.take('deferrable')) return false
  if (reader.take('initially')) reader.next()
  return true
}

function actionOf(reader: TokenReader): string {
  const { value } = reader.next()
  return value === 'set' || value === 'no' ? `${value} ${reader.next().value}` : value
}

function conflict(reader: TokenReader): void {
  if (reader.take('on', 'conflict')) reader.next()
}
