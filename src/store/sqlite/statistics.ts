/**
 * How many rows have the same values in each index: by that SQLite chooses between indexes, and it counts nothing by itself. What it does not know
 * it takes for ten rows, so that those of one author were looked for among a million that are published. `analyze` would keep the
 * writer's lock while it reads; here a reader counts, and only what it has counted is written.
 */
import type { DatabaseSync } from 'node:sqlite'
import { identifier } from '../sql/index.ts'
import { type CatalogueIndex, indexesOf } from './catalogue.ts'
import { functions } from './dialect.ts'

/** A row of sqlite_stat1 (sqlite.org/fileformat2.html#stat1tab). */
interface Statistic {
  readonly table: string
  /** Null of a table without indexes; of a table without row numbers its own name means the key. */
  readonly index: string | null
  readonly numbers: readonly number[]
}

/** Counts what has changed by much, and lets all connections know. Gives whether there was anything to count. */
export function gatherStatistics(reader: DatabaseSync, writer: DatabaseSync): boolean {
  const tables = outgrown(writer)
  if (tables.length === 0) return false
  const counted = tables.flatMap(table => statisticsOf(reader, table))
  write(writer, tables, counted)
  return true
}

/**
 * The tables that hold ten times more or fewer rows than when they were counted, or never were. SQLite tells what it would analyze: all tables
 * (0x10000), and it only tells (1). It asks for that as a writer.
 */
function outgrown(database: DatabaseSync): readonly string[] {
  return database
    .prepare('pragma optimize(0x10003)')
    .all()
    .map(row => /^ANALYZE "main"\."(.+)"$/u.exec(String(Object.values(row)[0]))?.[1]?.replaceAll('""', '"'))
    .filter(table => table !== undefined)
}

function statisticsOf(database: DatabaseSync, table: string): readonly Statistic[] {
  const { wr: isKeyed } =
    database.prepare('select wr from pragma_table_list(?) where schema = ?').get(table, 'main') ?? {}
  const numbered = isKeyed !== 1
  // By what a statement that is not wanted any more is stopped.
  const guard = `((${numbered ? 'rowid' : 'random()'}) % 61 or ${functions.guard}())`
  const count = (from: string): number => Number(database.prepare(`select count(*) as n from ${from}`).get()?.['n'])
  const rows = count(`${identifier(table)} where ${guard}`)
  const indexes = indexesOf(database, table)
  const distinct = (index: CatalogueIndex, columns: readonly string[]): number => {
    const by = !numbered && index.origin === 'pk' ? '' : `indexed by ${identifier(index.name)}`
    return count(
      `(select distinct ${columns.map(identifier).join(', ')} from ${identifier(table)} ${by} where ${guard})`,
    )
  }
  if (rows > 0 && indexes.length === 0) return [{ table, index: null, numbers: [rows] }]
  return indexes
    .filter(() => rows > 0)
    .map(index => ({
      table,
      index: !numbered && index.origin === 'pk' ? table : index.name,
      numbers: [rows, ...alike(index, rows, columns => distinct(index, columns))],
    }))
}

/** How many rows SQLite takes a value of an index to have of which it knows nothing. */
const unknown = 10

/** How many rows have the same first value, the same first two values, and so on. */
function alike(
  { columns, parts, partial, unique }: CatalogueIndex,
  rows: number,
  distinct: (columns: readonly string[]) => number,
): readonly number[] {
  const names = columns?.map(({ column }) => column) ?? null
  const numbers: number[] = []
  for (let length = 1; length <= parts; length++) {
    if (numbers.at(-1) === 1 || (unique && length === parts)) numbers.push(1)
    else if (names === null || partial) numbers.push(Math.min(rows, unknown))
    // Few that are there twice do not make it two.
    else numbers.push(Math.max(1, Math.ceil(rows / Math.max(1, distinct(names.slice(0, length))) - 0.1)))
  }
  return numbers
}

function write(writer: DatabaseSync, tables: readonly string[], counted: readonly Statistic[]): void {
  writer.exec('begin immediate')
  // Makes their table where there is none.
  writer.exec('analyze sqlite_schema')
  const forget = writer.prepare('delete from sqlite_stat1 where tbl = ?')
  for (const table of tables) forget.run(table)
  const note = writer.prepare('insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)')
  for (const { table, index, numbers } of counted) note.run(table, index, numbers.join(' '))
  // Connections read them with the schema, which they read again when something of it has changed.
  writer.exec('create view plinth_counted as select 1; drop view plinth_counted')
  writer.exec('commit')
}
