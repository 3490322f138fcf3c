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
  joinPieces,
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
import { textLiteral } from './encode.ts'
import type { Variety } from './variety.ts'

/** A moment as RFC 3339 in UTC with milliseconds. */
export const datetimeText = (sql: string): string => `concat(replace(${sql},' ','T'),'Z')`
/** Base64 comes broken into lines of 76 characters (RFC 2045). */
export const bytesText = (sql: string): string => `replace(to_base64(${sql}),char(10 using utf8mb4),'')`

/** The text of a value that needs no escapes in JSON; null of null. */
function plainText({ sql, type }: SqlValue): string | null {
  switch (storageOf(type)) {
    case 'uuid':
    case 'bigint':
    case 'date':
    case 'time':
      return sql
    case 'decimal':
      return `cast(${sql} as decimal(65,${scaleOf(type)}))`
    case 'datetime':
      return datetimeText(sql)
    case 'bytes':
      return bytesText(sql)
    case 'text':
      return isPlainEnum(type) ? sql : null
    default:
      return null
  }
}

/** JSON functions answer in a collation of their own, which does not go together with that of other texts. */
export const quotedText = (sql: string, { collation }: Variety): string => `json_quote(${sql}) collate ${collation}`

/**
 * Null is looked for in required columns too: where a newer version of the application, which runs beside this one while a migration is between
 * its halves, has left one out, the row as a whole would be NULL.
 */
function valueJson(of: SqlValue, variety: Variety): Json {
  const plain = plainText(of)
  if (plain !== null) return [{ sql: `ifnull(concat('"',${plain},'"'),'null')` }]
  const { sql } = of
  switch (storageOf(of.type)) {
    case 'boolean':
      return [{ sql: `case ${sql} when 1 then 'true' when 0 then 'false' else 'null' end` }]
    case 'text':
      return [{ sql: `ifnull(${quotedText(sql, variety)},'null')` }]
    default:
      return [{ sql: `ifnull(${sql},'null')` }]
  }
}

const when = (condition: string, json: Json): Json => [{ sql: `if(${condition},${text(json)},'null')` }]

/** One expression that yields text. */
function text(json: Json): string {
  const parts = joinPieces(json, textLiteral)
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : `concat(${parts.join(',')})`
}

/** A row that is too large must not be left out: what stands in its place makes the list too large. */
const whole = (row: string): string => `ifnull(${row},repeat(' ',@@max_allowed_packet))`

export const mysqlJson = (variety: Variety): SqlJson => ({
  value: of => valueJson(of, variety),
  object: jsonObject,
  when,
  list(json, select, fewer) {
    const row = whole(text(json))
    const list =
      select.page !== '' && variety.correlatedTables ? limitedList(row, select) : groupedList(row, select, fewer)
    return [{ text: '[' }, { sql: list }, { text: ']' }]
  },
  text,
  bytes: null,
})

function groupedList(row: string, { from, where, order, page }: SelectParts, fewer: number | null): string {
  const rows = words(row, order, "separator ','", page)
  return fewer === null
    ? `ifnull((select group_concat(${rows}) ${from} ${where}),'')`
    : `(select if(count(*) < ${fewer},ifnull(group_concat(${rows}),''),null) ${from} ${where} and rownum() <= ${fewer})`
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
