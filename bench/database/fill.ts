// Fills a server's database with the rows of the data set, into tables that Plinth has made.
import { Readable } from 'node:stream'
import { DatabaseSync } from 'node:sqlite'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'

import type { Family } from '../../test/services/catalog.ts'

type Cell = string | number

interface Table {
  readonly name: string
  /** Columns with the type that PostgreSQL has for each. */
  readonly columns: Readonly<Record<string, string>>
}

// In the order of their references.
const tables: readonly Table[] = [
  {
    name: 'user',
    columns: { id: 'uuid', name: 'text', email: 'text', role: 'text', ...times() },
  },
  { name: 'tag', columns: { id: 'uuid', name: 'text' } },
  {
    name: 'article',
    columns: {
      ...{ id: 'uuid', title: 'text', slug: 'text', body: 'text', state: 'text', featured: 'boolean' },
      ...{ author_id: 'uuid', ...times() },
    },
  },
  { name: 'article_tags', columns: { article_id: 'uuid', tag_id: 'uuid' } },
  { name: 'comment', columns: { id: 'uuid', body: 'text', article_id: 'uuid', author_id: 'uuid', ...times() } },
]

function times() {
  return { created_at: 'timestamptz', updated_at: 'timestamptz' }
}

const marker = 'plinth_bench_filled'

/** Whether {@link fill} has come to its end in this database. */
export async function isFilled(family: Family, url: string): Promise<boolean> {
  const statement = `select count(*) as found from information_schema.tables where table_name = '${marker}'`
  const schema = family === 'postgres' ? 'current_schema()' : 'database()'
  return await withStatements(family, url, async run => (await run(`${statement} and table_schema = ${schema}`)) > 0)
}

/** Copies all rows of a data set. */
export async function fill(family: Family, url: string, dataset: string): Promise<void> {
  const source = new DatabaseSync(dataset, { readOnly: true })
  try {
    if (family === 'postgres') await fillPostgres(url, source)
    else await fillMysql(url, source)
  } finally {
    source.close()
  }
  await withStatements(family, url, run => run(`create table ${marker} (x integer)`))
}

const batchRows = 5_000

async function fillPostgres(url: string, source: DatabaseSync): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('set synchronous_commit = off')
    for (const { name, columns } of tables) {
      const names = Object.keys(columns).map(column => `"${column}"`)
      const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`)
      const text = `insert into "${name}" (${names.join(',')}) select * from unnest(${arrays.join(',')})`
      let batch: Cell[][] = names.map(() => [])
      const flush = async () => {
        await client.query({ name: `fill ${name}`, text, values: batch })
        batch = names.map(() => [])
      }
      for (const row of rowsOf(source, name, names)) {
        for (const [index, column] of batch.entries()) column.push(row[index] ?? '')
        if (batch[0]?.length === batchRows) await flush()
      }
      await flush()
    }
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

async function fillMysql(url: string, source: DatabaseSync): Promise<void> {
  const connection = await createConnection({ uri: url, flags: ['+LOCAL_FILES'], charset: 'utf8mb4' })
  try {
    await connection.query('set foreign_key_checks = 0, unique_checks = 0')
    for (const { name, columns } of tables) {
      const names = Object.keys(columns)
      const lines = linesOf(source, name, names, columns)
      await connection.query({
        sql: `load data local infile 'rows' into table \`${name}\` character set utf8mb4 (${names.join(',')})`,
        infileStreamFactory: () => Readable.from(lines, { objectMode: false }),
      })
      await connection.query(`analyze table \`${name}\` persistent for all`)
    }
  } finally {
    await connection.end()
  }
}

/** Rows as LOAD DATA reads them: tabs between columns, line feeds between rows, backslashes before what is neither. */
function* linesOf(source: DatabaseSync, table: string, names: readonly string[], types: Table['columns']) {
  let chunk = ''
  for (const row of rowsOf(source, table, names)) {
    const cells = row.map((cell, index) => {
      const isTime = types[names[index] ?? ''] === 'timestamptz'
      const text = isTime ? String(cell).slice(0, -1) : String(cell)
      return text.replaceAll(/[\\\t\n]/g, found => `\\${found}`)
    })
    chunk += `${cells.join('\t')}\n`
    if (chunk.length < 65_536) continue
    yield Buffer.from(chunk)
    chunk = ''
  }
  yield Buffer.from(chunk)
}

function* rowsOf(source: DatabaseSync, table: string, columns: readonly string[]): Generator<readonly Cell[]> {
  const statement = source.prepare(`select ${columns.join(',')} from "${table}"`)
  statement.setReturnArrays(true)
  for (const row of statement.iterate()) yield row as unknown as readonly Cell[]
}

async function withStatements<T>(
  family: Family,
  url: string,
  use: (run: (statement: string) => Promise<number>) => Promise<T>,
): Promise<T> {
  if (family === 'postgres') {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      return await use(async statement =>
        Number((await client.query<{ found: string }>(statement)).rows[0]?.found ?? 0),
      )
    } finally {
      await client.end()
    }
  }
  const connection = await createConnection(url)
  try {
    return await use(async statement => {
      const [rows] = await connection.query(statement)
      return Array.isArray(rows) ? Number((rows[0] as { found?: number } | undefined)?.found ?? 0) : 0
    })
  } finally {
    await connection.end()
  }
}
