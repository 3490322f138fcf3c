/** What a schema of PostgreSQL has, for taking it over: read from the catalogue. */
import type { DeleteBehaviour } from '../../model/index.ts'
import type { DescribedColumn, DescribedDatabase, DescribedReference, DescribedTable } from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import { enumType, identifier, isEnum, wordsBetweenQuotes } from '../sql/index.ts'
import { commandsOf } from './described-commands.ts'
import { defaultOf } from './described-default.ts'
import { kindOfType } from './described-type.ts'
import { foldedText } from './dialect.ts'
import { isSameIndex } from './schema-dialect.ts'

const here = `n.nspname = coalesce($1::text, current_schema())`
const notOurs = `c.relname not like 'plinth\\_%' and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`
const tables = `from pg_class c join pg_namespace n on n.oid = c.relnamespace
where ${here} and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and ${notOurs}`

const tableSql = `select c.relname, c.relkind, obj_description(c.oid, 'pg_class'), c.relrowsecurity,
  (select json_agg(t.tgname order by t.tgname) from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal),
  (select json_agg(r.rulename order by r.rulename) from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN') ${tables} order by c.relname collate "C"`

const columnSql = `select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), l.collname, a.attnotnull, a.attidentity, a.attgenerated,
  coalesce(pg_get_expr(f.adbin, f.adrelid), y.typdefault), col_description(c.oid, a.attnum), a.attndims,
  case when y.typtype = 'd' then format_type(y.typbasetype, y.typtypmod) end,
  (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e
   where e.enumtypid in (a.atttypid, y.typelem, y.typbasetype)), y.typnotnull,
  exists (select 1 from pg_constraint k where k.contypid = y.oid and k.contype = 'c')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type y on y.oid = a.atttypid
left join pg_attrdef f on f.adrelid = c.oid and f.adnum = a.attnum
left join pg_collation l on l.oid = a.attcollation and l.collname <> 'default'
where ${here} and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and ${notOurs} order by a.attnum`

const names = (keys: string, table: string): string =>
  `(select json_agg(a.attname order by u.n) from unnest(${keys}) with ordinality u(k, n) join pg_attribute a on a.attrelid = ${table} and a.attnum = u.k)`

const constraintSql = `select c.relname, k.conname, k.contype, ${names('k.conkey', 'k.conrelid')}, t.relname,
  tn.nspname = n.nspname, ${names('k.confkey', 'k.confrelid')}, k.confdeltype, pg_get_constraintdef(k.oid)
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
left join pg_class t on t.oid = k.confrelid left join pg_namespace tn on tn.oid = t.relnamespace
where ${here} and k.contype in ('p', 'f', 'c', 'x') order by k.conname collate "C"`

// Only what CREATE INDEX with nothing but columns makes: a tree, over columns, of all rows, compared as usual and held to at once.
const indexSql = `select c.relname, x.relname, i.indisunique, ${names('i.indkey::int2[]', 'i.indrelid')},
  i.indpred is null and i.indnatts = i.indnkeyatts and m.amname = 'btree' and not 0 = any(i.indkey::int2[])
    and i.indimmediate and pg_get_indexdef(i.indexrelid) not like '% NULLS NOT DISTINCT%'
    and not exists (select 1 from unnest(i.indclass::oid[]) o join pg_opclass q on q.oid = o where not q.opcdefault)
    and not exists (select 1 from unnest(i.indkey::int2[], i.indcollation::oid[]) u(k, l)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.k where a.attcollation <> u.l),
  array_to_json(i.indoption::int2[]),
  case when i.indnatts = 1 and i.indkey[0] = 0 and i.indpred is null and i.indimmediate then pg_get_indexdef(i.indexrelid) end
from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace join pg_am m on m.oid = x.relam
where ${here} and i.indisvalid and not i.indisprimary order by x.relname collate "C"`

type Cells = readonly (string | null)[]

export async function describeDatabase(
  connection: ServerConnection,
  schema: string | null,
): Promise<DescribedDatabase> {
  const rows = async (sql: string): Promise<readonly Cells[]> =>
    (await connection.run({ sql, name: null }, [schema])).rows as readonly Cells[]
  const [found, columns, constraints, indexes] = await Promise.all([
    rows(tableSql),
    rows(columnSql),
    rows(constraintSql),
    rows(indexSql),
  ])
  const of = (all: readonly Cells[], table: string): readonly Cells[] => all.filter(([name]) => name === table)
  return {
    store: 'postgres',
    migratesAs: 'postgres',
    tables: found.map(table => {
      const [name] = table
      return describeTable(table, of(columns, name ?? ''), of(constraints, name ?? ''), of(indexes, name ?? ''))
    }),
    notes: [],
    commands: await commandsOf(connection, schema),
  }
}

const list = (json: string | null | undefined): readonly string[] =>
  json === null || json === undefined ? [] : (JSON.parse(json) as string[])

function describeTable(
  [name = '', kind, comment = null, secured, triggers, rules]: Cells,
  columns: readonly Cells[],
  constraints: readonly Cells[],
  indexes: readonly Cells[],
): DescribedTable {
  const view = kind === 'v' || kind === 'm'
  const table = name ?? ''
  const notes: string[] = []
  const key = list(constraints.find(([, , type]) => type === 'p')?.[3])
  const checks = constraints.filter(([, , type]) => type === 'c')
  const enums = new Map(checks.flatMap(check => wordsOf(check)))
  const described = columns.map(cells => {
    const { column, note } = describeColumn(cells, enums, key, view)
    if (note !== null) notes.push(`The column "${table}.${column.name}": ${note}.`)
    return column
  })
  const fine = described.filter(column => key.includes(column.name) && isFine(column))
  if (fine.length > 0)
    notes.push(`The key of "${table}" holds moments finer than a millisecond; its rows can only be listed.`)
  const ofTypes = columns.filter(cells => cells[13] === 't').length
  const facts = { secured, triggers, rules, checks: checks.length - enums.size + ofTypes, others: constraints }
  notesOfTable(table, facts, notes)
  const usable = indexes.filter(cells => isPlain(cells, described))
  const folded = indexes.flatMap(cells => {
    const column = described.find(({ name: own, type }) => type.kind === 'text' && isFolded(own, cells))?.name
    return column === undefined ? [] : [{ cells, column, unique: cells[2] === 't' }]
  })
  const told = [...usable, ...folded.map(({ cells }) => cells)]
  const left = indexes.filter(cells => !told.includes(cells)).map(([, index]) => index)
  if (left.length > 0) notes.push(`Indexes of "${table}" that models have no word for stay: ${left.join(', ')}.`)
  return {
    name: table,
    view,
    comment,
    columns: described,
    key: fine.length > 0 ? [] : key,
    uniques: usable.filter(([, , unique]) => unique === 't').map(([, , , own]) => list(own)),
    indexes: usable
      .filter(([, , unique]) => unique === 'f')
      .map(([, , , own, , options]) => ({
        columns: list(own).map((column, index) => ({ column, descending: isDescending(options, index) })),
      })),
    ignoringCase: folded.map(({ column, unique }) => ({ column, unique })),
    references: constraints
      .filter(([, , type]) => type === 'f')
      .flatMap(cells => describeReference(table, cells, notes)),
    notes,
  }
}

function notesOfTable(
  table: string,
  about: {
    readonly secured: string | null | undefined
    readonly triggers: string | null | undefined
    readonly rules: string | null | undefined
    readonly checks: number
    readonly others: readonly Cells[]
  },
  notes: string[],
): void {
  const triggers = list(about.triggers)
  const exclusions = about.others.filter(([, , type]) => type === 'x').map(([, name]) => name)
  if (triggers.length > 0) notes.push(`Triggers of "${table}" go on doing what they do: ${triggers.join(', ')}.`)
  const rules = list(about.rules)
  if (rules.length > 0) notes.push(`Rules of "${table}" go on doing what they do: ${rules.join(', ')}.`)
  if (about.secured === 't')
    notes.push(`The policies of "${table}" go on deciding what the user of the connection sees.`)
  if (about.checks > 0)
    notes.push(`Checks of "${table}" stay with the database: what breaks them is refused with writes.check.`)
  if (exclusions.length > 0) notes.push(`Exclusions of "${table}" stay with the database: ${exclusions.join(', ')}.`)
}

/** Moments of which the field shows less than the column tells apart. */
const isFine = ({ type, native }: DescribedColumn): boolean =>
  (type.kind === 'datetime' || type.kind === 'time') && Number(/\((\d)\)/u.exec(native.type)?.[1] ?? 6) > 3

const isDescending = (options: string | null | undefined, index: number): boolean =>
  ((JSON.parse(options ?? '[]') as number[])[index] ?? 0) % 2 === 1

/** Over the column without its letter case, as Plinth would make it. */
function isFolded(column: string, [, , unique, , , , definition = null]: Cells): boolean {
  if (definition === null) return false
  const ours = `create ${unique === 't' ? 'unique ' : ''}index i on t (${foldedText(identifier(column))})`
  return isSameIndex(definition, ours)
}

/** Where nulls stand has to be what Plinth would say: last, and nowhere where there are none. */
function isPlain([, , unique, own, plain, options]: Cells, columns: readonly DescribedColumn[]): boolean {
  if (plain !== 't') return false
  return list(own).every((name, index) => {
    const option = (JSON.parse(options ?? '[]') as number[])[index] ?? 0
    const nullable = columns.find(column => column.name === name)?.nullable ?? true
    return option === 0 || (unique === 'f' && option === (nullable ? 1 : 3))
  })
}

/** The column and the words of `CHECK (((state)::text = ANY ((ARRAY['new'::character varying, …])::text[])))`. */
function wordsOf([, , , columns, , , , , text]: Cells): readonly (readonly [string, readonly string[]])[] {
  const [column, ...more] = list(columns)
  const plain =
    /^CHECK \(\(+[^']*= ANY \(\(?ARRAY\[(?:'(?:[^']|'')*'(?:::[\w ]+)?(?:, )?)+\]\)?(?:::[\w ]+\[\]\))?\)+$/u
  if (column === undefined || more.length > 0 || !plain.test(text ?? '')) return []
  const words = wordsBetweenQuotes(text ?? '')
  return isEnum(words) ? [[column, words]] : []
}

function describeColumn(
  [
    ,
    name,
    printed,
    collation,
    required,
    identity,
    generated,
    expression,
    comment,
    dimensions,
    base,
    labels,
    domainRequired,
  ]: Cells,
  enums: ReadonlyMap<string, readonly string[]>,
  key: readonly string[],
  view: boolean,
): { readonly column: DescribedColumn; readonly note: string | null } {
  const bare = base ?? printed ?? ''
  const found = kindOfType({
    name: bare,
    labels: list(labels),
    dimensions: Number(dimensions),
    collation: collation ?? null,
  })
  const isKey = key.length === 1 && key[0] === name
  const sequence = identity !== '' || (expression ?? '').startsWith('nextval(')
  const words = found.type.kind === 'text' ? enums.get(name ?? '') : undefined
  const numbers = found.type.kind === 'bigint' && isKey && sequence ? { kind: 'integer', options: {} } : found.type
  const type = words === undefined ? numbers : enumType(words)
  const filling =
    // A number that is nobody's to write is one more generated value; a key has to be able to come back from an export.
    generated !== '' || (identity === 'a' && !key.includes(name ?? ''))
      ? ({ from: 'generated' } as const)
      : sequence
        ? ({ from: 'sequence' } as const)
        : defaultOf(expression ?? null, type)
  const isDomain = base !== null && base !== undefined
  const collated = collation === null || collation === undefined ? '' : ` collate "${collation.replaceAll('"', '""')}"`
  return {
    column: {
      name: name ?? '',
      type,
      native: { type: `${printed}${collated}`, form: base ?? null },
      usual: found.usual && !isDomain && words === undefined,
      nullable: view || (required !== 't' && domainRequired !== 't'),
      default: view ? null : filling,
      comment: comment ?? null,
    },
    note: found.note,
  }
}

const deleteBehaviours: Readonly<Record<string, DeleteBehaviour>> = {
  a: 'restrict',
  r: 'restrict',
  c: 'cascade',
  n: 'setNull',
}

function describeReference(
  table: string,
  [, name, , own, target, sameSchema, there, onDelete]: Cells,
  notes: string[],
): readonly DescribedReference[] {
  if (sameSchema !== 't') {
    notes.push(`The reference "${name}" of "${table}" leads to "${target}" of another schema.`)
    return []
  }
  const behaviour = deleteBehaviours[onDelete ?? '']
  if (behaviour === undefined)
    notes.push(`"${table}" says "on delete set default" in "${name}", which is taken for restrict.`)
  return [{ columns: list(own), table: target ?? '', targetColumns: list(there), onDelete: behaviour ?? 'restrict' }]
}
