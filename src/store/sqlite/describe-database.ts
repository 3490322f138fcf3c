/** What a SQLite file has, for taking it over. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { refusal } from '../../error/index.ts'
import type { FieldType } from '../../model/index.ts'
import type {
  DescribedColumn,
  DescribedDatabase,
  DescribedDefault,
  DescribedReference,
  DescribedTable,
} from '../contract/index.ts'
import { enumType, identifier, isEnum, literalDefault, storageOf, wordsBetweenQuotes } from '../sql/index.ts'
import { type CatalogueColumn, columnsOf, deleteBehaviourOf, indexesOf, referencesOf } from './catalogue.ts'
import { allConstraints, readableTable } from './created-table.ts'
import { commandsOf } from './described-commands.ts'
import { columnTypeOf, sampleOf } from './described-type.ts'
import { foldedText } from './folded.ts'
import { UnreadableSql } from './sql-tokens.ts'
import { unopened } from './unopened.ts'

export function describeDatabase({ file }: { readonly file: string }): DescribedDatabase {
  if (!existsSync(file))
    throw refusal('boot.database-unreachable', { reason: `there is no such file: ${file}`, advice: 'Check its path.' })
  try {
    using database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    return describeOpened(database)
  } catch (error) {
    throw unopened(file, error)
  }
}

function describeOpened(database: DatabaseSync): DescribedDatabase {
  const found = tablesOf(database)
  const tables = found.filter(({ type }) => type === 'table' || type === 'view')
  const virtual = found.filter(({ type }) => type === 'virtual').map(({ name }) => name)
  const triggers = namesOf(database, 'trigger')
  const described = tables.map(table => describeTable(database, table, tables))
  const unordered = described.filter((table, place) => tables[place]?.numbered === false && !hasUsableKey(table))
  return {
    store: 'sqlite',
    migratesAs: 'sqlite',
    tables: described.filter(table => !unordered.includes(table)),
    notes: [
      ...unordered.map(
        ({ name }) =>
          `The table "${name}" has no model: its rows have neither a number nor a key that holds exact values.`,
      ),
      ...(virtual.length === 0 ? [] : [`Virtual tables have no model: ${virtual.join(', ')}.`]),
      ...(triggers.length === 0 ? [] : [`Triggers go on doing what they do: ${triggers.join(', ')}.`]),
    ],
    commands: commandsOf(database),
  }
}

/** By which rows are told apart. */
const hasUsableKey = ({ key, columns }: DescribedTable): boolean =>
  columns.every(({ name, type }) => !key.includes(name) || (storageOf(type) !== 'float' && storageOf(type) !== 'json'))

interface FoundTable {
  readonly name: string
  readonly type: string
  readonly strict: boolean
  /** Its rows have numbers of their own. */
  readonly numbered: boolean
  /** Their texts; null where they are not known. */
  readonly checks: readonly string[] | null
}

const tablesOf = (database: DatabaseSync): readonly FoundTable[] =>
  database
    .prepare(
      `select l.name, l.type, l.strict, l.wr, s.sql from pragma_table_list l join sqlite_schema s on s.name = l.name and s.type in ('table', 'view')
       where l.schema = 'main' and l.name not like 'sqlite\\_%' escape '\\' and l.name not like 'plinth\\_%' escape '\\' order by l.name`,
    )
    .all()
    .map(({ name, type, strict, wr, sql }) => ({
      name: String(name),
      type: String(type),
      strict: strict === 1,
      numbered: wr === 0,
      checks: type === 'table' ? checksIn(String(sql)) : [],
    }))

const namesOf = (database: DatabaseSync, type: string): readonly string[] =>
  database
    .prepare('select name from sqlite_schema where type = ? order by name')
    .all(type)
    .map(({ name }) => String(name))

function describeTable(database: DatabaseSync, table: FoundTable, all: readonly FoundTable[]): DescribedTable {
  const { name } = table
  const view = table.type === 'view'
  const columns = columnsOf(database, name)
  const indexes = view ? [] : indexesOf(database, name)
  const key = columns.filter(column => column.key > 0).toSorted((left, right) => left.key - right.key)
  const described = columns.map(column => describeColumn(database, table, column, key))
  const notes = described.flatMap(({ column, note }) =>
    note === null ? [] : [`The column "${name}.${column.name}": ${note}.`],
  )
  const whole = indexes.filter(({ partial, columns: parts }) => !partial && parts !== null)
  const ascending = (index: (typeof indexes)[number]): boolean =>
    index.columns?.every(part => !part.descending) ?? false
  const folded = indexes.flatMap(({ name: index, unique, partial, columns: parts }) => {
    const column = partial || parts !== null ? null : foldedColumnOf(database, index, described)
    return column === null ? [] : [{ index, column, unique }]
  })
  const left = indexes.filter(
    index =>
      !folded.some(one => one.index === index.name) && (!whole.includes(index) || (index.unique && !ascending(index))),
  )
  if (left.length > 0)
    notes.push(`Indexes of "${name}" that models have no word for stay: ${left.map(index => index.name).join(', ')}.`)
  const enums = described.filter(({ column }) => column.type.kind === 'enum')
  if (table.checks === null || table.checks.length > enums.length)
    notes.push(`Checks of "${name}" stay with the database: what breaks them is refused with writes.check.`)
  const references = view ? [] : describeReferences(database, name, all, notes)
  return {
    name,
    view,
    comment: null,
    columns: described.map(({ column }) => column),
    key: key.map(column => column.name),
    uniques: whole
      .filter(index => index.unique && index.origin !== 'pk' && ascending(index))
      .map(index => index.columns?.map(({ column }) => column) ?? []),
    indexes: whole.filter(({ unique }) => !unique).map(index => ({ columns: index.columns ?? [] })),
    ignoringCase: folded.map(({ column, unique }) => ({ column, unique })),
    references,
    notes,
  }
}

/** The one column that an index has without its letter case, in the words that Plinth would make it with. */
function foldedColumnOf(
  database: DatabaseSync,
  index: string,
  columns: readonly { readonly column: DescribedColumn }[],
): string | null {
  const found = database.prepare("select sql from sqlite_schema where type = 'index' and name = ?").get(index)
  const list = / on (?:"(?:[^"]|"")+"|\w+) ?\((.*)\)$/isu.exec(String(found?.['sql']))?.[1]
  const same = columns.find(({ column: { name, type, usual } }) => {
    const column = identifier(name)
    return storageOf(type) === 'text' && list === foldedText(usual ? column : `cast(${column} as text)`)
  })
  return same?.column.name ?? null
}

function checksIn(sql: string): readonly string[] | null {
  const table = readableTable(sql)
  if (table instanceof UnreadableSql) return null
  return allConstraints(table).flatMap(({ kind, said, end }) => (kind === 'check' ? [sql.slice(said, end)] : []))
}

function describeReferences(
  database: DatabaseSync,
  name: string,
  all: readonly FoundTable[],
  notes: string[],
): readonly DescribedReference[] {
  return referencesOf(database, name).flatMap(reference => {
    // SQLite does not tell names by case, and takes references to tables that are not there.
    const target = all.find(table => table.name.toLowerCase() === reference.table.toLowerCase())
    if (target === undefined) {
      notes.push(`"${name}" refers to a table "${reference.table}" that is not there.`)
      return []
    }
    const there = columnsOf(database, target.name)
    const spelled = (column: string, columns: readonly CatalogueColumn[]): string =>
      columns.find(one => one.name.toLowerCase() === column.toLowerCase())?.name ?? column
    const key = there.filter(column => column.key > 0).toSorted((left, right) => left.key - right.key)
    const onDelete = deleteBehaviourOf(reference.onDelete)
    if (onDelete === null)
      notes.push(`"${name}" says "on delete ${reference.onDelete.toLowerCase()}", which is taken for restrict.`)
    const own = columnsOf(database, name)
    return [
      {
        columns: reference.columns.map(column => spelled(column, own)),
        table: target.name,
        targetColumns:
          reference.targetColumns.length > 0
            ? reference.targetColumns.map(column => spelled(column, there))
            : key.map(column => column.name),
        onDelete: onDelete ?? 'restrict',
      },
    ]
  })
}

function describeColumn(
  database: DatabaseSync,
  table: FoundTable,
  column: CatalogueColumn,
  key: readonly CatalogueColumn[],
): { readonly column: DescribedColumn; readonly note: string | null } {
  const { name } = column
  const words = enumWords(table.checks ?? [], name)
  const found = columnTypeOf(column.type, sampleOf(database, table.name, name))
  const type = isEnum(words) && found.type.kind === 'text' ? enumType(words) : found.type
  // A view's columns have the types of what they show, or none.
  const isSequence = key.length === 1 && key[0] === column && /^integer$/iu.test(column.type)
  return {
    column: {
      name,
      type: isSequence ? { kind: 'integer', options: {} } : type,
      native: { type: column.type, form: found.form },
      usual: isKeptAsPlinthWould(table, column, type),
      nullable: table.type === 'view' || (!column.required && column.key === 0),
      default: isSequence ? { from: 'sequence' } : defaultOf(column, type),
      comment: null,
    },
    note: found.note,
  }
}

/** Only a strict table is held to its types. */
const isKeptAsPlinthWould = (table: FoundTable, column: CatalogueColumn, type: FieldType): boolean =>
  table.strict &&
  ((storageOf(type) === 'text' && /^text$/iu.test(column.type) && type.kind !== 'enum') ||
    (storageOf(type) === 'integer' && /^integer$/iu.test(column.type)) ||
    (storageOf(type) === 'float' && /^real$/iu.test(column.type)) ||
    (storageOf(type) === 'bytes' && /^blob$/iu.test(column.type)))

/** The words of `check (state in ('new', 'sold'))`. */
function enumWords(checks: readonly string[], column: string): readonly string[] {
  const escaped = column.replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`)
  const text = String.raw`'(?:[^']|'')*'`
  const pattern = new RegExp(
    String.raw`^check\s*\(\s*\(?\s*["\x60\[]?${escaped}["\x60\]]?\s+in\s*\(\s*(${text}(?:\s*,\s*${text})*)\s*\)\s*\)?\s*\)$`,
    'iu',
  )
  return checks.map(check => wordsBetweenQuotes(pattern.exec(check)?.[1] ?? '')).find(words => words.length > 0) ?? []
}

function defaultOf(column: CatalogueColumn, type: FieldType): DescribedDefault | null {
  if (column.generated) return { from: 'generated' }
  const text = column.default?.trim() ?? null
  if (text === null || /^null$/iu.test(text)) return null
  if (/^\(?\s*current_timestamp\s*\)?$/iu.test(text) && type.kind === 'datetime') return { from: 'now' }
  const quoted = /^'((?:[^']|'')*)'$/u.exec(text)?.[1]?.replaceAll("''", "'")
  const constant = quoted ?? (/^[-+]?[\d.]+(?:e[-+]?\d+)?$|^(?:true|false)$/iu.test(text) ? text : null)
  const literal = constant === null ? null : literalDefault(type, constant)
  return literal ?? { from: 'database' }
}
