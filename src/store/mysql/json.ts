/**
 * JSON put together by the server, as text, one `concat()` for each row and one `group_concat()` for each list. MariaDB's JSON_ARRAYAGG cuts its result
 * at group_concat_max_len with a warning that nobody reads, and MySQL's has no order. Where derived tables cannot look at the row around them,
 * group_concat() has a limit of its own.
 *
 * Nothing is ever cut in silence: sessions let group_concat() have max_allowed_packet bytes, and what is put around a text of that length
 * makes concat() NULL, as does a row that is too large by itself. A NULL where a row belongs is refused.
 */
import type { FieldType } from '../../model/index.ts'
import {
  isPlainEnum,
  type Json,
  jsonObject,
  scaleOf,
  type SelectParts,
  selectText,
  type SqlJson,
  type SqlValue,
  storageOf,
  words,
} from '../sql/index.ts'
import { quotedText, text } from './json-text.ts'
import { asShort, shortOf, shortText, shortWhen } from './short-json.ts'
import type { Variety } from './variety.ts'

/** A moment as RFC 3339 in UTC with milliseconds. */
export const datetimeText = (sql: string): string => `concat(replace(${sql},' ','T'),'Z')`
/** Base64 comes broken into lines of 76 characters (RFC 2045). */
export const bytesText = (sql: string): string => `replace(to_base64(${sql}),char(10 using utf8mb4),'')`

/**
 * MariaDB writes floats with up to 34 characters (-0.000000000000001234…), and takes them for texts of 22: where it puts rows together in a table
 * of its own, what is longer would lose its last digits, or those of its exponent.
 */
const floatText = (sql: string, { shortensFloats }: Variety): string =>
  shortensFloats ? `trim(trailing '.0' from cast(cast(${sql} as json) as char(40)))` : `cast(${sql} as char(40))`

/** The text of a value that needs no escapes in JSON; null of null. */
function plainText(of: SqlValue): string | null {
  const { sql, type } = of
  switch (storageOf(type)) {
    case 'uuid':
      return of.checked ? sql : null
    case 'bigint':
    case 'date':
    case 'time':
      return sql
    case 'decimal':
      return `cast(${sql} as decimal(65,${scaleOf(type)}))`
    case 'datetime':
      return datetimeText(sql)
    case 'text':
      return isPlainEnum(of) ? sql : null
    default:
      return null
  }
}

/**
 * Null is looked for in required columns too: where a newer version of the application, which runs beside this one while a migration is between
 * its halves, has left one out, the row as a whole would be NULL.
 */
function valueJson(of: SqlValue, variety: Variety): Json {
  const plain = plainText(of)
  const { sql } = of
  switch (storageOf(of.type)) {
    case 'bytes':
      return [{ sql: quotedPlain(bytesText(sql)) }]
    case 'boolean':
      return [asShort(`case ${sql} when 1 then 'true' when 0 then 'false' else 'null' end`)]
    case 'text':
    case 'uuid':
      if (plain !== null) return [asShort(quotedPlain(plain))]
      return [{ sql: `ifnull(${quotedText(sql, variety)},'null')`, ...shortText(of, variety) }]
    case 'json':
    case 'array':
      if (of.checked) return [{ sql: `ifnull(${sql},'null')` }]
      // A text that is no JSON stays a text.
      return [{ sql: `ifnull(if(json_valid(${sql}),${sql},${quotedText(sql, variety)}),'null')` }]
    case 'float':
      return [asShort(`ifnull(${floatText(sql, variety)},'null')`)]
    default:
      return [asShort(plain === null ? `ifnull(${sql},'null')` : quotedPlain(plain))]
  }
}

const quotedPlain = (sql: string): string => `ifnull(concat('"',${sql},'"'),'null')`

const when = (condition: string, json: Json): Json => [
  { sql: `if(${condition},${text(json)},'null')`, ...shortWhen(condition, json) },
]

/** A row that is too large must not be left out: what stands in its place makes the list too large. */
const whole = (row: string): string => `ifnull(${row},repeat(' ',@@max_allowed_packet))`

export const mysqlJson = (variety: Variety): SqlJson => ({
  value: of => valueJson(of, variety),
  object: jsonObject,
  when,
  list(json, select) {
    const row = whole(text(json))
    const isTable = select.page !== '' && variety.correlatedTables
    return listOf(isTable ? limitedList(row, select) : groupedList(row, select))
  },
  shortList: variety.correlatedTables ? null : (json, select) => listOf(groupedShortList(json, select)),
  text,
  bytes: null,
})

const listOf = (sql: string): Json => [{ text: '[' }, { sql }, { text: ']' }]

const gathered = (row: string, { order, page }: SelectParts): string =>
  `group_concat(${words(row, order, "separator ','", page)})`

const groupedList = (row: string, select: SelectParts): string =>
  `ifnull((select ${gathered(row, select)} ${select.from} ${select.where}),'')`

/** Rows from which on a list is no short one: to be told where it ends costs a list as much as about thirty rows do. */
const fewest = 100

function groupedShortList(json: Json, select: SelectParts): string {
  const short = shortOf(json)
  const row = short?.row ?? whole(text(json))
  const isShort = [`count(*) < ${fewest}`, ...(short?.isWhole ?? [])].join(' and ')
  const rows = words(select.from, select.where, select.where === '' ? 'where' : 'and', `rownum() <= ${fewest}`)
  return `(select if(${isShort},ifnull(${gathered(row, select)},''),null) ${rows})`
}

/** The rows within the limit are a table of their own, and gathered in the order in which they were put there. */
const limitedList = (row: string, select: SelectParts): string =>
  `ifnull((select group_concat(l.j separator ',') from (select ${row} as j ${selectText(select)}) l),'')`

/** The type that a value has in an expression, for `cast`. */
export function castType(type: FieldType): string {
  switch (storageOf(type)) {
    case 'integer':
    case 'bigint':
    case 'boolean':
      return 'signed'
    case 'decimal':
      return `decimal(65,${scaleOf(type)})`
    case 'float':
      return 'double'
    case 'date':
      return 'date'
    case 'time':
      return 'time(3)'
    case 'datetime':
      return 'datetime(3)'
    case 'bytes':
      return 'binary'
    default:
      return 'char'
  }
}
