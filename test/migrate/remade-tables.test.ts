/** Tables of SQLite that were there before their models, changed by what SQLite has no command for: everything else that they say stays. */
import { describe, expect, it } from 'vitest'
import { type PulledProject, pulledProject } from '../pull/pulled-project.ts'

/** As people write them: comments, quotes of all kinds, constraints without commas, and what models have no word for. */
const book = `CREATE TABLE "book" (
  id integer primary key autoincrement,
  -- as it is printed, (not as it is sorted
  title varchar(80) not null collate nocase constraint titled check (book.title <> ''),
  [odd, name] text default 'a, b) not null' /* not null, */ unique on conflict ignore,
  pages int NOT NULL on conflict replace default 1,
  twice int generated always as (pages * 2) stored,
  genre_id integer not null references genre (id) on delete cascade, \`shelf\` text,
  -- there are none without pages
  check (pages > 0) unique (title, pages)
)`

const tables: readonly string[] = [
  'create table genre (id integer primary key, label varchar(40) not null)',
  book,
  'create table loan (id integer primary key, book_id integer not null references book (id))',
  'create table tag (name text not null primary key, colour text not null, weight integer) strict, without rowid',
  'create table log (text text)',
  'create index book_by_shelf on book (lower(shelf)) where shelf is not null',
  'create unique index book_by_genre on book (genre_id, title desc)',
  // SQLite keeps the name of its table as it stands here.
  `create trigger noticed after update of title on Book begin insert into log values (old.title || ' ' || new.title); end`,
  'create view titles as select book.title, genre.label from book join genre on genre.id = book.genre_id',
  `insert into genre values (1, 'Crime')`,
  `insert into book (id, title, pages, genre_id) values (7, 'First', 100, 1), (9, 'Second', 200, 1)`,
  'delete from book where id = 9',
  'insert into loan values (1, 7)',
  `insert into tag values ('new', 'red', 1)`,
  'analyze',
]

async function takenOver(statements: readonly string[] = tables): Promise<PulledProject> {
  const project = await pulledProject('sqlite', statements)
  await project.done('pull')
  await project.done('migrate', 'up', '--adopt')
  return project
}

const schemaOf = async (project: PulledProject, name: string): Promise<string> => {
  const [row] = (await project.sql(`select sql from sqlite_schema where name = '${name}'`)) as { sql: string }[]
  return row?.sql ?? ''
}

/** Everything else that the file has. */
const others = (project: PulledProject): Promise<unknown> =>
  project.sql(
    "select type, name, tbl_name, sql from sqlite_schema where name not like 'plinth%' and name not in ('book', 'tag') order by name",
  )

function edit(project: PulledProject, model: string, changes: readonly (readonly [RegExp, string])[]): void {
  for (const [from, to] of changes) project.edit(`src/models/${model}.ts`, from, to)
}

async function migrated(project: PulledProject, ...words: readonly string[]): Promise<string> {
  const written = await project.done('migrate', 'new', ...words)
  const up = await project.done('migrate', 'up')
  const contract = await project.done('migrate', 'up', '--contract')
  return [written, up, contract].join('\n')
}

describe('a table that was there before its model', { timeout: 60_000 }, () => {
  it('gets other types, checks and null, and keeps everything else that it says', async () => {
    await using project = await takenOver()
    const before = await others(project)
    edit(project, 'book', [
      [/max: 80 \}\)/u, 'max: 200 }).optional()'],
      [/varchar\(80\)/u, 'varchar(200)'],
      [/(shelf: field\s*\.text\([^)]*\))\s*\.optional\(\)/u, '$1'],
      [/adopted: true/u, 'adopted: true, check: { short: row => row.pages.lt(5000) }'],
    ])
    // What a view shows is of the same type.
    edit(project, 'title', [
      [/max: 80/u, 'max: 200'],
      [/varchar\(80\)/u, 'varchar(200)'],
    ])
    expect(await migrated(project, '--fill', 'Book.shelf=b')).toContain('Make the table "book" anew')
    expect(await schemaOf(project, 'book')).toBe(
      book
        .replace('varchar(80) not null', 'varchar(200)')
        .replace('`shelf` text', '`shelf` text not null')
        .replace('(title, pages)', '(title, pages), constraint "book_short_check" check ("pages" < 5000)'),
    )
    expect(await others(project)).toEqual(before)
    expect(await project.done('migrate', 'check')).toContain('belong together')
    // Rows, numbers that were given once, triggers, views and references of others are as they were.
    await project.sql(
      `insert into book (title, [odd, name], genre_id, shelf) values (null, 'other', 1, 'c')`,
      `update book set title = 'Changed' where id = 7`,
      'delete from book where id = 7 and not exists (select 1 from loan)',
    )
    expect(await project.sql('select id, title, twice, shelf from book order by id')).toEqual([
      { id: 7, title: 'Changed', twice: 200, shelf: 'b' },
      { id: 10, title: null, twice: 2, shelf: 'c' },
    ])
    expect(await project.sql('select * from log')).toEqual([{ text: 'First Changed' }])
    expect(await project.sql('select title from titles order by 1')).toEqual([{ title: null }, { title: 'Changed' }])
    await expect(project.sql('update book set pages = 9000')).rejects.toThrow('book_short_check')
    await expect(project.sql('delete from genre')).rejects.toThrow('FOREIGN KEY')
  })

  it('stored by its key and strict, it stays so; rows that have no value get the one that is named', async () => {
    await using project = await takenOver()
    await project.sql(`insert into tag (name, colour) values ('old', 'blue')`)
    edit(project, 'tag', [[/(weight: field\.integer\(\))\.optional\(\)/u, '$1']])
    await migrated(project, '--fill', 'Tag.weight=5')
    expect(await schemaOf(project, 'tag')).toMatch(/weight integer not null\) strict, without rowid$/iu)
    expect(await project.sql('select name, weight from tag order by name')).toEqual([
      { name: 'new', weight: 1 },
      { name: 'old', weight: 5 },
    ])
    expect(await project.done('migrate', 'check')).toContain('belong together')
  })

  it('a row that stands against it is told, and nothing has changed', async () => {
    await using project = await takenOver()
    edit(project, 'book', [[/adopted: true/u, 'adopted: true, check: { short: row => row.pages.lt(50) }']])
    await project.done('migrate', 'new')
    await project.done('migrate', 'up')
    expect(await project.plinth('migrate', 'up', '--contract')).toMatchObject({
      code: 1,
      output: expect.stringContaining('CHECK constraint failed: book_short_check') as string,
    })
    expect(await schemaOf(project, 'book')).toBe(book)
    await project.sql('update book set pages = 40')
    await project.done('migrate', 'up', '--contract')
    expect(await schemaOf(project, 'book')).toContain('constraint "book_short_check"')
  })

  it('what was done by hand, and then pulled, is found to be done', async () => {
    await using project = await takenOver()
    const byHand = book
      .replace('pages int NOT NULL on conflict replace default 1', 'pages varchar(9)')
      .replace('varchar(80)', 'text')
      .replace('[odd, name] text', '[odd, name] varchar(90)')
      .replace('genre (id) on delete cascade', 'genre (id)')
    await project.sql(
      'pragma foreign_keys = off',
      'drop view titles',
      byHand.replace('"book"', '"book2"').replace('book.title', 'title'),
      'insert into book2 (id, title, [odd, name], pages, genre_id, shelf) select id, title, [odd, name], pages, genre_id, shelf from book',
      'drop table book',
      'alter table book2 rename to book',
    )
    const found = await schemaOf(project, 'book')
    await project.done('pull')
    expect(await project.done('migrate', 'new')).toContain('Make the table "book" anew')
    // Values would have to be converted, but are there already as texts.
    await project.done('migrate', 'up')
    await project.done('migrate', 'up', '--contract')
    expect(await schemaOf(project, 'book')).toBe(found)
    expect(await project.done('migrate', 'check')).toContain('belong together')
  })

  it('a column goes with its reference, as soon as nothing else speaks of it', async () => {
    await using project = await takenOver()
    edit(project, 'book', [[/ {4}genre: field\.belongsTo.*\n/u, '']])
    edit(project, 'genre', [[/ {4}books: field\.hasMany.*\n/u, '']])
    await project.done('migrate', 'new', '--drop', 'Book.genreId')
    await project.done('migrate', 'up')
    expect(await schemaOf(project, 'book')).toBe(book.replace(' not null references genre (id) on delete cascade', ''))
    expect(await project.plinth('migrate', 'up', '--contract')).toMatchObject({
      code: 1,
      output: expect.stringContaining('error in index book_by_genre after drop column') as string,
    })
    // The view is missed by its model.
    await project.sql('drop index book_by_genre', 'drop view titles')
    await project.plinth('migrate', 'up', '--contract')
    expect(await schemaOf(project, 'book')).not.toContain('genre_id')
  })

  it('what would keep values in another form is refused', async () => {
    await using project = await takenOver()
    edit(project, 'book', [[/sqlite: 'INT' \}/u, "sqlite: 'TEXT' }"]])
    await project.done('migrate', 'new')
    expect(await project.plinth('migrate', 'up')).toMatchObject({
      code: 1,
      output: expect.stringContaining(
        'The table "book" cannot be changed with all else that it says kept: "pages" is INT, and values would be kept otherwise as text.',
      ) as string,
    })
    expect(await schemaOf(project, 'book')).toBe(book)
  })
})
