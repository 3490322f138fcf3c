/** Which table a query of typed SQL changes, and which of its columns: all that is known when SQLite says that some reference is broken. */
import type { OperationNode, RootOperationNode } from 'kysely'

export interface NamedChange {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly table: string
  /** Columns that get a value; null when the query does not name them. */
  readonly columns: readonly string[] | null
}

/** Null for reads, for raw SQL, and for what changes no single table. */
export function namedChange(query: RootOperationNode): NamedChange | null {
  switch (query.kind) {
    case 'InsertQueryNode': {
      const table = tableOf(query.into)
      const columns = query.columns?.map(({ column }) => column.name) ?? null
      return table === null ? null : { kind: 'insert', table, columns }
    }
    case 'UpdateQueryNode': {
      const table = tableOf(query.table)
      const columns = query.updates?.flatMap(({ column }) => columnOf(column)) ?? null
      return table === null ? null : { kind: 'update', table, columns }
    }
    case 'DeleteQueryNode': {
      const [from] = query.from.froms
      const table = tableOf(from)
      return table === null ? null : { kind: 'delete', table, columns: [] }
    }
    default:
      return null
  }
}

function tableOf(node: OperationNode | undefined): string | null {
  if (node === undefined) return null
  if (node.kind === 'AliasNode') return tableOf((node as unknown as { node: OperationNode }).node)
  if (node.kind !== 'TableNode') return null
  return (node as unknown as { table: { identifier: { name: string } } }).table.identifier.name
}

function columnOf(node: OperationNode): string[] {
  if (node.kind === 'ReferenceNode') return columnOf((node as unknown as { column: OperationNode }).column)
  return node.kind === 'ColumnNode' ? [(node as unknown as { column: { name: string } }).column.name] : []
}
