/** What is counted of a table is what SQLite itself would have counted, and is written when it is something new. */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { removeTemporaryFolder, temporaryFolder } from '../../lib/index.ts'
import { openReader, openWriter } from './connection.ts'
import { Guard } from './guard.ts'
import { gatherStatistics } from './statistics.ts'

const rowsOf = (words: string): string =>
  `with recursive n(i) as (select 1 union all select i + 1 from n where i < 6000) ${words} from n`

function made(file: string): DatabaseSync {
  const writer = openWriter({ file, cache: 1024, durable: true }, new Guard())
  writer.exec(`
    create table hollow (id integer primary key);
    create table bare (id integer primary key, text text);
    create table note (id integer primary key, state text, at integer, gone text);
    create index note_state on note (state collate nocase, at desc);
    create unique index note_live on note (at) where gone is null;
    create table live (id integer primary key, name text, gone text);
    create unique index live_name on live (name) where gone is null;
    create table link (note integer, tag text, primary key (note, tag)) without rowid;
    create index link_tag on link (tag);
    ${rowsOf("insert into bare select i, 'text'")};
    ${rowsOf("insert into note select i, substr('aAb', i % 3 + 1, 1), i / 2 * 2, nullif(i % 2, 0)")};
    ${rowsOf("insert into live select i, 'name ' || i, null")};
    ${rowsOf("insert into link select i % 1000, 'tag ' || i")};`)
  return writer
}

const told = (database: DatabaseSync): ReadonlyMap<string, unknown> =>
  new Map(
    database
      .prepare('select tbl, idx, stat from sqlite_stat1 order by tbl, idx')
      .all()
      .map(({ tbl, idx, stat }) => [`${String(tbl)} ${String(idx)}`, stat]),
  )

test('is what SQLite would count, and is counted once', () => {
  const folder = temporaryFolder()
  try {
    const file = join(folder, 'counted.db')
    using writer = made(file)
    using reader = openReader({ file, cache: 1024 }, new Guard())
    const version = (): unknown => writer.prepare('pragma schema_version').get()?.['schema_version']
    const gathered = (): ReadonlyMap<string, unknown> => {
      using own = openWriter({ file, cache: 1024, durable: true }, new Guard())
      gatherStatistics(reader, own)
      return told(writer)
    }
    const counted = gathered()
    const first = version()
    expect(gathered()).toEqual(counted)
    expect(version(), 'connections need not read the schema again').toBe(first)
    // SQLite does not name a table again of which it knows how many rows it holds.
    const named = writer
      .prepare('pragma optimize(0x10003)')
      .all()
      .map(row => Object.values(row)[0])
    expect(named).toEqual(['ANALYZE "main"."hollow"'])

    writer.exec('analyze')
    const analyzed = told(writer)
    expect([...counted.keys()]).toEqual([...analyzed.keys()])
    // Of an index that leaves rows out nothing is counted.
    const whole = [...counted].filter(([name]) => !/note_live|live_name/u.test(name))
    expect(whole).toEqual([...analyzed].filter(([name]) => !/note_live|live_name/u.test(name)))

    writer.exec('delete from link')
    expect([...gathered().keys()].filter(name => name.startsWith('link'))).toEqual([])
  } finally {
    removeTemporaryFolder(folder)
  }
})
