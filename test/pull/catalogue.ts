/** What a database says of itself, as lines that can be compared: asked by other questions than those that `plinth pull` asks. */
import { DatabaseSync } from 'node:sqlite'
import { answersOf } from '../services/administration.ts'
import type { Family } from './awkward.ts'

export async function catalogue(family: Family, url: string): Promise<readonly string[]> {
  if (family === 'sqlite') return ofSqlite(url)
  const answers = await answersOf(family, url, family === 'postgres' ? postgresQuestions : mariadbQuestions)
  const lines = answers.flatMap(sorted)
  return family === 'postgres' ? lines : lines.map(line => line.replaceAll(/nextval\(`[^`]+`\./gu, 'nextval('))
}

const sorted = (rows: readonly (readonly unknown[])[]): readonly string[] =>
  rows
    .map(row =>
      row.map(cell => (cell === null ? '-' : typeof cell === 'string' ? cell : JSON.stringify(cell))).join(' | '),
    )
    .toSorted()

function ofSqlite(url: string): readonly string[] {
  const file = new DatabaseSync(url.slice('file:'.length), { readOnly: true })
  try {
    const rows = file
      .prepare("select type, name, tbl_name, sql from sqlite_schema where tbl_name not like 'plinth\\_%' escape '\\'")
      .all()
    return sorted(rows.map(row => Object.values(row)))
  } finally {
    file.close()
  }
}

const notOurs = (name: string): string => `${name} not like 'plinth\\_%'`

// What a part of a table calls its columns' being not null comes from the table.
const postgresQuestions = [
  `select 'column', table_name, ordinal_position, column_name, column_default, is_nullable, data_type, character_maximum_length, numeric_precision,
     numeric_scale, datetime_precision, domain_name, udt_name, collation_name, is_identity, identity_generation, identity_start, identity_increment, identity_cycle, is_generated, generation_expression
   from information_schema.columns where table_schema = current_schema() and ${notOurs('table_name')}`,
  `select 'index', tablename, indexname, indexdef from pg_indexes where schemaname = current_schema() and ${notOurs('tablename')}`,
  `select 'constraint', case when conrelid = 0 then contypid::regtype::text else conrelid::regclass::text end,
     case when contype <> 'n' or not (select relispartition from pg_class where oid = conrelid) then conname end, contype, pg_get_constraintdef(oid)
   from pg_constraint where connamespace = current_schema()::regnamespace and ${notOurs('conrelid::regclass::text')}`,
  `select 'view', viewname, definition from pg_views where schemaname = current_schema()`,
  `select 'materialized', matviewname, definition from pg_matviews where schemaname = current_schema()`,
  `select 'trigger', t.tgname, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
   where c.relnamespace = current_schema()::regnamespace and not t.tgisinternal`,
  `select 'rule', tablename, rulename, definition from pg_rules where schemaname = current_schema()`,
  `select 'function', p.proname, pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = current_schema()::regnamespace
   and p.prokind in ('f', 'p') and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
  `select 'sequence', sequence_name, data_type, start_value, minimum_value, maximum_value, increment, cycle_option
   from information_schema.sequences where sequence_schema = current_schema() and ${notOurs('sequence_name')}`,
  `select 'label', t.typname, e.enumlabel, e.enumsortorder from pg_enum e join pg_type t on t.oid = e.enumtypid
   where t.typnamespace = current_schema()::regnamespace`,
  `select 'kind', relname, relkind, relpersistence, relispartition, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid), obj_description(oid, 'pg_class')
   from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'm') and ${notOurs('relname')}`,
  `select 'comment', c.relname, a.attname, col_description(c.oid, a.attnum) from pg_class c join pg_attribute a on a.attrelid = c.oid
   where c.relnamespace = current_schema()::regnamespace and col_description(c.oid, a.attnum) is not null`,
]

const here = (schema: string, table: string): string =>
  `${schema} = database() and ${notOurs(table).replace('\\_', '\\\\_')}`

const mariadbQuestions = [
  `select 'column', table_name, ordinal_position, column_name, column_default, is_nullable, column_type, collation_name, extra, is_generated,
     generation_expression, column_comment from information_schema.columns where ${here('table_schema', 'table_name')}`,
  `select 'table', table_name, table_type, engine, table_collation, table_comment from information_schema.tables where ${here('table_schema', 'table_name')}`,
  `select 'coordinates', g_table_name, g_geometry_column, srid from information_schema.geometry_columns where ${here('g_table_schema', 'g_table_name')}`,
  `select 'index', table_name, index_name, non_unique, seq_in_index, column_name, collation, sub_part, index_type
   from information_schema.statistics where ${here('table_schema', 'table_name')}`,
  `select 'reference', k.table_name, k.constraint_name, k.ordinal_position, k.column_name, k.referenced_table_name, k.referenced_column_name, r.update_rule, r.delete_rule
   from information_schema.key_column_usage k join information_schema.referential_constraints r
     on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
   where ${here('k.table_schema', 'k.table_name')}`,
  `select 'check', table_name, constraint_name, check_clause from information_schema.check_constraints where ${here('constraint_schema', 'table_name')}`,
  `select 'view', table_name, replace(view_definition, concat('\`', database(), '\`.'), '') from information_schema.views where ${here('table_schema', 'table_name')}`,
  `select 'trigger', event_object_table, trigger_name, action_timing, event_manipulation, action_order, action_statement
   from information_schema.triggers where ${here('trigger_schema', 'event_object_table')}`,
  `select 'routine', routine_name, routine_type, routine_definition from information_schema.routines where routine_schema = database()`,
]
