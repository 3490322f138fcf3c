/** The commands that make a table of a model in MariaDB and MySQL. */
import { enumValues, type FieldNode, type ModelGraph } from '../../model/index.ts'
import {
  checkSql,
  columnCheckName,
  columnDefault,
  columnList,
  type HelperColumn,
  identifier,
  type IndexPart,
  type IndexShape,
  isSequence,
  type SqlDialect,
  storageOf,
  type TableShape,
} from '../sql/index.ts'
import { columnTypeOf, lengthOf } from './column-type.ts'
import { literalOf, textLiteral } from './encode.ts'
import { foldedName, helperColumns, helpersOf, isLongText, liveColumn } from './helper-columns.ts'
import { textSet, type Variety } from './variety.ts'

export const keyName = (): string => 'PRIMARY'

/** The columns that the table's indexes need beside those of the model. */
const helpersOfTable = (shape: TableShape, variety: Variety): readonly HelperColumn[] =>
  helperColumns(shape, field => columnType(shape, field, variety), variety)

export const helpersOfIndex = (shape: TableShape, index: IndexShape, variety: Variety): readonly HelperColumn[] =>
  helpersOf(index, field => columnType(shape, field, variety), variety)

export const tableOptions = (variety: Variety): string => `engine = InnoDB default ${textSet(variety)}`

/** A reference has the type of what it refers to, length included. */
export function columnType(shape: TableShape, field: FieldNode, variety: Variety): string {
  const native = field.native?.['mysql']
  if (native !== undefined) return native.type
  for (const { columns, target, targetColumns } of shape.references) {
    const place = columns.indexOf(field)
    const referred = targetColumns[place]
    if (place >= 0 && referred !== undefined) return columnTypeOf(field.type, lengthOf(target, referred), variety)
  }
  return columnTypeOf(field.type, lengthOf(shape.model, field), variety)
}

/** What `json_valid()` of MariaDB refuses because it nests deeper than 31 levels has at least so many characters, and is an object or a list. */
const nestsDeep = (column: string): string => `char_length(${column}) >= 64 and left(${column}, 1) in ('[', '{')`

/** What a column's type cannot say. */
export function columnCheck(field: FieldNode, { validatesDeepJson }: Variety): string | null {
  if (field.native?.['mysql'] !== undefined) return null
  const column = identifier(field.column)
  switch (storageOf(field.type)) {
    case 'json':
      return validatesDeepJson ? `json_valid(${column})` : `json_valid(${column}) or ${nestsDeep(column)}`
    case 'array':
      return `json_type(${column}) = 'ARRAY'`
    case 'boolean':
      return `${column} in (0, 1)`
    case 'text': {
      const words = field.type.kind === 'enum' ? enumValues(field.type) : []
      return words.length === 0 ? null : `${column} in (${words.map(textLiteral).join(', ')})`
    }
    default:
      return null
  }
}

export function columnDefinition(shape: TableShape, field: FieldNode, variety: Variety): string {
  const type = columnType(shape, field, variety)
  const parts = [identifier(field.column), type]
  parts.push(field.nullable || field.default?.from === 'database' ? 'null' : 'not null')
  if (isSequence(field)) parts.push('auto_increment')
  const given = columnDefault(field)
  if (given !== null) parts.push(`default ${defaultText(literalOf(given, field.type), type, variety)}`)
  return parts.join(' ')
}

/** A constant as the default of a column. */
export function defaultText(literal: string, type: string, { strictDefaults }: Variety): string {
  if (!strictDefaults) return literal
  if (/^(?:tiny|medium|long)?(?:text|blob)\b/u.test(type)) return `(${literal})`
  // In parentheses a number below zero would be an expression, which takes other ways.
  return literal.replace(/^(?:date|time|timestamp) (?=')/u, '').replace(/^\((-.*)\)$/u, '$1')
}

/** The table with its indexes and without its references: tables may refer to each other in a circle. */
export function createTable(shape: TableShape, graph: ModelGraph, dialect: SqlDialect, variety: Variety): string {
  const { model, columns, key, checks } = shape
  const lines = columns.map(field => columnDefinition(shape, field, variety))
  lines.push(...helpersOfTable(shape, variety).map(({ definition }) => definition))
  if (key.length > 0) lines.push(`primary key (${columnList(key)})`)
  for (const field of columns) {
    const check = columnCheck(field, variety)
    if (check !== null) lines.push(`constraint ${identifier(columnCheckName(model, field.column))} check (${check})`)
  }
  for (const check of checks)
    lines.push(`constraint ${identifier(check.name)} check (${checkSql(model, check.predicate, graph, dialect)})`)
  for (const index of shape.indexes) lines.push(indexDefinition(shape, index, variety))
  return `create table ${dialect.table(model)} (\n  ${lines.join(',\n  ')}\n) ${tableOptions(variety)}`
}

/** The bytes that one index has room for, and what a character may take. */
export const indexBytes = 3072
const characterBytes = 4

/** Long texts and bytes are indexed by so many of their first characters. */
const indexedCharacters = Math.floor(indexBytes / characterBytes / 4)
export const indexedBytes = indexedCharacters * characterBytes

/** A column of an index as the index has it. */
interface Indexed {
  readonly column: string
  /** The index holds only how it begins. */
  readonly long: boolean
  readonly descending: boolean
}

export function indexed(shape: TableShape, { field, descending, ignoreCase }: IndexPart, variety: Variety): Indexed {
  const type = columnType(shape, field, variety)
  const folded = ignoreCase && storageOf(field.type) === 'text'
  const long = folded ? isLongText(type) : needsPrefix(field, type, variety)
  return { column: folded ? foldedName(field.column) : field.column, long, descending }
}

/** MySQL takes nothing that is kept outside of the row into an index as a whole. MariaDB shortens what is no text by itself. */
const needsPrefix = (field: FieldNode, type: string, { indexesExpressions }: Variety): boolean =>
  indexesExpressions
    ? /^(?:medium|long)?(?:text|blob)\b/u.test(type)
    : storageOf(field.type) === 'text' && /^(?:medium|long)?text\b/u.test(type)

/**
 * InnoDB ends every index by the key, ascending, and a page ends by it in the direction of its last field: newest first, of rows of one moment
 * that with the greater key comes first. So an index whose last part descends is made the other way round, and read backward.
 */
function turned({ columns, unique }: Pick<IndexShape, 'columns' | 'unique'>): IndexShape['columns'] {
  if (unique || columns.at(-1)?.descending !== true) return columns
  return columns.map(part => ({ ...part, descending: !part.descending }))
}

/** What an index is over, as the catalogue prints it: as it is made, and as it was made once. */
export const indexForms = (shape: TableShape, index: IndexShape, variety: Variety): readonly (readonly string[])[] =>
  [turned(index), index.columns].map(columns => indexColumns(shape, { ...index, columns }, variety))

function indexColumns(shape: TableShape, { columns, liveOnly, unique }: IndexShape, variety: Variety): string[] {
  const quoted = (column: string): string => `\`${column.replaceAll('`', '``')}\``
  const parts = columns.flatMap(part => {
    const { column, long, descending } = indexed(shape, part, variety)
    const own = descending ? `${column} desc` : column
    return variety.indexesExpressions && unique && long ? [own, `unhex(sha2(${quoted(column)},256))`] : [own]
  })
  return liveOnly === null ? parts : [...parts, liveColumn]
}

/** The parts of an index of a long text: by its beginning a row is found, and by its hash it is alone. */
export function indexedText(column: string, unique: boolean): readonly string[] {
  const beginning = `${identifier(column)}(${indexedCharacters})`
  return unique ? [beginning, `(unhex(sha2(${identifier(column)}, 256)))`] : [beginning]
}

/** An index as it is defined in a table. */
function indexDefinition(shape: TableShape, { name, columns, unique, liveOnly }: IndexShape, variety: Variety): string {
  const parts = turned({ columns, unique }).flatMap(part => {
    const { column, long, descending } = indexed(shape, part, variety)
    const direction = descending ? ' desc' : ''
    // MariaDB makes a hash of a unique one by itself.
    if (!long || (unique && !variety.indexesExpressions)) return [`${identifier(column)}${direction}`]
    const [beginning, ...hash] = indexedText(column, unique)
    return [`${beginning}${direction}`, ...hash]
  })
  if (liveOnly !== null) parts.push(identifier(liveColumn))
  return `${unique ? 'unique index' : 'index'} ${identifier(name)} (${parts.join(', ')})`
}

/** `has`: whether the table has a column that indexes need, or gets it by another one. */
export function createIndex(
  shape: TableShape,
  index: IndexShape,
  dialect: SqlDialect,
  variety: Variety,
  has: (helper: HelperColumn) => boolean,
): string {
  const missing = helpersOfIndex(shape, index, variety).filter(helper => !has(helper))
  const added = missing.map(({ definition }) => `add column ${definition}, `)
  return `alter table ${dialect.table(shape.model)} ${added.join('')}add ${indexDefinition(shape, index, variety)}`
}
