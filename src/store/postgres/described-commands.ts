/** The commands that make what a schema of PostgreSQL has: the database prints its parts, and here they are put together. */
import { dependenciesFirst } from '../../lib/index.ts'
import type { DescribedCommand } from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import { identifier } from '../sql/index.ts'
import {
  columnSql,
  constraintSql,
  extensionSql,
  functionSql,
  indexSql,
  sequenceSql,
  tableSql,
  triggerSql,
  typeSql,
  viewSql,
} from './command-questions.ts'
import { textLiteral } from './encode.ts'

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
  const tables = inOrder(await rows(tableSql))
  const columns = Map.groupBy(await rows(columnSql), ([oid]) => oid ?? '')
  const constraints = Map.groupBy(await rows(constraintSql), ([oid]) => oid ?? '')
  const views = inOrder(await rows(viewSql))
  const sequences = await rows(sequenceSql)
  const functions = await rows(functionSql)
  const functionsOf = (rowsOf: string | null): readonly DescribedCommand[] =>
    functions.filter(([, , , of]) => of === rowsOf).map(functionCommand)
  const indexes = await rows(indexSql)
  const isView = new Set(views.map(({ name }) => name))
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
    ...functionsOf(null),
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
    ...functionsOf('table'),
    ...views.map(({ oid, name, more: [kind, text, options, comment] }) => ({
      about: `Make the view "${name}"`,
      table: name,
      sql: [
        `create ${kind === 'm' ? 'materialized view' : 'view'} ${identifier(name)}${(options ?? '') === '' ? '' : ` with (${options})`} as\n${(text ?? '').trim().replace(/;$/u, '')}`,
        ...comments(oid, name, kind === 'm' ? 'materialized view' : 'view', comment ?? null, columns),
      ].join(';\n'),
      makes: { is: 'table', name } as const,
    })),
    ...functionsOf('view'),
    ...indexCommands(indexes.filter(([table]) => isView.has(table ?? ''))),
    ...(await rows(triggerSql)).map(([what, table, name, sql]) => ({
      about: `Make the ${what} "${name}" of "${table}"`,
      table: table ?? '',
      sql: sql ?? '',
      makes: null,
    })),
  ]
}

interface Relation {
  readonly oid: string
  readonly name: string
  readonly more: Row
}

/** After those that they inherit from, are parts of, or show: these may have been made later. */
function inOrder(found: Rows): readonly Relation[] {
  const relations = found.map(([oid, name, needs, ...more]) => ({
    oid: oid ?? '',
    name: name ?? '',
    needs: list(needs),
    more,
  }))
  return dependenciesFirst(relations, ({ needs }) => relations.filter(({ oid }) => needs.includes(oid)))
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
const functionCommand = ([signature, text, schema]: Row): DescribedCommand =>
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

function columnText([, name, type, collation, required, identity, generated, expression, ...more]: Row): string {
  const [, , requiredBy, counting] = more
  const parts = [identifier(name ?? ''), type]
  if (collation !== null) parts.push(`collate ${collation}`)
  if (identity !== '')
    parts.push(`generated ${identity === 'a' ? 'always' : 'by default'} as identity${counting ?? ''}`)
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
