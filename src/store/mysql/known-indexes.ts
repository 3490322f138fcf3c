/**
 * The indexes that the tables have, under whatever names. MariaDB and MySQL choose badly between several that begin with a reference when it looks for
 * the first rows of a list, up to walking along the whole table in the order of its key: the one that has the order is named to it.
 */
import type { ServerConnection } from '../server/index.ts'

interface KnownIndex {
  readonly name: string
  readonly columns: { readonly name: string; readonly descending: boolean; readonly whole: boolean }[]
}

const question = `select table_name, index_name, ifnull(column_name, ''), collation = 'D', sub_part is null from information_schema.statistics
 where table_schema = database() and index_type = 'BTREE' order by table_name, index_name, seq_in_index`

/** Asked for an index by a name that it does not have: it has been dropped since the tables were looked at. */
const unknownIndex = 1176

export class KnownIndexes {
  #tables: ReadonlyMap<string, readonly KnownIndex[]> = new Map()

  async read(connection: ServerConnection): Promise<void> {
    const { rows } = await connection.run({ sql: question, name: null }, [])
    const tables = new Map<string, KnownIndex[]>()
    for (const [table, name, column, descending, whole] of rows.map(row => row.map(String))) {
      const indexes = tables.get(table ?? '') ?? []
      if (indexes.length === 0) tables.set(table ?? '', indexes)
      if (indexes.at(-1)?.name !== name) indexes.push({ name: name ?? '', columns: [] })
      indexes.at(-1)?.columns.push({ name: column ?? '', descending: descending === '1', whole: whole === '1' })
    }
    this.#tables = tables
  }

  /** Whether some index of the table has such a column. */
  has(table: string, column: string): boolean {
    return (this.#tables.get(table) ?? []).some(({ columns }) => columns.some(({ name }) => name === column))
  }

  /** The index that has the rows with given values of `equal` in the order of `order`, or in the opposite one. */
  serving(table: string, equal: readonly string[], order: readonly string[]): string | null {
    const indexes = this.#tables.get(table) ?? []
    const key = indexes.find(({ name }) => name === 'PRIMARY')?.columns ?? []
    const serves = ({ columns: own }: KnownIndex): boolean => {
      // InnoDB ends every index by the key.
      const columns = [...own, ...key.filter(({ name }) => own.every(one => one.name !== name))]
      const [first, rest] = [columns.slice(0, equal.length), columns.slice(equal.length, equal.length + order.length)]
      return (
        [...first, ...rest].every(({ whole }) => whole) &&
        equal.every(name => first.some(one => one.name === name)) &&
        order.every((name, index) => rest[index]?.name === name && rest[index].descending === rest[0]?.descending)
      )
    }
    return indexes.find(serves)?.name ?? null
  }

  /** Whether a statement failed because an index is there no more; then none is named any more. */
  outdatedBy(error: unknown): boolean {
    if (!(error instanceof Error) || !('errno' in error) || error.errno !== unknownIndex) return false
    this.#tables = new Map()
    return true
  }
}
