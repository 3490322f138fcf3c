/** How SQLite says it. */
import type { FieldType } from '../../model/index.ts'
import {
  flatTableName,
  identifier,
  mostAt,
  mostIn,
  powerOfTen,
  scaleOf,
  type SqlDialect,
  type SqlValue,
  storageOf,
  textOf,
  words,
  written,
} from '../sql/index.ts'

import { encoderOf, literalOf, textLiteral } from './encode.ts'
import { foldedColumn, foldedText, foldFunction } from './folded.ts'
import { chosenShift, guardCondition } from './guard-condition.ts'
import { decimalPieces, sqliteJson } from './json.ts'
import { nativeForm } from './native-form.ts'
import { hasRowid, rowidOf } from './table.ts'

/** Functions that every connection registers. */
export const functions = {
  fold: foldFunction,
  upper: 'plinth_upper',
  guard: 'plinth_guard',
  inRange: 'plinth_in_range',
  finite: 'plinth_finite',
  total: 'plinth_total',
} as const

const guardWith =
  (shift: number): SqlDialect['guard'] =>
  (alias, model, depth) =>
    guardCondition(`${functions.guard}()`, shift, alias, model, depth)

/**
 * A bound limit that the query planner does not look through. SQLite plans by the value of a bare `limit ?`, and therefore compiles the
 * statement again at every run: 27 µs for a list of 20 instead of 18.
 */
const hidden = (limit: string): string => (/^\d+$/.test(limit) ? limit : `cast(${limit} as integer)`)

/** Division of integers with the half rounded away from zero. */
const divided = (dividend: string, divisor: string): string =>
  `((2 * abs(${dividend}) + ${divisor}) / (2 * ${divisor}) * iif(${dividend} < 0, -1, 1))`

/** Digits of a power of ten that an integer can be: a longer one would be read as a float. */
const mostDigits = 18

/** A power of ten as factors that are integers: zero stays one, and whatever else runs over is seen to be a float. */
const factors = (digits: number): string =>
  digits > mostDigits ? `${powerOfTen(mostDigits)} * ${factors(digits - mostDigits)}` : powerOfTen(digits)

/** A number without so many of its last digits, rounded. Cutting some of them off first does not tell the half from what is less. */
const quotient = (sql: string, digits: number): string =>
  digits > mostDigits
    ? quotient(`(${sql} / ${powerOfTen(mostDigits)})`, digits - mostDigits)
    : divided(`(${sql})`, powerOfTen(digits))

const greatestFloat = '1.7976931348623157e308'

/** Additions and products of floats that run over come as Infinity. */
const finite = (sql: string): string =>
  isShort(sql)
    ? `iif(${sql} between -${greatestFloat} and ${greatestFloat}, ${sql}, ${functions.finite}(${sql}))`
    : `${functions.finite}(${sql})`

/** What can stand several times in a statement: asking SQLite takes a tenth of what a function of ours takes. */
const isShort = (sql: string): boolean => sql.length <= 120 && !/\bselect\b|\b(?:sum|avg)\(/u.test(sql)

const greatestWhole = 2n ** 63n - 1n

/** Integers that run over become floats, without a word. */
function inRange(sql: string, type: FieldType, most: bigint): string {
  if (storageOf(type) === 'float') return finite(sql)
  const limit = mostIn(type) < greatestWhole ? mostIn(type) : greatestWhole
  if (most <= limit) return sql
  const asked = `${functions.inRange}(${sql}, ${limit})`
  if (!isShort(sql)) return asked
  const holds = limit === greatestWhole ? `typeof(${sql}) = 'integer'` : `${sql} between -${limit} and ${limit}`
  return `iif(${holds}, ${sql}, ${asked})`
}

/**
 * What sum() adds up may not leave 64 bits on the way, either, and which number comes first is nobody's choice. Numbers that JavaScript holds
 * exactly would have to be a thousand of the greatest.
 */
function sum(of: SqlValue): string {
  if (storageOf(of.type) === 'float') return finite(`sum(${of.sql})`)
  if (of.own !== undefined || mostAt(of, scaleOf(of.type)) <= Number.MAX_SAFE_INTEGER) return `sum(${of.sql})`
  return `${functions.total}(sum(${of.sql} >> 32), sum(${of.sql} & ${0xffffffff}))`
}

function average(of: SqlValue, result: FieldType): string {
  if (storageOf(result) === 'float') {
    if (storageOf(of.type) === 'float') return finite(`avg(${of.sql})`)
    // Divided once, so that it is rounded once. Of no rows it is null.
    return `(total(${of.sql}) / (count(${of.sql}) * ${powerOfTen(scaleOf(of.type))}.0))`
  }
  const [from, to] = [scaleOf(of.type), scaleOf(result)]
  const sum = to >= from ? `sum(${of.sql}) * ${powerOfTen(to - from)}` : `sum(${of.sql})`
  const count = to >= from ? `count(${of.sql})` : `(count(${of.sql}) * ${powerOfTen(from - to)})`
  return divided(`(${sum})`, count)
}

export const sqliteDialect: SqlDialect = {
  name: 'sqlite',
  table: model => identifier(flatTableName(model)),
  native: nativeForm,
  placeholder: () => '?',
  numberedPlaceholders: false,
  literal: literalOf,
  elementLiteral(value, type) {
    if (storageOf(type) === 'boolean') return value === true ? '1' : '0'
    return typeof value === 'number' ? String(value) : textLiteral(textOf(value))
  },
  encoder: encoderOf,
  // Bound numbers arrive as REAL, whatever they are.
  typedParameter: (sql, type) =>
    storageOf(type) === 'integer' || storageOf(type) === 'boolean' ? `cast(${sql} as integer)` : sql,

  inList(left, list, element, write) {
    const value = storageOf(element) === 'bytes' ? 'unhex(value)' : 'value'
    return `${left} in (select ${write === null ? value : write(value)} from json_each(${list}))`
  },
  inTuples(left, list, types, writes) {
    const places = types.map((type, index) =>
      storageOf(type) === 'bytes' ? `unhex(value ->> ${index})` : `value ->> ${index}`,
    )
    return `(${left.join(', ')}) in (select ${written(places, writes)} from json_each(${list}))`
  },
  elements: (array, alias) => `json_each(${array}) ${alias}`,
  anyElement: from => `exists (select 1 from ${from})`,
  same: (left, right) => `${left} is ${right}`,
  contains: (text, part) => `instr(${text}, ${part}) > 0`,
  startsWith: (text, part) => `substr(${text}, 1, length(${part})) = ${part}`,
  // Where the part is longer than the text, substr counts from the end and gives something shorter than the part.
  endsWith: (text, part) => `substr(${text}, length(${text}) - length(${part}) + 1) = ${part}`,
  inPrefixRange: (text, prefix, end) => `${text} >= ${prefix} and ${text} < ${end}`,
  fold: foldedText,
  folded: (_model, field, prefix) => ({ sql: foldedColumn(field, prefix), write: foldedText }),
  upper: text => `${functions.upper}(${text})`,
  length: text => `length(${text})`,
  concatenate: texts => texts.join(' || '),

  orderTerm(sql, descending, nullsLast) {
    const direction = descending ? `${sql} desc` : sql
    // SQLite takes null for the smallest value: last when descending, first when ascending.
    if (nullsLast === undefined || nullsLast === descending) return direction
    return `${direction} nulls ${nullsLast ? 'last' : 'first'}`
  },
  limit: (limit, offset) =>
    words(
      limit === null ? (offset === null ? '' : 'limit -1') : `limit ${hidden(limit)}`,
      offset === null ? '' : `offset ${hidden(offset)}`,
    ),

  scaledDecimals: true,
  rescale({ sql, type }, target) {
    const [from, to] = [scaleOf(type), scaleOf(target)]
    if (from === to) return sql
    return to > from ? `(${sql} * ${factors(to - from)})` : quotient(sql, from - to)
  },
  toFloat: ({ sql, type }) => (scaleOf(type) === 0 ? `(${sql} * 1.0)` : `(${sql} / ${powerOfTen(scaleOf(type))}.0)`),
  fromFloat: (sql, to) => `cast(round(${sql}${scaleOf(to) === 0 ? '' : ` * ${powerOfTen(scaleOf(to))}`}) as integer)`,
  inRange,
  aggregate(name, of, result) {
    const to = storageOf(result)
    if (name === 'avg') return average(of, result)
    const figure = name === 'sum' ? sum(of) : `${name}(${of.sql})`
    if (name === 'sum' && to === 'float' && storageOf(of.type) !== 'float') return this.toFloat({ ...of, sql: figure })
    if (storageOf(of.type) === 'float' && to !== 'float' && name === 'sum') return this.fromFloat(figure, result)
    return this.rescale({ ...of, sql: figure }, result)
  },

  json: sqliteJson,
  column({ sql, type, nullable }) {
    switch (storageOf(type)) {
      case 'bigint':
        // A number beyond 2^53 cannot be read as a JavaScript number.
        return { sql: `cast(${sql} as text)`, decoding: 'same' }
      case 'decimal': {
        const text = sqliteJson.text(decimalPieces(sql, scaleOf(type)))
        return { sql: nullable ? `iif(${sql} is null, null, ${text})` : text, decoding: 'same' }
      }
      case 'boolean':
        return { sql, decoding: 'boolean' }
      case 'json':
      case 'array':
        return { sql, decoding: 'json' }
      case 'bytes':
        return { sql, decoding: 'bytes' }
      default:
        return { sql, decoding: 'same' }
    }
  },
  guard: guardWith(0),
  rowIdentity: model =>
    hasRowid(model) ? [rowidOf(model)] : model.key.map(field => identifier(model.fields[field]?.column ?? field)),
  // SQLite does not reorder a cross join (sqlite.org/optoverview.html).
  lookupJoin: 'cross join',
  limitsApart: false,
  guessesLimits: false,
  linkSets: null,
  materialized: 'materialized',
  defersRows: true,

  listIndex: null,

  listEnds: null,
  choosesEnds: false,
  rowComparison: true,
  nullsInIndexes: 'either',
  sortsAmongEquals: true,
  changesReturn: true,
  rowLock: '',
  referenceLock: () => '',
  rowsByKeys: null,
  changeByKeys() {
    throw new Error('Changes return what they have changed here.')
  },
  joinCondition: condition => condition,
  passesOverConflicts: true,
  counted: null,
  moveSequence: null,
  insertOne(insert) {
    const columns = insert.columns.join(', ')
    const returning = insert.returning.length === 0 ? '' : `returning ${insert.returning.join(', ')}`
    if (insert.columns.length === 0 && insert.check === null)
      return words(`insert into ${insert.table} default values`, returning)
    const source =
      insert.check === null
        ? `values (${written(insert.placeholders, insert.writes)})`
        : `select ${written(insert.columns, insert.writes)} from (select ${insert.placeholders.map((place, index) => `${place} as ${insert.columns[index]}`).join(', ')}) t0 where ${insert.check}`
    return words(`insert into ${insert.table} (${columns})`, source, conflictClause(insert), returning)
  },
  insertMany(insert) {
    const columns = insert.columns.join(', ')
    const values = insert.types.map((type, index) => {
      const extracted = `value ->> ${index}`
      return `${storageOf(type) === 'bytes' ? `unhex(${extracted})` : extracted} as ${insert.columns[index]}`
    })
    // "where true" tells the parser that ON belongs to the insert and not to a join.
    return words(
      `insert into ${insert.table} (${columns}) select ${written(insert.columns, insert.writes)} from (select ${values.join(', ')} from json_each(${insert.placeholders[0]})) t0`,
      `where ${insert.check ?? 'true'}`,
      conflictClause(insert),
      insert.returning.length === 0 ? '' : `returning ${insert.returning.join(', ')}`,
    )
  },
}

function conflictClause({ conflict, conflictWhere }: Parameters<SqlDialect['insertOne']>[0]): string {
  if (conflict === null) return ''
  return `on conflict (${conflict.join(', ')})${conflictWhere === null ? '' : ` where ${conflictWhere}`} do nothing`
}

/** The dialect of one store: which rows look at the clock nobody else knows. */
export const dialectOfStore = (): SqlDialect => ({ ...sqliteDialect, guard: guardWith(chosenShift()) })
