// Writes docs/stores.md: what each store can do, by other means or not at all, what it keeps fields as, and how the conformance suite ran.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FieldNode } from '../src/model/index.ts'
import { type Capabilities, capabilityWords, fullCapabilities } from '../src/query/index.ts'
import type { Store } from '../src/store/contract/index.ts'
import { memoryStore } from '../src/store/memory/index.ts'
import { columnTypeOf as mysqlType, lengthOf } from '../src/store/mysql/column-type.ts'
import { emulationsOf } from '../src/store/mysql/emulations.ts'
import { mariadb, mysql, type Variety } from '../src/store/mysql/variety.ts'
import { mysqlStore } from '../src/store/mysql/index.ts'
import { columnTypeOf as postgresType } from '../src/store/postgres/column-type.ts'
import { postgresStore } from '../src/store/postgres/index.ts'
import { sqliteStore } from '../src/store/sqlite/index.ts'
import { columnType as sqliteType } from '../src/store/sqlite/table.ts'
import { keeperVariable } from '../test/services/ask.ts'
import { unavailable } from '../test/services/index.ts'
import { startKeeper } from '../test/services/start-keeper.ts'
import {
  abilities,
  cellOf,
  codesOf,
  type ConformanceColumn,
  conformanceColumns,
  conformanceOf,
  conformanceWithout,
  groupCells,
} from './conformance-results.ts'
import { sampleFields, sampleModel } from './sample-fields.ts'

export const storesPagePath = join(import.meta.dirname, '../docs/stores.md')

/** None of them connects before it is opened; that of MariaDB and MySQL learns then which of the two it has before it. */
const mysqlKind = (variety: Variety): Pick<Store, 'capabilities' | 'emulations'> => ({
  capabilities: mysqlStore({ url: 'mysql://nobody@localhost/none' }).capabilities,
  emulations: emulationsOf(variety),
})
const stores: Readonly<Record<string, Pick<Store, 'capabilities' | 'emulations'>>> = {
  memory: memoryStore(),
  SQLite: sqliteStore({ file: ':memory:' }),
  PostgreSQL: postgresStore({ url: 'postgres://nobody@localhost/none' }),
  MariaDB: mysqlKind(mariadb),
  MySQL: mysqlKind(mysql),
}

const head = `# Stores

What each store does as it is, by other means, or not at all. One model runs on all of them; what differs is said here, and refused with a code
where it matters. How a database server is reached stands in [database servers](databases.md).

This page is written by \`node --conditions=plinth-source scripts/stores-page.ts\` from what the stores state about themselves and from what the
conformance suite finds; the tests compare it with both.
`

export interface Measured {
  /** The heads and cells of the two tables that come from the suite. */
  readonly conformance: string
  readonly refused: string
}

export function storesPage({ conformance, refused }: Measured): string {
  return [
    head,
    section('Abilities', abilitiesTable()),
    section(
      'By other means',
      'What a store does without a word of its database for it, and what that costs.',
      ...Object.entries(stores).map(([name, store]) => `### On ${name}\n\n${emulationsTable(store)}`),
    ),
    section(
      'Without an ability',
      'No store here lacks one. A store of yours may: then the planner refuses, before any connection is used, what would need it. So the suite runs on the memory store with each of these switched off, and every case has to pass or to be refused.',
      refused,
    ),
    section('What fields are kept as', storageText, storageTable()),
    section(
      'Conformance',
      `The suite is published: \`storeConformance\` of \`plinth/testing\`, where \`Store\` is the type of what it tries. The figures are cases that passed.`,
      conformance,
    ),
  ].join('\n')
}

const section = (title: string, ...parts: readonly string[]): string => `## ${title}\n\n${parts.join('\n\n')}\n`

/** Bars within a cell would end it. */
const cell = (text: string): string => text.replaceAll('|', String.raw`\|`)

export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`.replaceAll(/ {2,}/g, ' ')
  return [line(titles), `|${'---|'.repeat(titles.length)}`, ...rows.map(line)].join('\n')
}

function abilitiesTable(): string {
  const names = Object.keys(capabilityWords) as (keyof Capabilities)[]
  const rows = names
    .map(name => ({ name, ...capabilityWords[name] }))
    .map(({ name, title, without }) => [
      `${title} (\`${name}\`)`,
      ...Object.values(stores).map(({ capabilities }) => answerOf(name, capabilities[name])),
      without,
    ])
  return table(['ability', ...Object.keys(stores), 'without it'], rows)
}

const everyClass = fullCapabilities.jsonClasses

function answerOf(name: keyof Capabilities, value: Capabilities[keyof Capabilities]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (value === null) return 'never'
  if (typeof value !== 'object') return String(value)
  if (name === 'reservedColumns')
    return value.size === 0 ? 'none' : [...value].map(column => `\`${column}\``).join(', ')
  const missing = [...everyClass].filter(storage => !value.has(storage))
  return missing.length === 0 ? 'all' : `all but ${missing.join(', ')}`
}

const emulationsTable = ({ emulations }: Pick<Store, 'emulations'>): string =>
  table(
    ['what', 'how', 'what it costs'],
    emulations.map(({ what, how, cost }) => [what, how, cost]),
  )

const storageText = `One type for each kind. It will not change for tables that exist. What else holds a column to its form stands in
[fields](fields.md#storage). The memory store keeps the JSON form. Texts are compared by code point, whatever the database's own collation: on
PostgreSQL by \`collate "C"\`, on MariaDB by \`utf8mb4_nopad_bin\` and on MySQL by \`utf8mb4_0900_bin\`, ids on both by \`ascii_bin\`. A text in a
key has at most 255 characters there.`

const mysqlColumn = (field: FieldNode, variety: Variety): string =>
  mysqlType(field.type, lengthOf(sampleModel, field), variety).replace(/ character set .*/, '')

/** What each engine calls the column of a field. */
export const columnTypes: Readonly<
  Record<'SQLite' | 'PostgreSQL' | 'MariaDB' | 'MySQL', (field: FieldNode) => string>
> = {
  SQLite: sqliteType,
  PostgreSQL: ({ type }) => postgresType(type),
  MariaDB: one => mysqlColumn(one, mariadb),
  MySQL: one => mysqlColumn(one, mysql),
}

function storageTable(): string {
  const rows = Object.entries(sampleFields).flatMap(([builder, name]) => {
    const node = sampleModel.fields[name]
    if (node === undefined) throw new Error(`The sample has no field ${name}`)
    return [[`\`${builder}\``, ...Object.values(columnTypes).map(typeOf => `\`${typeOf(node)}\``)]]
  })
  return table(['builder', ...Object.keys(columnTypes)], rows)
}

/** The text below a heading, to keep what was not measured anew. */
export function sectionOf(page: string, title: string): string {
  return page.split(`## ${title}\n\n`)[1]?.split('\n## ')[0]?.trimEnd() ?? ''
}

/** The table at the end of a section. */
export const tableOf = (page: string, title: string): string => sectionOf(page, title).split('\n\n').at(-1) ?? ''

export const writtenStoresPage = (): string => readFileSync(storesPagePath, 'utf8')

/** Runs the suite on all that is here. */
async function measure(): Promise<Measured> {
  const keeper = await startKeeper()
  process.env[keeperVariable] = keeper.socket
  try {
    const missing = conformanceColumns.filter(column => reasonWithout(column) !== null)
    if (missing.length > 0) throw new Error(`The page needs all stores. Not here: ${missing.join(', ')}`)
    const columns: Record<string, string>[] = []
    for (const column of conformanceColumns) {
      const results = await conformanceOf(column)
      columns.push({ ...groupCells(results), all: cellOf(results) })
    }
    const groups = Object.keys(columns[0] ?? {})
    const refused: string[][] = []
    for (const ability of abilities) {
      const results = await conformanceWithout(ability)
      const codes = codesOf(results).map(code => `\`${code}\``)
      refused.push([capabilityWords[ability].title, cellOf(results), codes.join(', ')])
    }
    return {
      conformance: table(
        ['cases', ...conformanceColumns],
        groups.map(group => [group, ...columns.map(column => column[group] ?? '')]),
      ),
      refused: table(['without', 'cases', 'codes'], refused),
    }
  } finally {
    await keeper.end()
  }
}

const reasonWithout = (column: ConformanceColumn): string | null =>
  column === 'memory' || column === 'sqlite' ? null : unavailable(column)

if (import.meta.main) writeFileSync(storesPagePath, storesPage(await measure()))
