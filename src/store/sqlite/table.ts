/** What SQLite keeps of a model: column types, the row's own number, and the commands that create a table. */
import { enumValues, type FieldNode, type ModelGraph, type ModelNode } from '../../model/index.ts'
import {
  checkSql,
  columnCheckName,
  columnDefault,
  columnList,
  flatTableName,
  identifier,
  type IndexShape,
  isSequence,
  referenceText,
  type SqlDialect,
  storageOf,
  type TableShape,
} from '../sql/index.ts'
import { literalOf, textLiteral } from './encode.ts'
import { foldedColumn } from './folded.ts'

/** A join table is nothing but its key: stored in the order of the key it needs no second tree. */
const isWithoutRowid = (model: ModelNode): boolean =>
  model.hidden && model.key.length > 1 && !Object.values(model.fields).some(isSequence)

/** Whether rows surely have a number of their own; tables that were there before may be stored by their key, and views have none. */
export const hasRowid = (model: ModelNode): boolean =>
  !isWithoutRowid(model) && !model.view && !(model.adopted && model.key.length > 0)

/** A name of the row's own number that no column hides. */
export function rowidOf(model: ModelNode): string {
  const columns = new Set(Object.values(model.fields).map(({ column }) => column.toLowerCase()))
  const name = ['rowid', '_rowid_', 'oid'].find(one => !columns.has(one))
  if (name === undefined)
    throw new TypeError(`${model.name} has columns named rowid, _rowid_ and oid; SQLite needs one of these names.`)
  return name
}

export function columnType(field: FieldNode): string {
  const native = field.native?.['sqlite']
  if (native !== undefined) return native.type.toLowerCase()
  switch (storageOf(field.type)) {
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'boolean':
      return 'integer'
    case 'float':
      return 'real'
    case 'bytes':
      return 'blob'
    default:
      return 'text'
  }
}

const digit = '[0-9]'
const dateForm = `${digit.repeat(4)}-${digit.repeat(2)}-${digit.repeat(2)}`
const timeForm = `${digit.repeat(2)}:${digit.repeat(2)}:${digit.repeat(2)}.${digit.repeat(3)}`

/** What a column's type cannot say. JSON is written on the strength of it: what needs no escape by kind is not escaped. */
export function columnCheck(field: FieldNode): string | null {
  if (field.native?.['sqlite'] !== undefined) return null
  const column = identifier(field.column)
  switch (storageOf(field.type)) {
    case 'boolean':
      return `${column} in (0, 1)`
    case 'uuid':
      return `length(${column}) = 36 and ${column} not glob '*[^-0-9a-f]*'`
    case 'date':
      return `${column} glob '${dateForm}'`
    case 'time':
      return `${column} glob '${timeForm}'`
    case 'datetime':
      return `${column} glob '${dateForm}T${timeForm}Z'`
    case 'json':
      return `json_valid(${column})`
    case 'array':
      return `json_type(${column}) = 'array'`
    case 'text': {
      const words = field.type.kind === 'enum' ? enumValues(field.type) : []
      return words.length === 0 ? null : `${column} in (${words.map(textLiteral).join(', ')})`
    }
    default:
      return null
  }
}

export function columnDefinition(model: ModelNode, field: FieldNode): string {
  const parts = [identifier(field.column), columnType(field)]
  if (isSequence(field)) return [...parts, 'primary key autoincrement'].join(' ')
  if (!field.nullable && field.default?.from !== 'database') parts.push('not null')
  const given = columnDefault(field)
  if (given !== null) parts.push(`default ${literalOf(given, field.type)}`)
  const check = columnCheck(field)
  if (check !== null) parts.push(`constraint ${identifier(columnCheckName(model, field.column))} check (${check})`)
  return parts.join(' ')
}

export function createTable(
  shape: TableShape,
  graph: ModelGraph,
  dialect: SqlDialect,
  {
    name = flatTableName(shape.model),
    others = [],
  }: { readonly name?: string; readonly others?: readonly string[] } = {},
): string {
  const { model } = shape
  const lines = [...shape.columns.map(field => columnDefinition(model, field)), ...others]
  if (shape.key.length > 0 && !shape.key.some(isSequence)) lines.push(`primary key (${columnList(shape.key)})`)
  for (const reference of shape.references) {
    lines.push(`constraint ${identifier(reference.name)} ${referenceText(reference, dialect)}`)
  }
  for (const check of shape.checks)
    lines.push(`constraint ${identifier(check.name)} check (${checkSql(model, check.predicate, graph, dialect)})`)
  const options = tableOptions(shape)
  return `create table ${identifier(name)} (\n  ${lines.join(',\n  ')}\n)${options === '' ? '' : ` ${options}`}`
}

/** What stands behind the definitions. Only tables that are not strict take types by other names. */
export function tableOptions({ model, columns }: TableShape): string {
  const strict = columns.every(field => field.native?.['sqlite'] === undefined)
  return [...(strict ? ['strict'] : []), ...(isWithoutRowid(model) ? ['without rowid'] : [])].join(', ')
}

export function createIndex(shape: TableShape, index: IndexShape): string {
  const columns = index.columns.map(
    ({ field, descending, ignoreCase }) =>
      `${ignoreCase ? foldedColumn(field, '') : identifier(field.column)}${descending ? ' desc' : ''}`,
  )
  const live = index.liveOnly === null ? '' : ` where ${identifier(index.liveOnly.column)} is null`
  return `create ${index.unique ? 'unique ' : ''}index ${identifier(index.name)} on ${identifier(flatTableName(shape.model))} (${columns.join(', ')})${live}`
}
