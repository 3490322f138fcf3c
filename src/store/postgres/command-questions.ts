/** What the catalogue of PostgreSQL is asked for the commands that make a schema. */

const here = 'n.nspname = current_schema()'
const named = `from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${here} and c.relname not like 'plinth\\_%'`
const own = (catalogue: string, of: string): string =>
  `not exists (select 1 from pg_depend d where d.classid = '${catalogue}'::regclass and d.objid = ${of}.oid and d.deptype = 'e')`

/** Those without whose types and functions a table could not be. */
export const extensionSql = `select distinct x.extname
from pg_depend d join pg_depend m on m.classid = d.refclassid and m.objid = d.refobjid and m.deptype = 'e'
join pg_extension x on x.oid = m.refobjid
where x.extname <> 'plpgsql' and (
  d.classid = 'pg_class'::regclass and d.objid in (select c.oid ${named})
  or d.classid = 'pg_attrdef'::regclass and d.objid in (select f.oid from pg_attrdef f where f.adrelid in (select c.oid ${named}))
  or d.classid = 'pg_type'::regclass and d.objid in (select y.oid from pg_type y join pg_namespace n on n.oid = y.typnamespace where ${here}))
order by 1`

export const typeSql = `select t.typname, t.typtype,
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

export const sequenceSql = `select c.relname, format('as %s increment by %s minvalue %s maxvalue %s start with %s cache %s%s', format_type(s.seqtypid, null),
  s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, case when s.seqcycle then ' cycle' else '' end), o.relname, a.attname
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'
left join pg_class o on o.oid = d.refobjid left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where ${here} and c.relname not like 'plinth\\_%' and coalesce(o.relname, '') not like 'plinth\\_%'
  and not exists (select 1 from pg_depend i where i.classid = 'pg_class'::regclass and i.objid = c.oid and i.deptype = 'i') order by c.oid`

// A function that takes or gives rows of a table or view comes after it.
export const functionSql = `select p.oid::regprocedure::text, pg_get_functiondef(p.oid), quote_ident(n.nspname), (
  select max(case when r.relkind in ('v', 'm') then 'view' else 'table' end)
  from pg_depend d join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid join pg_class r on r.oid = t.typrelid
  where d.classid = 'pg_proc'::regclass and d.objid = p.oid and r.relkind <> 'c')
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where ${here} and p.prokind in ('f', 'p') and ${own('pg_proc', 'p')} order by p.oid`

export const tableSql = `select c.oid::text, c.relname, (select json_agg(i.inhparent::text) from pg_inherits i where i.inhrelid = c.oid), c.relkind, c.relpersistence, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
  (select json_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
  array_to_string(c.reloptions, ', '), obj_description(c.oid, 'pg_class')
${named} and c.relkind in ('r', 'p') and ${own('pg_class', 'c')} order by c.oid`

export const columnSql = `select a.attrelid::text, a.attname, format_type(a.atttypid, a.atttypmod),
  (select format('%I', l.collname) from pg_collation l join pg_type y on y.oid = a.atttypid where l.oid = a.attcollation and l.oid <> y.typcollation),
  a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(f.adbin, f.adrelid, true), a.attislocal, col_description(a.attrelid, a.attnum),
  (select format('constraint %I ', k.conname) from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum]
   and k.conname <> (select c.relname from pg_class c where c.oid = a.attrelid) || '_' || a.attname || '_not_null'),
  (select format(' (increment by %s minvalue %s maxvalue %s start with %s cache %s%s)', s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache,
     case when s.seqcycle then ' cycle' else '' end)
   from pg_depend d join pg_sequence s on s.seqrelid = d.objid
   where a.attidentity <> '' and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = a.attrelid and d.refobjsubid = a.attnum
     and d.deptype = 'i' and (s.seqincrement, s.seqstart, s.seqmin, s.seqcache, s.seqcycle) <> (1, 1, 1, 1, false))
from pg_attribute a left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
where a.attrelid in (select c.oid ${named} and c.relkind in ('r', 'p', 'v', 'm')) and a.attnum > 0 and not a.attisdropped order by a.attnum`

export const constraintSql = `select k.conrelid::text, k.conname, k.contype, pg_get_constraintdef(k.oid, true), k.conislocal
from pg_constraint k where k.conrelid in (select c.oid ${named}) and k.contype in ('p', 'u', 'c', 'x', 'f') and k.conparentid = 0
  and (k.contype <> 'f' or k.confrelid in (select c.oid ${named})) order by k.oid`

// An index of a table in parts is made with those of its parts.
export const indexSql = `select c.relname, x.relname, replace(pg_get_indexdef(i.indexrelid, 0, true), ' ON ONLY ', ' ON ')
from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
where i.indrelid in (select c.oid ${named}) and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  and not exists (select 1 from pg_inherits h where h.inhrelid = i.indexrelid) order by x.oid`

export const viewSql = `select c.oid::text, c.relname, (select json_agg(distinct d.refobjid::text) from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass
   and d.objid = r.oid and d.refclassid = 'pg_class'::regclass where r.ev_class = c.oid and d.refobjid <> c.oid),
  c.relkind, pg_get_viewdef(c.oid), array_to_string(c.reloptions, ', '), obj_description(c.oid, 'pg_class')
${named} and c.relkind in ('v', 'm') and ${own('pg_class', 'c')} order by c.oid`

export const triggerSql = `select 'trigger', c.relname, t.tgname, pg_get_triggerdef(t.oid, true)
from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgrelid in (select c.oid ${named}) and not t.tgisinternal and t.tgparentid = 0
union all select 'rule', c.relname, r.rulename, rtrim(pg_get_ruledef(r.oid, true), ';')
from pg_rewrite r join pg_class c on c.oid = r.ev_class where r.ev_class in (select c.oid ${named}) and r.rulename <> '_RETURN' order by 1, 2, 3`
