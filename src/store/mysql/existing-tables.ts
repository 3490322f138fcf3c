/** What a database has, read from its information schema. */
import type { ServerConnection } from '../server/index.ts'
import { columnCheckName, type ExistingTable } from '../sql/index.ts'
import { foundChecks } from './found-checks.ts'
import { printedIndex, printedReference } from './schema-dialect.ts'
import type { Variety } from './variety.ts'

const here = 'table_schema = database() and table_name = ?'

export async function existingTable(
  connection: ServerConnection,
  table: string,
  variety: Variety,
): Promise<ExistingTable | null> {
  const rows = async (sql: string, bound: readonly string[] = [table]): Promise<readonly (readonly string[])[]> =>
    (await connection.run({ sql, name: null }, bound)).rows.map(row =>
      row.map(cell => (cell === null ? '' : String(cell))),
    )
  const found = await rows(`select 1 from information_schema.tables where ${here}`)
  if (found.length === 0) return null
  const columns = await rows(
    `select column_name, column_type, ifnull(character_set_name, ''), ifnull(collation_name, ''), is_nullable, column_default is not null or extra <> '' from information_schema.columns where ${here} order by ordinal_position`,
  )
  const checks = await foundChecks(connection, variety, table)
  const referring = await rows(
    `select constraint_name, column_name, referenced_table_name, referenced_column_name from information_schema.key_column_usage where ${here} and referenced_table_name is not null order by constraint_name, ordinal_position`,
  )
  const references = Object.entries(Object.groupBy(referring, ([name = '']) => name)).map(
    ([name, parts = []]) =>
      [
        name,
        printedReference(
          parts.map(part => part[1] ?? ''),
          parts[0]?.[2] ?? '',
          parts.map(part => part[3] ?? ''),
        ),
      ] as const,
  )
  const parts = await rows(
    `select index_name, non_unique, ${variety.indexesExpressions ? 'ifnull(column_name, expression)' : 'column_name'}, collation from information_schema.statistics where ${here} order by index_name, seq_in_index`,
  )
  const first = await rows(`select 1 from \`${table.replaceAll('`', '``')}\` limit 1`, [])
  const indexes = new Map<string, { unique: boolean; columns: string[] }>()
  for (const [name = '', several, column = '', direction] of parts) {
    const index = indexes.get(name) ?? { unique: several === '0', columns: [] }
    index.columns.push(direction === 'D' ? `${column} desc` : column)
    indexes.set(name, index)
  }
  return {
    columns: columns.map(([name = '', type = '', set = '', collation = '', nullable, filled]) => ({
      name,
      type: collation === '' ? type : `${type} character set ${set} collate ${collation}`,
      collation: null,
      required: nullable === 'NO',
      filled: filled === '1',
    })),
    key: indexes.get('PRIMARY')?.columns ?? [],
    constraints: new Map([
      // The check in a column's own definition bears the column's name.
      ...checks.map(({ name, ofColumn, clause }): [string, string] => [
        ofColumn ? columnCheckName({ table }, name) : name,
        clause,
      ]),
      ...references,
    ]),
    indexes: new Map([...indexes].map(([name, index]) => [name, printedIndex(index.unique, index.columns)])),
    empty: first.length === 0,
  }
}
