/** How MariaDB and MySQL say it. */
import type { FieldType } from '../../model/index.ts'
import {
  flatTableName,
  identifier,
  type InsertParts,
  type KeyedRows,
  mostIn,
  mostOfSum,
  scaleOf,
  type SqlDialect,
  type SqlValue,
  storageOf,
  words,
  written,
} from '../sql/index.ts'
import { valueTypeOf } from './column-type.ts'
import type { MysqlTypes } from './driver.ts'
import { elementText, encoderWith, literalOf, textLiteral } from './encode.ts'
import { foldedName } from './helper-columns.ts'
import type { KnownIndexes } from './known-indexes.ts'
import { listIndexOf, mysqlListEnds } from './list-ends.ts'
import { nativeForm } from './native-form.ts'
import { bytesText, castType, datetimeText, mysqlJson } from './json.ts'
import { inCase } from './letters.ts'
import { textSet, type Variety } from './variety.ts'

interface JsonTable {
  readonly list: string
  readonly types: readonly FieldType[]
  readonly names: readonly string[]
  /** Where a column's value stands in an element. */
  readonly path: (index: number) => string
}

/** A bound list as a table `l`: one column for each type. */
function jsonTable({ list, types, names, path }: JsonTable, variety: Variety): string {
  const columns = types.map((type, index) => {
    const text = storageOf(type) === 'bytes' ? 'longtext' : valueTypeOf(type, variety)
    return `${names[index]} ${text} path '${path(index)}'`
  })
  return `json_table(${list}, '$[*]' columns (${columns.join(', ')})) l`
}

const place = (index: number): string => `$[${index}]`

/** Bytes travel as hexadecimal digits. */
const taken = (name: string, type: FieldType): string => (storageOf(type) === 'bytes' ? `unhex(${name})` : name)

const places = (types: readonly FieldType[]): string[] => types.map((_type, index) => `k${index}`)

/** `indexes`: those that the tables have. */
export function mysqlDialect(types: MysqlTypes, indexes: KnownIndexes, variety: Variety): SqlDialect {
  const encoder = encoderWith(types)
  const { collation, keepsJoinConditions } = variety
  const dialect: SqlDialect = {
    name: 'mysql',
    table: model => identifier(flatTableName(model)),
    native: field => nativeForm(field, variety),
    placeholder: () => '?',
    numberedPlaceholders: false,
    literal: literalOf,
    elementLiteral: value => textLiteral(elementText(value)),
    encoder,
    // Where nothing around it gives a bound value its type. Texts keep the collation that everything is compared by.
    // MySQL 9.7 takes '10:00:00.000' for midnight where a parameter itself is cast to a time; of a text it reads every one.
    typedParameter: (sql, type) =>
      `cast(${storageOf(type) === 'time' ? `cast(${sql} as char)` : sql} as ${castType(type)})`,

    inList(left, list, element, write) {
      const value = taken('v', element)
      return `${left} in (select ${write === null ? value : write(value)} from ${jsonTable({ list, types: [element], names: ['v'], path: () => '$' }, variety)})`
    },
    inTuples: (left, list, listed, writes) =>
      `(${left.join(', ')}) in (select ${written(
        places(listed).map((name, index) => taken(name, listed[index] ?? text)),
        writes,
      )} from ${jsonTable({ list, types: listed, names: places(listed), path: place }, variety)})`,
    elements: (array, alias) =>
      `json_table(${array}, '$[*]' columns (value longtext ${textSet(variety)} path '$')) ${alias}`,
    anyElement: from =>
      variety.findsElements ? `exists (select 1 from ${from})` : `((select count(*) from ${from}) > 0)`,
    same: (left, right) => `${left} <=> ${right}`,
    contains: (of, part) => `locate(${part}, ${of}) > 0`,
    startsWith: (of, part) => `left(${of}, char_length(${part})) = ${part}`,
    endsWith: (of, part) => `right(${of}, char_length(${part})) = ${part}`,
    inPrefixRange: (of, prefix, end) => `${of} >= ${prefix} and (${of} < ${end} or ${end} is null)`,
    fold: of => `${inCase('lower', of, variety)} collate ${collation}`,
    folded(model, { column }, prefix) {
      const name = foldedName(column)
      // Where the migration that brings it has not run yet there is none.
      return indexes.has(flatTableName(model), name)
        ? { sql: `${prefix}${identifier(name)}`, write: dialect.fold }
        : null
    },
    upper: of => `${inCase('upper', of, variety)} collate ${collation}`,
    length: of => `char_length(${of})`,
    concatenate: texts => `concat(${texts.join(', ')})`,

    orderTerm(sql, descending, nullsLast, listed) {
      const direction = descending ? `${sql} desc` : sql
      // To group_concat() null is what its column holds otherwise: 0, or an empty text.
      if (listed && nullsLast === true) return `${sql} is null, ${direction}`
      // Null is the smallest value: last when descending, first when ascending.
      if (nullsLast === undefined || nullsLast === descending) return direction
      return `${sql} is null${nullsLast ? '' : ' desc'}, ${direction}`
    },
    limit: (limit, offset) =>
      words(
        // There is no word for "no limit" (mariadb.com/kb/en/limit).
        limit === null ? (offset === null ? '' : 'limit 18446744073709551615') : `limit ${limit}`,
        offset === null ? '' : `offset ${offset}`,
      ),

    scaledDecimals: false,
    rescale(value, to) {
      const [from, target] = [storageOf(value.type), storageOf(to)]
      if (target === 'decimal') {
        return from === 'decimal' && scaleOf(value.type) === scaleOf(to)
          ? value.sql
          : `cast(round(${value.sql}, ${scaleOf(to)}) as decimal(65,${scaleOf(to)}))`
      }
      return from === 'decimal' ? `cast(round(${value.sql}) as signed)` : value.sql
    },
    toFloat: ({ sql }) => toFloat(sql),
    fromFloat: (sql, to) =>
      storageOf(to) === 'decimal'
        ? `cast(round(cast(${sql} as char), ${scaleOf(to)}) as decimal(65,${scaleOf(to)}))`
        : `cast(round(${sql}) as signed)`,
    inRange,
    aggregate: (name, of, result) => aggregate(dialect, name, of, result),

    json: mysqlJson(variety),
    column({ sql, type }) {
      switch (storageOf(type)) {
        case 'integer':
        case 'float':
          return { sql, decoding: 'number' }
        case 'boolean':
          return { sql, decoding: 'boolean' }
        case 'decimal':
          return { sql: `cast(cast(${sql} as decimal(65,${scaleOf(type)})) as char)`, decoding: 'same' }
        case 'datetime':
          return { sql: datetimeText(sql), decoding: 'same' }
        case 'bytes':
          return { sql: bytesText(sql), decoding: 'same' }
        case 'json':
        case 'array':
          return { sql, decoding: 'json' }
        case 'bigint':
        case 'date':
        case 'time':
          return { sql: `cast(${sql} as char)`, decoding: 'same' }
        default:
          return { sql, decoding: 'same' }
      }
    },
    // Statements can be stopped.
    guard: () => null,
    rowIdentity: model => model.key.map(field => identifier(model.fields[field]?.column ?? field)),
    lookupJoin: 'straight_join',
    listIndex: listIndexOf(indexes),
    listEnds: variety.correlatedTables ? null : mysqlListEnds(variety),
    limitsApart: variety.correlatedTables,
    guessesLimits: false,
    linkSets: null,
    materialized: '',
    defersRows: false,
    choosesEnds: false,
    // (a, b) > (c, d) is no range of an index here.
    rowComparison: false,
    nullsInIndexes: 'smallest',
    sortsAmongEquals: false,
    changesReturn: false,
    rowLock: variety.rowLock,
    referenceLock: () => ' lock in share mode',
    rowsByKeys: rows => rowsByKeys(rows, variety),
    changeByKeys(change) {
      const rows = rowsByKeys(change, variety)
      return change.set === null ? `delete t0 from ${rows}` : `update ${rows} set ${change.set.join(', ')}`
    },

    // Only what stands by itself becomes a join.
    joinCondition: condition => (keepsJoinConditions ? condition : `if(${condition},1,0)`),
    passesOverConflicts: false,
    moveSequence: null,
    insertOne(insert) {
      const columns = insert.columns.join(', ')
      const plain = insert.check === null && insert.conflict === null
      if (plain)
        return words(
          `insert into ${insert.table} (${columns}) values (${written(insert.placeholders, insert.writes)})`,
          returning(insert),
        )
      const candidate = insert.placeholders.map(
        (place, index) => `${dialect.typedParameter(place, insert.types[index] ?? text)} as ${insert.columns[index]}`,
      )
      return words(
        `insert into ${insert.table} (${columns}) select ${written(insert.columns, insert.writes)} from (select ${candidate.join(', ')}) t0`,
        conditions(insert),
        returning(insert),
      )
    },
    insertMany: insert =>
      words(
        `insert into ${insert.table} (${insert.columns.join(', ')}) select ${written(insert.columns, insert.writes)} from`,
        candidates(insert, variety),
        conditions(insert),
        returning(insert),
      ),
    counted: variety.insertsReturn
      ? null
      : {
          last: 'last_insert_id()',
          among: (column, count) =>
            `${column} >= last_insert_id() and ${column} < last_insert_id() + ${count} * @@auto_increment_increment and (${column} - last_insert_id()) % @@auto_increment_increment = 0`,
          passing: insert => words('select count(*) from', candidates(insert, variety), conditions(insert)),
        },
  }
  return dialect
}

function rowsByKeys({ table, key, types, writes, list, tuples }: KeyedRows, variety: Variety): string {
  const names = places(types)
  const values = names.map((name, index) => taken(`l.${name}`, types[index] ?? text))
  const on = values.map((value, index) => `${key[index]} = ${writes[index]?.(value) ?? value}`)
  const listed = jsonTable({ list, types, names, path: tuples ? place : () => '$' }, variety)
  // Left to itself the server scans a table that is smaller than it thinks the list is, and locks each row that it looks at.
  return `${listed} straight_join ${table} t0 force index (primary) on ${on.join(' and ')}`
}

/** The rows of a bound list as a table `t0` that has columns called like those that they are for. */
function candidates({ placeholders, types, columns }: Omit<InsertParts, 'returning'>, variety: Variety): string {
  const names = places(types)
  const values = names.map((name, index) => `${taken(name, types[index] ?? text)} as ${columns[index]}`)
  const list = jsonTable({ list: placeholders[0] ?? '', types, names, path: place }, variety)
  return `(select ${values.join(', ')} from ${list}) t0`
}

const text: FieldType = Object.freeze({ kind: 'text', options: Object.freeze({}) })

function aggregate(dialect: SqlDialect, name: 'sum' | 'avg' | 'min' | 'max', of: SqlValue, result: FieldType): string {
  const to = storageOf(result)
  const from = storageOf(of.type)
  const figure = `${name}(${of.sql})`
  switch (name) {
    case 'avg':
      // Sessions divide with 30 digits behind the point, so that what is rounded has not been rounded before.
      if (from === 'float') return finite(figure)
      return to === 'float'
        ? toFloat(figure)
        : `cast(round(${figure}, ${scaleOf(result)}) as decimal(65,${scaleOf(result)}))`
    case 'sum':
      if (to === 'float') return from === 'float' ? finite(figure) : toFloat(figure)
      if (from === 'float') return dialect.fromFloat(finite(figure), result)
      return exactSum(figure, to === 'decimal' ? dialect.rescale({ ...of, sql: figure }, result) : figure, of, result)
    default:
      return dialect.rescale({ ...of, sql: figure }, result)
  }
}

/** Of a decimal with many digits a cast alone makes a float beside the nearest: 0.09999999999999999 of 0.1. Of a text it makes that. */
const toFloat = (decimal: string): string => `cast(cast(${decimal} as char) as double)`

/** A sum of floats that runs over comes as 0, if nothing is added to it that finds out. */
const finite = (figure: string): string => `(${figure} + 0e0)`

/** Sums and products of 64 bits, and of floats, that run over are refused by themselves. */
function inRange(sql: string, type: FieldType, most: bigint): string {
  if (most <= mostIn(type)) return sql
  switch (storageOf(type)) {
    case 'integer':
      // 2^53 times 1024 is 2^63, so one number beyond on either side runs over; the value is named once, for it may be long.
      return `(((${sql}) * 1024 - 1 + 1) div 1024)`
    case 'decimal':
      return `if(${beyond(sql, type)}, 9223372036854775807 + abs(sign(${sql})), ${sql})`
    default:
      return sql
  }
}

/** A sum of whole numbers is a decimal of its own, which a cast would make the nearest number of 64 bits, without a word. */
function exactSum(figure: string, made: string, of: SqlValue, result: FieldType): string {
  const whole = storageOf(result) !== 'decimal'
  const sum = whole ? `cast(${made} as signed)` : made
  if (!whole && mostOfSum(of) <= mostIn(result)) return sum
  return `if(${beyond(figure, result)}, 9223372036854775807 + count(*), ${sum})`
}

/** Adding to the greatest number of 64 bits is refused; what is added is no constant, or it would be tried beforehand. */
function beyond(sql: string, type: FieldType): string {
  const [digits, scale] = [String(mostIn(type)), scaleOf(type)]
  const limit = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  const least = storageOf(type) === 'bigint' ? '9223372036854775808' : limit
  return `${sql} not between -${least} and ${limit}`
}

const returning = (insert: InsertParts): string =>
  insert.returning.length === 0 ? '' : `returning ${insert.returning.join(', ')}`

/**
 * `insert ignore` would also pass over rows that break other constraints, and `on duplicate key` takes any unique key for the one that was
 * meant: rows that are there already are looked for.
 */
function conditions({
  table,
  check,
  conflict,
  conflictWhere,
  columns,
  compares,
}: Omit<InsertParts, 'returning'>): string {
  const all = check === null ? [] : [`(${check})`]
  if (conflict !== null) {
    const same = conflict.map(column => {
      const value = `t0.${column}`
      return `x.${column} = ${compares[columns.indexOf(column)]?.(value) ?? value}`
    })
    const live = conflictWhere === null ? [] : [`x.${conflictWhere}`]
    all.push(`not exists (select 1 from ${table} x where ${[...same, ...live].join(' and ')})`)
  }
  return all.length === 0 ? '' : `where ${all.join(' and ')}`
}
