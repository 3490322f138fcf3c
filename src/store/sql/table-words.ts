/** Words of tables that all SQL databases share. */
import { shortName } from '../../lib/index.ts'
import { databaseNameLimit, type FieldNode, type ModelNode } from '../../model/index.ts'
import type { TableName } from '../contract/index.ts'
import type { SqlDialect } from './dialect.ts'
import type { ReferenceShape } from './shape.ts'

/** Quotes a name as standard SQL does, and each database in sessions of Plinth. U+0000 would end the statement. */
export function identifier(name: string): string {
  if (name.includes('\u0000')) throw new TypeError('A name holds U+0000.')
  return `"${name.replaceAll('"', '""')}"`
}

/** The name of a table where the database has no namespaces: they are a part of it. */
export const flatName = ({ namespace, name }: TableName): string => (namespace === null ? name : `${namespace}_${name}`)

export const flatTable = (model: Pick<ModelNode, 'namespace' | 'table'>): TableName => ({
  namespace: null,
  name: flatTableName(model),
})

export const flatTableName = ({ namespace, table }: Pick<ModelNode, 'namespace' | 'table'>): string =>
  flatName({ namespace, name: table })

export const isSequence = (field: FieldNode): boolean => field.default?.from === 'sequence'

/** The name of a constraint or an index, which begins with its table. */
export const nameInTable = ({ table }: Pick<ModelNode, 'table'>, name: string): string =>
  shortName(name.startsWith(`${table}_`) ? name : `${table}_${name}`, databaseNameLimit)

/** The name of the reference that these columns are. */
export const referenceName = (model: Pick<ModelNode, 'table'>, columns: readonly string[]): string =>
  nameInTable(model, `${columns.join('_')}_reference`)

/** The name of the check that says what a column's type cannot. The table is said again before a column that begins as it does: both may be there. */
export const columnCheckName = ({ table }: Pick<ModelNode, 'table'>, column: string): string =>
  shortName(`${table}_${column}_form`, databaseNameLimit)

export const columnList = (fields: readonly FieldNode[]): string =>
  fields.map(({ column }) => identifier(column)).join(', ')

/** What becomes of rows when the one that they refer to is deleted. */
export const deleteActions = { restrict: 'no action', cascade: 'cascade', setNull: 'set null' } as const

export const referenceText = (reference: ReferenceShape, dialect: SqlDialect): string =>
  `foreign key (${columnList(reference.columns)}) references ${dialect.table(reference.target)} (${columnList(reference.targetColumns)}) on delete ${deleteActions[reference.onDelete]}`
