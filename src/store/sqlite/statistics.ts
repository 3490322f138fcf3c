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
  /** Null of a table that no index holds as a whole; of a table without row numbers its own name means the key. */
  readonly index: string | null
  readonly numbers: readonly number[]
}

/** Milliseconds that a thread of its own can wait for others who write: what it has counted would be lost. */
const lockWait = 1000

/** Counts what has changed by much, and lets all connections know. */
export function gatherStatistics(reader: DatabaseSync, writer: DatabaseSync): void {
  writer.exec(`pragma busy_timeout = ${lockWait}`)
  const tables = outgrown(writer)
  if (tables.length === 0) return
  const counted = tables.flatMap(table => statisticsOf(reader, table))
  write(writer, tables, counted)
}

/**
 * The tables that hold ten times more or fewer rows than when they were counted, or never were. SQLite tells what it would analyze: of all tables
 * (0x10000), and it only tells (1). It asks for that as a writer, guesses how many rows there are, and names tables without any again and again.
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
  if (rows === 0) return []
  const indexes = indexesOf(database, table)
  const isWhole = indexes.some(({ partial }) => !partial)
  return [
    ...(isWhole ? [] : [{ table, index: null, numbers: [rows] }]),
    ...indexes.map(index => {
      const isKey = !numbered && index.origin === 'pk'
      const from = `${identifier(table)} ${isKey ? '' : `indexed by ${identifier(index.name)}`} where ${guard}`
      const distinct = (parts: readonly Part[]): number => {
        const [values, order] = [parts.map(({ value }) => value), parts.map(one => one.order)]
        return count(`(select 1 from ${from} group by ${values.join(', ')} order by ${order.join(', ')})`)
      }
      return {
        table,
        index: isKey ? table : index.name,
        numbers: [rows, ...alike(index, partsOf(database, index), rows, distinct)],
      }
    }),
  ]
}

/** Compared and ordered as the index does, or SQLite would have to keep all values in memory to tell which are the same. */
interface Part {
  readonly value: string
  readonly order: string
}

/** Null stands for one that is no column. */
const partsOf = (database: DatabaseSync, { name }: CatalogueIndex): readonly (Part | null)[] =>
  database
    .prepare('select name, coll, "desc" from pragma_index_xinfo(?) where key = 1 order by seqno')
    .all(name)
    .map(({ name: column, coll, desc }) => {
      if (column === null) return null
      const value = `${identifier(String(column))} collate ${identifier(String(coll))}`
      return { value, order: desc === 1 ? `${value} desc` : value }
    })

/** How many rows SQLite takes a value of an index to have of which it knows nothing. */
const unknown = 10

/** How many rows have the same first value, the same first two values, and so on. */
function alike(
  { partial, unique }: CatalogueIndex,
  parts: readonly (Part | null)[],
  rows: number,
  distinct: (parts: readonly Part[]) => number,
): readonly number[] {
  const columns = parts.filter(part => part !== null)
  const numbers: number[] = []
  for (let length = 1; length <= parts.length; length++) {
    if (numbers.at(-1) === 1 || (unique && length === parts.length)) numbers.push(1)
    else if (partial || columns.length < parts.length) numbers.push(Math.min(rows, unknown))
    // Few that are there twice do not make it two.
    else numbers.push(Math.max(1, Math.ceil(rows / Math.max(1, distinct(columns.slice(0, length))) - 0.1)))
  }
  return numbers
}

function write(writer: DatabaseSync, tables: readonly string[], counted: readonly Statistic[]): void {
  writer.exec('begin immediate')
  // Makes their table where there is none.
  writer.exec('analyze sqlite_schema')
  const noted = (): string =>
    JSON.stringify(writer.prepare('select tbl, idx, stat from sqlite_stat1 order by tbl, idx').all())
  const before = noted()
  const forget = writer.prepare('delete from sqlite_stat1 where tbl = ?')
  for (const table of tables) forget.run(table)
  const note = writer.prepare('insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)')
  for (const { table, index, numbers } of counted) note.run(table, index, numbers.join(' '))
  // Nobody has to read the schema again for nothing.
  if (noted() === before) return writer.exec('rollback')
  // Connections read them with the schema, which they read again when something of it has changed.
  writer.exec('create view plinth_counted as select 1; drop view plinth_counted')
  writer.exec('commit')
}
