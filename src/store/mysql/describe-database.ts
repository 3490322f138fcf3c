/** What a database of MariaDB or MySQL has, for taking it over: read from the information schema. */
import type { DeleteBehaviour, FieldType } from '../../model/index.ts'
import type {
  DescribedColumn,
  DescribedDatabase,
  DescribedDefault,
  DescribedReference,
  DescribedTable,
} from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import { enumType, isEnum, literalDefault, wordsBetweenQuotes } from '../sql/index.ts'
import { columnTypeOf } from './column-type.ts'
import { commandsOf } from './described-commands.ts'
import { kindOfType } from './described-type.ts'
import { foldedSource } from './helper-columns.ts'
import { constantsIn, expressionOf, type FoundCheck, foundChecks } from './found-checks.ts'
import type { Variety } from './variety.ts'

const here = 'table_schema = database()'
const tableSql = `select table_name, table_type, table_comment from information_schema.tables where ${here} and table_type in ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW') and table_name not like 'plinth\\_%' order by cast(table_name as binary)`
const columnSql = `select table_name, column_name, column_type, ifnull(character_set_name, ''), ifnull(collation_name, ''), is_nullable, column_default, extra, if(ifnull(generation_expression, '') = '', 'NEVER', 'ALWAYS'), column_comment, ifnull(generation_expression, '') from information_schema.columns where ${here} order by ordinal_position`
const referenceSql = `select k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema = database(), k.referenced_table_name, k.referenced_column_name, r.delete_rule
from information_schema.key_column_usage k join information_schema.referential_constraints r
  on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
where k.table_schema = database() and k.referenced_table_name is not null order by cast(k.constraint_name as binary), k.ordinal_position`
const indexSql = `select table_name, index_name, non_unique, column_name, collation, sub_part is not null or index_type <> 'BTREE' or column_name is null from information_schema.statistics where ${here} order by cast(index_name as binary), seq_in_index`
const triggerSql =
  'select event_object_table, trigger_name from information_schema.triggers where trigger_schema = database() order by cast(trigger_name as binary)'

type Cells = readonly (string | null)[]

export async function describeDatabase(connection: ServerConnection, variety: Variety): Promise<DescribedDatabase> {
  const rows = async (sql: string): Promise<readonly Cells[]> => {
    const result = await connection.run({ sql, name: null }, [])
    return result.rows.map(row => row.map(cell => (cell === null ? null : String(cell))))
  }
  const tables = await rows(tableSql)
  const columns = byTable(await rows(columnSql))
  const checks = Map.groupBy(await foundChecks(connection, variety, null), ({ table }) => table)
  const references = byTable(await rows(referenceSql))
  const indexes = byTable(await rows(indexSql))
  const triggers = byTable(await rows(triggerSql))
  const notes: string[] = []
  const commands = await commandsOf(connection, variety, notes)
  return {
    store: 'mysql',
    migratesAs: variety.name,
    tables: tables.map(table => {
      const of = (all: ReadonlyMap<string, readonly Cells[]>): readonly Cells[] => all.get(table[0] ?? '') ?? []
      const parts = {
        columns: of(columns),
        checks: checks.get(table[0] ?? '') ?? [],
        references: of(references),
        indexes: of(indexes),
      }
      return describeTable(table, parts, of(triggers), variety)
    }),
    notes,
    commands,
  }
}

const byTable = (rows: readonly Cells[]): ReadonlyMap<string, readonly Cells[]> =>
  Map.groupBy(rows, ([table]) => table ?? '')

interface Parts {
  readonly columns: readonly Cells[]
  readonly checks: readonly FoundCheck[]
  readonly references: readonly Cells[]
  readonly indexes: readonly Cells[]
}

interface FoundIndex {
  readonly name: string
  readonly unique: boolean
  readonly columns: readonly { readonly column: string; readonly descending: boolean }[]
  /** A whole tree of columns. */
  readonly plain: boolean
}

function describeTable(
  [name, type, comment]: Cells,
  parts: Parts,
  triggers: readonly Cells[],
  variety: Variety,
): DescribedTable {
  const table = name ?? ''
  const view = type === 'VIEW'
  const notes: string[] = []
  const indexes = indexesOf(parts.indexes)
  const key = indexes.find(index => index.name === 'PRIMARY')?.columns.map(({ column }) => column) ?? []
  const folded = new Map(
    parts.columns.flatMap(([, helper, , , , , , , , , generated]): [string, string][] => {
      const column = foldedSource(helper ?? '', generated ?? '', variety)
      return column === null ? [] : [[helper ?? '', column]]
    }),
  )
  const own = parts.columns.filter(([, column]) => !folded.has(column ?? ''))
  const described = own.map(cells => {
    const { column, note } = describeColumn(cells, parts.checks, key, view, variety)
    if (note !== null) notes.push(`The column "${table}.${column.name}": ${note}.`)
    return column
  })
  const fine = described.some(column => key.includes(column.name) && isFine(column))
  if (fine) notes.push(`The key of "${table}" holds moments finer than a millisecond; its rows can only be listed.`)
  const ignoringCase = indexes.flatMap(({ name: index, unique, columns }) => {
    // A long text is unique by its hash beside it.
    const [column = null, more = null] = columns.map(one => folded.get(one.column) ?? (one.column === '' ? null : ''))
    return column === null || column === '' || more !== null ? [] : [{ index, column, unique }]
  })
  const others = indexes.filter(
    ({ name: index }) => index !== 'PRIMARY' && !ignoringCase.some(one => one.index === index),
  )
  const usable = others.filter(
    ({ plain, unique, columns }) => plain && !(unique && columns.some(one => one.descending)),
  )
  const left = others.filter(index => !usable.includes(index)).map(index => index.name)
  if (left.length > 0) notes.push(`Indexes of "${table}" that models have no word for stay: ${left.join(', ')}.`)
  if (triggers.length > 0)
    notes.push(`Triggers of "${table}" go on doing what they do: ${triggers.map(([, trigger]) => trigger).join(', ')}.`)
  const told = parts.checks.filter(check => check.clause.startsWith('json_valid(') || wordsOf(check) !== null).length
  if (parts.checks.length > told)
    notes.push(`Checks of "${table}" stay with the database: what breaks them is refused with writes.check.`)
  return {
    name: table,
    view,
    comment: view || comment === '' ? null : (comment ?? null),
    columns: described,
    key: fine ? [] : key,
    uniques: usable.filter(({ unique }) => unique).map(({ columns }) => columns.map(({ column }) => column)),
    indexes: usable.filter(({ unique }) => !unique).map(({ columns }) => ({ columns })),
    ignoringCase: ignoringCase.map(({ column, unique }) => ({ column, unique })),
    references: describeReferences(table, parts.references, notes),
    notes,
  }
}

const indexesOf = (rows: readonly Cells[]): readonly FoundIndex[] =>
  [...Map.groupBy(rows, ([, index]) => index ?? '')].map(([name, parts]) => ({
    name,
    unique: parts[0]?.[2] === '0',
    columns: parts.map(part => ({ column: part[3] ?? '', descending: part[4] === 'D' })),
    plain: parts.every(part => part[5] === '0'),
  }))

/** Moments of which the field shows less than the column tells apart. */
const isFine = ({ type, native }: DescribedColumn): boolean =>
  (type.kind === 'datetime' || type.kind === 'time') && Number(/\((\d)\)/u.exec(native.type)?.[1] ?? 0) > 3

/** The column and the words of `"state" in ('new','sold')`. */
function wordsOf({ clause }: FoundCheck): { readonly column: string; readonly words: readonly string[] } | null {
  // One word is compared with, several are looked through.
  const column = /^[`"]([^`"]+)[`"] (?:= |in \()(?:'(?:[^']|'')*'(?:,\s*)?)+\)?$/u.exec(clause)?.[1]
  const words = wordsBetweenQuotes(clause)
  return column !== undefined && isEnum(words) ? { column, words } : null
}

/** The column that the check holds to JSON, or, as tables of Plinth have it, to JSON that may nest deep, or to a list. */
const jsonColumnOf = ({ clause }: FoundCheck): string | undefined =>
  /^(?:json_valid\([`"](.+?)[`"]\)(?: or char_length\([^()]+\) >= 64 and left\([^()]+\) in \('\[','\{'\))?|json_type\([`"](.+)[`"]\) = 'ARRAY')$/u
    .exec(clause)
    ?.slice(1)
    .find(Boolean)

function describeColumn(
  [, name, printed, set, collation, nullable, expression, extra, generated, comment]: Cells,
  checks: readonly FoundCheck[],
  key: readonly string[],
  view: boolean,
  variety: Variety,
): { readonly column: DescribedColumn; readonly note: string | null } {
  const json = checks.some(check => jsonColumnOf(check) === name)
  const found = kindOfType(constantsIn(printed ?? ''), json)
  const checked = checks.map(wordsOf).find(each => each?.column === name)
  const isKey = key.length === 1 && key[0] === name
  const counts = (extra ?? '').includes('auto_increment')
  const words = checked !== undefined && checked !== null && found.type.kind === 'text' ? checked.words : null
  const numbers: FieldType = isKey && counts ? { kind: 'integer', options: {} } : found.type
  const type = words === null ? numbers : enumType(words)
  const given = defaultOf(expression ?? null, extra ?? '', variety)
  const isZero = (type.kind === 'date' || type.kind === 'datetime') && (given ?? '').startsWith("'0000-00-00")
  const native = collation === '' ? (printed ?? '') : `${printed} character set ${set} collate ${collation}`
  return {
    column: {
      name: name ?? '',
      type,
      native: { type: native, form: null },
      usual: isUsual(type, native, variety) && !isZero,
      nullable: view || nullable === 'YES',
      // No session of ours writes a day that is none.
      default: view || isZero ? null : fillingOf(given ?? 'NULL', type, counts, generated === 'ALWAYS', extra ?? ''),
      comment: comment === '' ? null : (comment ?? null),
    },
    note: found.note,
  }
}

/** Texts of Plinth have its own collation, and lengths that follow from more than their type. */
const isUsual = (type: FieldType, native: string, variety: Variety): boolean =>
  !native.includes(' collate ') && type.kind !== 'boolean' && columnTypeOf(type, null, variety) === native

/** A default as an expression. MySQL has a constant as it is, without quotes. */
function defaultOf(printed: string | null, extra: string, variety: Variety): string | null {
  if (printed === null) return null
  if (variety.printsAsWritten) return constantsIn(printed)
  return extra.includes('DEFAULT_GENERATED') ? expressionOf(printed, variety) : `'${printed.replaceAll("'", "''")}'`
}

function fillingOf(
  expression: string,
  type: FieldType,
  counts: boolean,
  generated: boolean,
  extra: string,
): DescribedDefault | null {
  if (generated) return { from: 'generated' }
  if (counts) return { from: 'sequence' }
  // The database sets it at each update, too, and only it does.
  if (/on update/iu.test(extra)) return { from: 'database' }
  if (/^null$/iu.test(expression)) return null
  if (/^current_timestamp\(\d?\)$/iu.test(expression))
    return type.kind === 'datetime' ? { from: 'now' } : { from: 'database' }
  if (/^uuid\(\)$/iu.test(expression) && type.kind === 'id') return { from: 'uuid' }
  const text = /^'((?:[^']|'')*)'$/u.exec(expression)?.[1]?.replaceAll("''", "'")
  const constant = text ?? /^-?\d[\d.]*$/u.exec(expression)?.[0]
  const literal = constant === undefined ? null : literalDefault(type, constant)
  return literal ?? { from: 'database' }
}

const deleteBehaviours: Readonly<Record<string, DeleteBehaviour>> = {
  'NO ACTION': 'restrict',
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'setNull',
}

function describeReferences(table: string, rows: readonly Cells[], notes: string[]): readonly DescribedReference[] {
  return [...Map.groupBy(rows, ([, name]) => name ?? '')].flatMap(([name, parts]) => {
    const [, , , here = '0', target = null, , rule = null] = parts[0] ?? []
    if (here !== '1') {
      notes.push(`The reference "${name}" of "${table}" leads to "${target}" of another database.`)
      return []
    }
    const behaviour = deleteBehaviours[rule ?? '']
    if (behaviour === undefined)
      notes.push(`"${table}" says "on delete ${rule?.toLowerCase()}" in "${name}", which is taken for restrict.`)
    return [
      {
        columns: parts.map(part => part[2] ?? ''),
        table: target ?? '',
        targetColumns: parts.map(part => part[5] ?? ''),
        onDelete: behaviour ?? 'restrict',
      },
    ]
  })
}
