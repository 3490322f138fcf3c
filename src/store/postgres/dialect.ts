/** How PostgreSQL says it. */
import { upperCase } from '../../lib/index.ts'
import type { FieldType } from '../../model/index.ts'
import {
  identifier,
  type InsertParts,
  mostIn,
  mostOfSum,
  scaleOf,
  type SqlDialect,
  type SqlValue,
  storageOf,
  words,
  written,
} from '../sql/index.ts'

import { columnTypeOf } from './column-type.ts'
import { encoderOf, literalOf, placeholderType, textLiteral } from './encode.ts'
import { nativeForm } from './native-form.ts'
import { bytesText, dateText, datetimeText, postgresJson, timeText } from './json.ts'

/** What differs between servers and installations. */
export interface PostgresForm {
  /** The schema that tables without a namespace are in; null for the first of the search path. */
  readonly schema: string | null
  /** The server maps letters code point by code point itself (the collation `pg_c_utf8`, PostgreSQL 17); else ICU has to be used with care. */
  readonly simpleCaseMapping: boolean
}

const ascii = String.raw`'^[\x01-\x7f]*$'`

/** Letters as `foldCase` maps them: one code point each, whatever the language. */
function lower(text: string, { simpleCaseMapping }: Pick<PostgresForm, 'simpleCaseMapping'>): string {
  if (simpleCaseMapping) return `lower(${text} collate "pg_c_utf8")`
  // ICU maps İ to two code points and Σ by its place in the word; all others one by one.
  return `lower(translate(${text},'İΣ','iσ') collate "und-x-icu")`
}

/**
 * What an index that ignores case is over. It is made by files that are written for every server, and outlives an upgrade of the server, so it is
 * the same everywhere; what a query says of it has to be that, too, or it would not be found.
 */
export const foldedText = (text: string): string => `(${lower(text, { simpleCaseMapping: false })} collate "C")`

function upper(text: string, { simpleCaseMapping }: PostgresForm): string {
  if (simpleCaseMapping) return `upper(${text} collate "pg_c_utf8")`
  // ICU makes SS of ß. What has no upper case of one code point stays as it is, so other texts than ASCII go letter by letter.
  const letter = `upper(c collate "und-x-icu")`
  const smallIota = 'ᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾳῃῳ'
  const letters = `(select coalesce(string_agg(case when char_length(${letter}) = 1 and c !~ '[ᾈ-ᾏᾘ-ᾟᾨ-ᾯᾼῌῼ]' then ${letter} else c end, '' order by n), '') from regexp_split_to_table(translate(${text}, '${smallIota}', '${upperCase(smallIota)}'), '') with ordinality as u(c, n))`
  return `case when (${text} ~ ${ascii}) is not false then upper(${text} collate "C") else ${letters} end`
}

const typeOf = (type: FieldType): string => columnTypeOf(type)

/** The tuples of a bound list as a source of rows. Its column is named with its table: a column around it may be called like either. */
const tuplesOf = (list: string): string => `jsonb_array_elements(${list}) plinth_tuples(tuple)`
const tuple = 'plinth_tuples.tuple'

/** A value of one of the tuples of a bound list: texts in a JSON array. */
const tuplePlace = (row: string, type: FieldType, index: number): string =>
  `(${row}->>${index})${storageOf(type) === 'text' ? '' : `::${typeOf(type)}`}`

const placesOf = (row: string, types: readonly FieldType[]): string[] =>
  types.map((type, index) => tuplePlace(row, type, index))

export function postgresDialect(form: PostgresForm): SqlDialect {
  const dialect: SqlDialect = {
    name: 'postgres',
    table(model) {
      const schema = model.namespace ?? form.schema
      return schema === null ? identifier(model.table) : `${identifier(schema)}.${identifier(model.table)}`
    },
    native: nativeForm,
    placeholder: (position, binding) => `$${position}::${placeholderType(binding)}`,
    numberedPlaceholders: true,
    literal: literalOf,
    elementLiteral: literalOf,
    encoder: encoderOf,
    typedParameter: sql => sql,

    inList: (left, list, _element, write) =>
      write === null ? `${left} = any(${list})` : `${left} in (select ${write('v')} from unnest(${list}) v)`,
    inTuples: (left, list, types, writes) =>
      `(${left.join(', ')}) in (select ${written(placesOf(tuple, types), writes)} from ${tuplesOf(list)})`,
    elements: (array, alias) => `unnest(${array}) ${alias}(value)`,
    anyElement: from => `exists (select 1 from ${from})`,
    same: (left, right) => `${left} is not distinct from ${right}`,
    contains: (text, part) => `strpos(${text}, ${part}) > 0`,
    startsWith: (text, part) => `starts_with(${text}, ${part})`,
    endsWith: (text, part) => `right(${text}, char_length(${part})) = ${part}`,
    inPrefixRange: (text, prefix, end) => `${text} >= ${prefix} and (${text} < ${end} or ${end} is null)`,
    // The collation that maps letters must not order them as well.
    fold: text => `(${lower(text, form)} collate "C")`,
    folded(_model, field, prefix) {
      const column = `${prefix}${identifier(field.column)}`
      return { sql: foldedText(nativeForm(field)?.read(column) ?? column), write: foldedText }
    },
    upper: text => `((${upper(text, form)}) collate "C")`,
    // Arithmetic in the smaller type would run over.
    length: text => `char_length(${text})::bigint`,
    concatenate: texts => texts.map(text => `(${text})::text`).join(' || '),

    orderTerm(sql, descending, nullsLast) {
      const direction = descending ? `${sql} desc` : sql
      // PostgreSQL takes null for the greatest value: last when ascending, first when descending.
      if (nullsLast === undefined || nullsLast === !descending) return direction
      return `${direction} nulls ${nullsLast ? 'last' : 'first'}`
    },
    limit: (limit, offset) => words(limit === null ? '' : `limit ${limit}`, offset === null ? '' : `offset ${offset}`),

    scaledDecimals: false,
    rescale(value, to) {
      const [from, target] = [storageOf(value.type), storageOf(to)]
      if (target === 'decimal') {
        return from === 'decimal' && scaleOf(value.type) === scaleOf(to)
          ? value.sql
          : `round((${value.sql})::numeric, ${scaleOf(to)})`
      }
      return from === 'decimal' ? `round(${value.sql})::bigint` : value.sql
    },
    toFloat: ({ sql }) => `(${sql})::double precision`,
    // By way of text: a cast to numeric keeps 15 digits only.
    fromFloat: (sql, to) =>
      storageOf(to) === 'decimal'
        ? `round((${sql})::text::numeric, ${scaleOf(to)})`
        : `round((${sql})::text::numeric)::bigint`,
    inRange,
    aggregate: (name, of, result) => aggregate(dialect, name, of, result),

    json: postgresJson,
    column({ sql, type, checked }) {
      switch (storageOf(type)) {
        case 'integer':
        case 'float':
          return { sql, decoding: 'number' }
        case 'boolean':
          return { sql, decoding: 'boolean' }
        case 'date':
          return { sql: dateText(sql), decoding: 'same' }
        case 'time':
          return { sql: timeText(sql), decoding: 'same' }
        case 'datetime':
          return { sql: datetimeText(sql), decoding: 'same' }
        case 'bytes':
          return { sql: bytesText(sql), decoding: 'same' }
        case 'json':
          return { sql, decoding: 'json' }
        case 'array':
          return {
            sql: postgresJson.text(postgresJson.value({ sql, type, nullable: true, checked })),
            decoding: 'json',
          }
        default:
          return { sql, decoding: 'same' }
      }
    },
    // Statements can be cancelled.
    guard: () => null,
    rowIdentity: () => ['ctid'],
    lookupJoin: 'join',
    // It orders and cuts before it computes what is dear, and derived tables that are joined back cost more than they save.
    limitsApart: false,
    guessesLimits: true,
    materialized: 'materialized',
    linkSets: {
      gather: (text, order) => `string_agg(${text},',' ${order})`,
      // `concat` reads the NULL of an empty list as an empty text.
      list: column => [{ text: '[' }, { sql: column }, { text: ']' }],
    },
    defersRows: false,

    listIndex: null,

    listEnds: null,
    // A list of `in` that is not alone, as under `not` and `or`, is gone through for each row when it is too long for a table in memory:
    // of 100,000 rows that none of a million refers to the first twenty took hours.
    choosesEnds: true,
    rowComparison: true,
    nullsInIndexes: 'declared',
    sortsAmongEquals: true,
    changesReturn: true,
    rowLock: 'for update',
    referenceLock: alias => ` for key share of ${alias}`,
    rowsByKeys: null,
    changeByKeys() {
      throw new Error('Changes return what they have changed here.')
    },
    joinCondition: condition => condition,
    passesOverConflicts: true,
    counted: null,
    moveSequence(model, field) {
      const [table, column] = [dialect.table(model), identifier(field.column)]
      const owned = `pg_get_serial_sequence(${textLiteral(table)}, ${textLiteral(field.column)})::regclass`
      const place = `d.adrelid = ${textLiteral(table)}::regclass and a.attname = ${textLiteral(field.column)}`
      const sequence = `coalesce(${owned}, (select ${sequenceOfDefault} where ${place}))`
      const greatest = `(select max(${column})::bigint from ${table})`
      return `select setval(s, g) from (select ${sequence} s, ${greatest} g) t where g > coalesce(pg_sequence_last_value(s), 0)`
    },
    insertOne(insert) {
      const columns = insert.columns.join(', ')
      if (insert.columns.length === 0 && insert.check === null)
        return words(`insert into ${insert.table} default values`, returning(insert))
      const candidate = insert.placeholders.map((place, index) => `${place} as ${insert.columns[index]}`).join(', ')
      const source =
        insert.check === null
          ? `values (${written(insert.placeholders, insert.writes)})`
          : `select ${written(insert.columns, insert.writes)} from (select ${candidate}) t0 where ${insert.check}`
      return words(
        `insert into ${insert.table} (${columns})${overriding(insert)}`,
        source,
        conflictClause(insert),
        returning(insert),
      )
    },
    insertMany(insert) {
      const columns = insert.columns.join(', ')
      const values = placesOf(tuple, insert.types).map((place, index) => `${place} as ${insert.columns[index]}`)
      return words(
        `insert into ${insert.table} (${columns})${overriding(insert)} select ${written(insert.columns, insert.writes)} from (select ${values.join(', ')} from ${tuplesOf(insert.placeholders[0] ?? '')}) t0`,
        insert.check === null ? '' : `where ${insert.check}`,
        conflictClause(insert),
        returning(insert),
      )
    },
  }
  return dialect
}

/** A sequence that its column does not own is told by the default alone, as in `nextval(('orders_seq'::text)::regclass)`. */
const sequenceOfDefault = `to_regclass(replace(substring(pg_get_expr(d.adbin, d.adrelid) from ${textLiteral(String.raw`nextval[(]+'((?:[^']|'')+)'`)}), ${textLiteral("''")}, ${textLiteral("'")}))
  from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum`

/** A column that is `generated always as identity` takes no value without these words; to all others they mean nothing. */
const overriding = ({ overrides }: InsertParts): string => (overrides ? ' overriding system value' : '')

/** Sums and products of 64 bits, and of floats, that run over are refused by themselves. */
function inRange(sql: string, type: FieldType, most: bigint): string {
  if (most <= mostIn(type)) return sql
  switch (storageOf(type)) {
    case 'integer':
      // 2^53 times 1024 is 2^63, so one number beyond on either side runs over; the value is named once, for it may be long.
      return `(((${sql}) * 1024 - 1 + 1) / 1024)`
    case 'decimal':
      return `(${sql})::numeric(38,${scaleOf(type)})`
    default:
      return sql
  }
}

function aggregate(dialect: SqlDialect, name: 'sum' | 'avg' | 'min' | 'max', of: SqlValue, result: FieldType): string {
  const to = storageOf(result)
  const from = storageOf(of.type)
  switch (name) {
    case 'avg':
      // avg() of floats also adds up their squares, which run over long before their sum does.
      if (from === 'float' && to === 'float') return `(sum(${of.sql}) / count(${of.nullable ? of.sql : '*'}))`
      // With so many digits behind the point what is rounded has not been rounded before.
      if (to === 'float') return `(round(sum(${of.sql}), 30) / count(${of.sql}))::double precision`
      return dialect.rescale({ ...of, sql: `avg(${of.sql})`, type: unscaled }, result)
    case 'sum': {
      const sum = `sum(${of.sql})`
      if (to === 'float') return from === 'float' ? sum : `${sum}::double precision`
      if (from === 'float') return dialect.fromFloat(sum, result)
      // The sum of whole numbers is numeric.
      if (to !== 'decimal') return `${sum}::bigint`
      return inRange(dialect.rescale({ ...of, sql: sum }, result), result, mostOfSum(of))
    }
    default:
      // There is no smallest uuid before PostgreSQL 18, and no smallest boolean; their texts have the same order.
      if (from === 'uuid') return `${name}((${of.sql})::text)::uuid`
      if (from === 'boolean') return name === 'min' ? `bool_and(${of.sql})` : `bool_or(${of.sql})`
      return dialect.rescale({ ...of, sql: `${name}(${of.sql})` }, result)
  }
}

/** What an average is before it is rounded. */
const unscaled: FieldType = Object.freeze({ kind: 'float', options: Object.freeze({}) })

const returning = (insert: InsertParts): string =>
  insert.returning.length === 0 ? '' : `returning ${insert.returning.join(', ')}`

function conflictClause({ conflict, conflictWhere }: InsertParts): string {
  if (conflict === null) return ''
  return `on conflict (${conflict.join(', ')})${conflictWhere === null ? '' : ` where ${conflictWhere}`} do nothing`
}
