/** What a PostgreSQL database has, read from its catalogue. */
import type { ServerConnection } from '../server/index.ts'
import type { ExistingTable } from '../sql/index.ts'

const tableSql = `select c.oid::text, quote_ident(n.nspname) || '.' || quote_ident(c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = coalesce($1::text, current_schema()) and c.relname = $2::text and c.relkind in ('r', 'p', 'v', 'm', 'f')`

const columnSql = `select a.attname, format_type(a.atttypid, a.atttypmod), l.collname, a.attnotnull or y.typnotnull,
  a.atthasdef or a.attidentity <> '' or a.attgenerated <> '' or y.typdefault is not null
from pg_attribute a join pg_type y on y.oid = a.atttypid left join pg_collation l on l.oid = a.attcollation
where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`

const constraintSql = `select conname, contype::text, pg_get_constraintdef(oid),
  (select json_agg(a.attname order by u.n) from unnest(conkey) with ordinality u(k, n)
   join pg_attribute a on a.attrelid = conrelid and a.attnum = u.k)::text
from pg_constraint where conrelid = $1::oid`

const indexSql = `select c.relname, pg_get_indexdef(i.indexrelid)
from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::oid and i.indisvalid`

/** The table, or null when there is none. */
export async function existingTable(
  connection: ServerConnection,
  schema: string | null,
  table: string,
): Promise<ExistingTable | null> {
  const rows = async (
    sql: string,
    bound: readonly (string | null)[],
  ): Promise<readonly (readonly (string | null)[])[]> =>
    (await connection.run({ sql, name: null }, bound)).rows as readonly (readonly (string | null)[])[]
  const [found] = await rows(tableSql, [schema, table])
  if (found === undefined) return null
  const [oid = null, quoted] = found
  const [columns, constraints, indexes, first] = await Promise.all([
    rows(columnSql, [oid]),
    rows(constraintSql, [oid]),
    rows(indexSql, [oid]),
    rows(`select 1 from ${quoted} limit 1`, []),
  ])
  const key = constraints.find(([, kind]) => kind === 'p')
  return {
    columns: columns.map(([name, type, collation, required, filled]) => ({
      name: name ?? '',
      type: type ?? '',
      collation: collation ?? null,
      required: required === 't',
      filled: filled === 't',
    })),
    key: key === undefined ? [] : (JSON.parse(key[3] ?? '[]') as string[]),
    constraints: new Map(
      constraints.filter(([, kind]) => kind === 'c' || kind === 'f').map(([name, , text]) => [name ?? '', text ?? '']),
    ),
    indexes: new Map(indexes.map(([name, text]) => [name ?? '', text ?? ''])),
    empty: first.length === 0,
  }
}
