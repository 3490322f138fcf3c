/** The commands that make what a schema of PostgreSQL has: the database prints its parts, and here they are put together. */
import type { DescribedCommand } from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import { identifier, textLiteral } from './encode.ts'

const here = 'n.nspname = current_schema()'
const named = `from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${here} and c.relname not like 'plinth\\_%'`
const own = (catalogue: string, of: string): string =>
  `not exists (select 1 from pg_depend d where d.classid = '${catalogue}'::regclass and d.objid = ${of}.oid and d.deptype = 'e')`

/** Those without whose types and functions a table could not be. */
const extensionSql = `select distinct x.extname
from pg_depend d join pg_depend m on m.classid = d.refclassid and m.objid = d.refobjid and m.deptype = 'e'
join pg_extension x on x.oid = m.refobjid
where x.extname <> 'plpgsql' and (
  d.classid = 'pg_class'::regclass and d.objid in (select c.oid ${named})
  or d.classid = 'pg_attrdef'::regclass and d.objid in (select f.oid from pg_attrdef f where f.adrelid in (select c.oid ${named}))
  or d.classid = 'pg_type'::regclass and d.objid in (select y.oid from pg_type y join pg_namespace n on n.oid = y.typnamespace where ${here}))
order by 1`

const typeSql = `select t.typname, t.typtype,
  (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
  case when t.typtype = 'd' then concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
    (select 'collate ' || quote_ident(l.collname) from pg_collation l join pg_type b on b.oid = t.typbasetype
     where l.oid = t.typcollation and l.oid <> b.typcollation),
    'default ' || t.typdefault, case when t.typnotnull then 'not null' end,
    (select string_agg(format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid, true)), ' ' order by k.conname)
     from pg_constraint k where k.contypid = t.oid and k.contype = 'c')) end,
  (select json_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) order by a.attnum)
   from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)
from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
where ${here} and (t.typtype in ('e', 'd') or t.typtype = 'c' and c.relkind = 'c') and ${own('pg_type', 't')} order by t.oid`

const sequenceSql = `select c.relname, format('as %s increment by %s minvalue %s maxvalue %s start with %s cache %s%s', format_type(s.seqtypid, null),
  s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, case when s.seqcycle then ' cycle' else '' end), o.relname, a.attname
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'
left join pg_class o on o.oid = d.refobjid left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where ${here} and c.relname not like 'plinth\\_%' and coalesce(o.relname, '') not like 'plinth\\_%'
  and not exists (select 1 from pg_depend i where i.classid = 'pg_class'::regclass and i.objid = c.oid and i.deptype = 'i') order by c.oid`

// A function that takes or gives rows of a table comes after it.
const functionSql = `select p.proname, p.oid::regprocedure::text, pg_get_functiondef(p.oid), quote_ident(n.nspname), exists (
  select 1 from pg_depend d join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid join pg_class r on r.oid = t.typrelid
  where d.classid = 'pg_proc'::regclass and d.objid = p.oid and r.relkind <> 'c')
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where ${here} and p.prokind in ('f', 'p') and ${own('pg_proc', 'p')} order by p.oid`

const tableSql = `select c.oid::text, c.relname, c.relkind, c.relpersistence, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
  (select json_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
  array_to_string(c.reloptions, ', '), obj_description(c.oid, 'pg_class')
${named} and c.relkind in ('r', 'p') and ${own('pg_class', 'c')} order by c.oid`

const columnSql = `select a.attrelid::text, a.attname, format_type(a.atttypid, a.atttypmod),
  (select format('%I', l.collname) from pg_collation l join pg_type y on y.oid = a.atttypid where l.oid = a.attcollation and l.oid <> y.typcollation),
  a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(f.adbin, f.adrelid, true), a.attislocal, col_description(a.attrelid, a.attnum),
  (select format('constraint %I ', k.conname) from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum]
   and k.conname <> (select c.relname from pg_class c where c.oid = a.attrelid) || '_' || a.attname || '_not_null')
from pg_attribute a left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
where a.attrelid in (select c.oid ${named} and c.relkind in ('r', 'p', 'v', 'm')) and a.attnum > 0 and not a.attisdropped order by a.attnum`

const constraintSql = `select k.conrelid::text, k.conname, k.contype, pg_get_constraintdef(k.oid, true), k.conislocal
from pg_constraint k where k.conrelid in (select c.oid ${named}) and k.contype in ('p', 'u', 'c', 'x', 'f') and k.conparentid = 0
  and (k.contype <> 'f' or k.confrelid in (select c.oid ${named})) order by k.oid`

// An index of a table in parts is made with those of its parts.
const indexSql = `select c.relname, x.relname, replace(pg_get_indexdef(i.indexrelid, 0, true), ' ON ONLY ', ' ON ')
from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
where i.indrelid in (select c.oid ${named}) and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  and not exists (select 1 from pg_inherits h where h.inhrelid = i.indexrelid) order by x.oid`

const viewSql = `select c.relname, c.relkind, pg_get_viewdef(c.oid), array_to_string(c.reloptions, ', '), obj_description(c.oid, 'pg_class'), c.oid::text
${named} and c.relkind in ('v', 'm') and ${own('pg_class', 'c')} order by c.oid`

const triggerSql = `select 'trigger', c.relname, t.tgname, pg_get_triggerdef(t.oid, true)
from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgrelid in (select c.oid ${named}) and not t.tgisinternal and t.tgparentid = 0
union all select 'rule', c.relname, r.rulename, rtrim(pg_get_ruledef(r.oid, true), ';')
from pg_rewrite r join pg_class c on c.oid = r.ev_class where r.ev_class in (select c.oid ${named}) and r.rulename <> '_RETURN' order by 1, 2, 3`

type Row = readonly (string | null)[]
type Rows = readonly Row[]

/** Of no table. */
const once = (about: string, sql: string): DescribedCommand => ({ about, table: null, sql, makes: null })

interface Found {
  readonly columns: ReadonlyMap<string, Rows>
  readonly constraints: ReadonlyMap<string, Rows>
}

export async function commandsOf(
  connection: ServerConnection,
  schema: string | null,
): Promise<readonly DescribedCommand[]> {
  // What the database prints of itself names the schema of whatever is not found without it.
  if (schema !== null) await connection.command(`set search_path = ${identifier(schema)}, public`)
  const rows = async (sql: string): Promise<Rows> => (await connection.run({ sql, name: null }, [])).rows as Rows
  const tables = (await rows(tableSql)).map(([oid, name, ...more]) => ({ oid: oid ?? '', name: name ?? '', more }))
  const columns = Map.groupBy(await rows(columnSql), ([oid]) => oid ?? '')
  const constraints = Map.groupBy(await rows(constraintSql), ([oid]) => oid ?? '')
  const views = await rows(viewSql)
  const sequences = await rows(sequenceSql)
  const functions = await rows(functionSql)
  const ofRows = functions.filter(([, , , , takesRows]) => takesRows === 't')
  const indexes = await rows(indexSql)
  const isView = new Set(views.map(([name]) => name))
  const indexCommands = (of: Rows): readonly DescribedCommand[] =>
    of.map(([table, name, sql]) => ({
      about: `Make the index "${name}" of "${table}"`,
      table: table ?? '',
      sql: sql ?? '',
      makes: { is: 'index', name: name ?? '' },
    }))
  return [
    ...(await rows(extensionSql)).map(([name]) =>
      once(`Make the extension "${name}"`, `create extension if not exists ${identifier(name ?? '')}`),
    ),
    ...(await rows(typeSql)).map(row => once(`Make the type "${row[0]}"`, typeText(row))),
    ...sequences.map(([name, text]) =>
      once(`Make the sequence "${name}"`, `create sequence ${identifier(name ?? '')} ${text}`),
    ),
    ...functions.filter(one => !ofRows.includes(one)).map(functionCommand),
    ...tables.map(({ oid, name, more }) => ({
      about: `Make the table "${name}"`,
      table: name,
      sql: [
        tableText(oid, name, more, { columns, constraints }),
        ...comments(oid, name, 'table', more.at(-1) ?? null, columns),
      ].join(';\n'),
      makes: { is: 'table', name } as const,
    })),
    ...sequences.flatMap(([name, , table, column]) =>
      table === null || column === null
        ? []
        : [
            once(
              `Tie the sequence "${name}" to "${table}"`,
              `alter sequence ${identifier(name ?? '')} owned by ${identifier(table ?? '')}.${identifier(column ?? '')}`,
            ),
          ],
    ),
    ...indexCommands(indexes.filter(([table]) => !isView.has(table ?? ''))),
    ...tables.flatMap(({ oid, name }) => referenceCommands(name, constraints.get(oid) ?? [])),
    ...ofRows.map(functionCommand),
    ...views.map(([name, kind, text, options, comment, oid]) => ({
      about: `Make the view "${name}"`,
      table: name ?? '',
      sql: [
        `create ${kind === 'm' ? 'materialized view' : 'view'} ${identifier(name ?? '')}${(options ?? '') === '' ? '' : ` with (${options})`} as\n${(text ?? '').trim().replace(/;$/u, '')}`,
        ...comments(oid ?? '', name ?? '', kind === 'm' ? 'materialized view' : 'view', comment ?? null, columns),
      ].join(';\n'),
      makes: { is: 'table', name: name ?? '' } as const,
    })),
    ...indexCommands(indexes.filter(([table]) => isView.has(table ?? ''))),
    ...(await rows(triggerSql)).map(([what, table, name, sql]) => ({
      about: `Make the ${what} "${name}" of "${table}"`,
      table: table ?? '',
      sql: sql ?? '',
      makes: null,
    })),
  ]
}

const list = (json: string | null | undefined): readonly string[] => JSON.parse(json ?? '[]') as string[]

function typeText([name, type, labels, domain, attributes]: Row): string {
  const type_ = identifier(name ?? '')
  if (type === 'e') return `create type ${type_} as enum (${list(labels).map(textLiteral).join(', ')})`
  return type === 'd'
    ? `create domain ${type_} as ${domain}`
    : `create type ${type_} as (${list(attributes).join(', ')})`
}

/** What the body says of tables is not looked at: they may come later. */
const functionCommand = ([, signature, text, schema]: Row): DescribedCommand =>
  once(
    `Make the function ${signature}`,
    `set local check_function_bodies = off;\n${(text ?? '').replace(` ${schema}.`, ' ').trim()}`,
  )

function tableText(
  oid: string,
  name: string,
  [kind, persistence, partition, bound, parents, options]: Row,
  found: Found,
): string {
  const create = `create ${persistence === 'u' ? 'unlogged ' : ''}table ${identifier(name)}`
  const from = list(parents)
  const constraints = (found.constraints.get(oid) ?? [])
    .filter(([, , type, , isLocal]) => type !== 'f' && isLocal === 't')
    .map(([, own, , text]) => `constraint ${identifier(own ?? '')} ${text}`)
  const by = kind === 'p' ? ` partition by ${partition}` : ''
  const rest = `${by}${(options ?? '') === '' ? '' : ` with (${options})`}`
  if (bound !== null) {
    const more = constraints.length === 0 ? '' : ` (\n  ${constraints.join(',\n  ')}\n)`
    return `${create} partition of ${from[0]}${more} ${bound}${rest}`
  }
  const columns = (found.columns.get(oid) ?? []).filter(([, , , , , , , , isLocal]) => isLocal === 't').map(columnText)
  const inherits = from.length === 0 ? '' : ` inherits (${from.join(', ')})`
  return `${create} (\n  ${[...columns, ...constraints].join(',\n  ')}\n)${inherits}${rest}`
}

function columnText([, name, type, collation, required, identity, generated, expression, , , requiredBy]: Row): string {
  const parts = [identifier(name ?? ''), type]
  if (collation !== null) parts.push(`collate ${collation}`)
  if (identity !== '') parts.push(`generated ${identity === 'a' ? 'always' : 'by default'} as identity`)
  else if (generated !== '')
    parts.push(`generated always as (${expression}) ${generated === 's' ? 'stored' : 'virtual'}`)
  else if (expression !== null) parts.push(`default ${expression}`)
  // A name of its own, which PostgreSQL 18 keeps.
  if (required === 't') parts.push(`${requiredBy ?? ''}not null`)
  return parts.join(' ')
}

function comments(
  oid: string,
  name: string,
  what: string,
  comment: string | null,
  columns: Found['columns'],
): readonly string[] {
  const own = comment === null ? [] : [`comment on ${what} ${identifier(name)} is ${textLiteral(comment)}`]
  const ofColumns = (columns.get(oid) ?? []).flatMap(([, column, , , , , , , , said = null]) =>
    said === null ? [] : [`comment on column ${identifier(name)}.${identifier(column ?? '')} is ${textLiteral(said)}`],
  )
  return [...own, ...ofColumns]
}

const referenceCommands = (table: string, constraints: Rows): readonly DescribedCommand[] =>
  constraints
    .filter(([, , type, , isLocal]) => type === 'f' && isLocal === 't')
    .map(([, name, , text]) => ({
      about: `Add the constraint "${name}" of "${table}"`,
      table,
      sql: `alter table ${identifier(table)} add constraint ${identifier(name ?? '')} ${text}`,
      makes: { is: 'constraint', name: name ?? '' },
    }))
