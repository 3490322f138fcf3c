/** The commands that make a table of a model in MariaDB. */
import { enumValues, type FieldNode, type ModelGraph, type ModelNode } from '../../model/index.ts'
import {
  type IndexShape,
  predicateSql,
  type ReferenceShape,
  scopeOf,
  type SqlDialect,
  Statement,
  storageOf,
  tableRow,
  type TableShape,
} from '../sql/index.ts'
import { columnTypeOf, lengthOf } from './column-type.ts'
import { identifier, literalOf, textLiteral } from './encode.ts'

export const isSequence = (field: FieldNode): boolean => field.default?.from === 'sequence'
export const keyName = (): string => 'PRIMARY'
export const formName = (table: string, column: string): string => `${table}_${column}_form`
export const columnCheckName = (model: ModelNode, column: string): string => formName(model.table, column)
export const tableName = (model: ModelNode): string =>
  model.namespace === null ? model.table : `${model.namespace}_${model.table}`

/** MariaDB has no partial indexes: this column is 1 in rows that are not deleted, and null, which is equal to nothing, in others. */
export const liveColumn = 'plinth_live'

const liveDefinition = (deleted: FieldNode): string =>
  `${identifier(liveColumn)} tinyint(1) generated always as (if(${identifier(deleted.column)} is null, 1, null)) virtual invisible`

/** The column by which indexes tell live rows; null where none has to. */
export function liveDefinitionOf({ indexes }: TableShape): string | null {
  const live = indexes.find(({ liveOnly }) => liveOnly !== null)?.liveOnly ?? null
  return live === null ? null : liveDefinition(live)
}

export const tableOptions = 'engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin'

/** A reference has the type of what it refers to, length included. */
export function columnType(shape: TableShape, field: FieldNode): string {
  const native = field.native?.['mysql']
  if (native !== undefined) return native.type
  for (const { columns, target, targetColumns } of shape.references) {
    const place = columns.indexOf(field)
    const referred = targetColumns[place]
    if (place >= 0 && referred !== undefined) return columnTypeOf(field.type, lengthOf(target, referred))
  }
  return columnTypeOf(field.type, lengthOf(shape.model, field))
}

/** What a column's type cannot say. */
export function columnCheck(field: FieldNode): string | null {
  if (field.native?.['mysql'] !== undefined) return null
  const column = identifier(field.column)
  switch (storageOf(field.type)) {
    case 'json':
      return `json_valid(${column})`
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

export function columnDefinition(shape: TableShape, field: FieldNode): string {
  const parts = [identifier(field.column), columnType(shape, field)]
  parts.push(field.nullable || field.default?.from === 'database' ? 'null' : 'not null')
  if (isSequence(field)) parts.push('auto_increment')
  if (field.default?.from === 'literal' && field.default.value !== null)
    parts.push(`default ${literalOf(field.default.value, field.type)}`)
  return parts.join(' ')
}

const list = (fields: readonly FieldNode[]): string => fields.map(({ column }) => identifier(column)).join(', ')

/** The table without its references: tables may refer to each other in a circle. */
export function createTable(shape: TableShape, graph: ModelGraph, dialect: SqlDialect): string {
  const { model, columns, key, checks } = shape
  const lines = columns.map(field => columnDefinition(shape, field))
  const live = liveDefinitionOf(shape)
  if (live !== null) lines.push(live)
  if (key.length > 0) lines.push(`primary key (${list(key)})`)
  for (const field of columns) {
    const check = columnCheck(field)
    if (check !== null) lines.push(`constraint ${identifier(columnCheckName(model, field.column))} check (${check})`)
  }
  for (const check of checks) {
    const statement = new Statement(dialect, graph, [])
    const scope = scopeOf(statement, [tableRow(statement, model, '')])
    const { sql } = statement.finish(predicateSql(check.predicate, scope).sql)
    lines.push(`constraint ${identifier(check.name)} check (${sql})`)
  }
  return `create table ${dialect.table(model)} (\n  ${lines.join(',\n  ')}\n) ${tableOptions}`
}

const actions = { restrict: 'no action', cascade: 'cascade', setNull: 'set null' } as const

export const referenceText = (reference: ReferenceShape, dialect: SqlDialect): string =>
  `foreign key (${list(reference.columns)}) references ${dialect.table(reference.target)} (${list(reference.targetColumns)}) on delete ${actions[reference.onDelete]}`

export const addReference = ({ model }: TableShape, reference: ReferenceShape, dialect: SqlDialect): string =>
  `alter table ${dialect.table(model)} add constraint ${identifier(reference.name)} ${referenceText(reference, dialect)}`

/** The bytes that one index has room for, and what a character may take. */
const indexBytes = 3072
const characterBytes = 4

/** What an index is over, as the catalogue prints it. */
export function indexColumns({ columns, liveOnly }: IndexShape): readonly string[] {
  const own = columns.map(({ field, descending }) => (descending ? `${field.column} desc` : field.column))
  return liveOnly === null ? own : [...own, liveColumn]
}

export function createIndex(shape: TableShape, index: IndexShape, dialect: SqlDialect): string {
  const columns = index.columns.map(({ field, descending }) => {
    const long = storageOf(field.type) === 'text' && /^(?:medium|long)?text\b/u.test(columnType(shape, field))
    // A unique index holds the hash of a long text; others hold its beginning.
    const part = long && !index.unique ? `(${Math.floor(indexBytes / characterBytes / 4)})` : ''
    return `${identifier(field.column)}${part}${descending ? ' desc' : ''}`
  })
  if (index.liveOnly !== null) columns.push(identifier(liveColumn))
  const live = index.liveOnly === null ? '' : `add column if not exists ${liveDefinition(index.liveOnly)}, `
  const kind = index.unique ? 'unique index' : 'index'
  return `alter table ${dialect.table(shape.model)} ${live}add ${kind} ${identifier(index.name)} (${columns.join(', ')})`
}
