// Files that are not as they should be: each mistake is told by its line, and nothing of the file is in the database.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyDatabase, type EngineDatabase, needsEngine } from '../fixtures/engines.ts'
import { commands, newspaper, oneOfEach, project } from './projects.ts'

const header = 'title,state,views\n'
const megabyte = 1024 * 1024

/** What is in the file, and what has to be told about it. */
const csvFiles: Readonly<Record<string, readonly [string | Buffer, ...(string | RegExp)[]]>> = {
  'invalid UTF-8': [
    Buffer.concat([Buffer.from(`${header}good,draft,1\nf`), Buffer.from([0xfc]), Buffer.from('nf,draft,1\n')]),
    'line 3  This is not UTF-8: the byte 0xFC at character 2.',
  ],
  'a cell with several lines that are no UTF-8': [
    Buffer.concat([
      Buffer.from(`${header}"f`),
      Buffer.from([0xfc]),
      Buffer.from('nf\nf'),
      Buffer.from([0xfc]),
      Buffer.from('nf",draft,1\n'),
    ]),
    'line 2  This is not UTF-8: the byte 0xFC at character 3.',
  ],
  'a character that is cut off at the end': [
    Buffer.concat([Buffer.from(`${header}one,draft,1\ntwo,draft,`), Buffer.from([0xe2, 0x82])]),
    'line 3  This is not UTF-8: the byte 0xE2 at character 11.',
  ],
  'UTF-16': [Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(header, 'utf16le')]), 'The file is UTF-16LE.'],
  'an unknown column': [
    'titel,state\nx,draft\n',
    'The column "titel" is no field of Article.',
    'Did you mean "title"?',
  ],
  'a column twice': ['title,title\nx,y\n', 'Two columns are the field "title".'],
  'another separator': ['title;state\nx;draft\n', '--delimiter ";"'],
  'no header': ['', 'The first line has to name the columns, and there is none.'],
  'a header that is no UTF-8': [
    Buffer.concat([Buffer.from('tit'), Buffer.from([0xff]), Buffer.from('el\nx\n')]),
    'The first line has to name the columns, and cannot be read: this is not UTF-8',
  ],
  'too few and too many cells': [
    `${header}one,draft,1\n\ntwo,draft\nthree,draft,1,2\n`,
    'line 4  The row has 2 cells, and the header 3.',
    'line 5  The row has 4 cells, and the header 3.',
  ],
  'a last line that is cut off': [
    `${header}one,draft,1\ntwo,dra`,
    'line 3  The file ends within a row: it has 2 cells, and the header 3.',
  ],
  'a quote in the middle': [
    `${header}"multi\nline",draft,1\n"x"y,draft,1\nz,draft,1\n`,
    'line 4  A quote stands where none can be',
    'From line 4 on the file could not be read.',
  ],
  'a quote that is never closed': [
    `${header}one,draft,1\n"two,draft,1\n`,
    'line 3  A quote is opened and never closed.',
  ],
  'U+0000': [`${header}a\u0000b,draft,1\n`, 'line 2  title: Text cannot contain the character U+0000.'],
  'a row that is too long': [
    `${header}${'x'.repeat(17 * megabyte)},draft,1\n`,
    'line 2  The row is longer than 16777216 bytes.',
  ],
  'values that break the rules of the model': [
    `${header},draft,1\nx,publishd,-1\ny,draft,1.5\n${'z'.repeat(101)},,\n`,
    'line 2  title: "title" is missing.',
    'line 3  state: "publishd" is not one of: draft, published. Did you mean "published"?',
    'line 3  views: This has to be at least 0.',
    'line 4  views: This has to be a whole number.',
    'line 5  title: This may have at most 100 characters.',
  ],
}

const jsonFiles: typeof csvFiles = {
  'invalid UTF-8': [
    Buffer.concat([Buffer.from('{"title":"a"}\n{"title":"'), Buffer.from([0xc0]), Buffer.from('"}\n')]),
    'line 2  This is not UTF-8: the byte 0xC0 at character 11.',
  ],
  'no JSON, and a last line that is cut off': [
    '{"title":"a"}\r\n\r\ntitle\n{"title":"b',
    'line 3  The line is not JSON: a value is expected at character 1.',
    'line 4  The line is not JSON: a text is not closed at character',
  ],
  'a key twice, and numbers that would become others': [
    '{"title":"a","title":"b"}\n{"title":"a","views":9007199254740993}\n',
    'line 1  title: The key "title" stands twice in one object.',
    'line 2  views: ',
  ],
  'something else than an object': ['[1]\n"x"\nnull\n', 'line 1  This has to be an object.', 'line 3  This has to be'],
  'unknown fields and wrong types': [
    '{"titel":"a"}\n{"title":1}\n{"title":null}\n{"title":"a\\u0000"}\n',
    'line 1  titel: Article has no field "titel". Did you mean "title"?',
    'line 2  title: This has to be a text.',
    'line 3  title: "title" cannot be null.',
    'line 4  title: Text cannot contain the character U+0000.',
  ],
  'a line that is too long, and one behind it': [
    `{"title":"${'x'.repeat(17 * megabyte)}"}\n{"title":1}\n`,
    'line 1  The row is longer than 16777216 bytes.',
    'line 2  title: This has to be a text.',
  ],
}

describe('files that are not as they should be', { timeout: 120_000 }, () => {
  const here = project(newspaper)
  let database: EngineDatabase
  beforeAll(async () => {
    database = await emptyDatabase('sqlite')
    await commands(here, database.url).done('database', '--apply')
  })
  afterAll(async () => {
    await database[Symbol.asyncDispose]()
    here[Symbol.dispose]()
  })

  it.each([
    ...Object.entries(csvFiles).map(([name, [file, ...told]]) => [`CSV: ${name}`, 'csv', file, told] as const),
    ...Object.entries(jsonFiles).map(([name, [file, ...told]]) => [`JSON: ${name}`, 'jsonl', file, told] as const),
  ])('%s', async (_name, format, file, told) => {
    const { fed } = commands(here, database.url)
    const { code, output } = await fed(file, 'import', 'Article', '-', '--format', format)
    for (const text of told) expect(output).toContain(text)
    expect(code).toBe(1)
  })

  it('leave nothing in the database', async () => {
    expect(await commands(here, database.url).rows('Article', 'title')).toEqual([])
  })
})

describe('files', { timeout: 120_000 }, () => {
  it('with a BOM, CRLF, blank lines and no end of the last line are as good', async () => {
    using here = project(newspaper)
    await using database = await emptyDatabase('sqlite')
    const { fedDone, rows } = commands(here, database.url)
    await fedDone(
      '\ufefftitle,state\r\n"a\r\nb",draft\r\n\r\n"c ""d""",published',
      'import',
      'Article',
      '-',
      '--format',
      'csv',
    )
    await fedDone('\ufeff{"title":"e"}\r\n\r\n{"title":"f"}', 'import', 'Article', '-', '--format', 'jsonl')
    expect((await rows('Article', 'title')).map(({ title }) => title)).toEqual(['a\r\nb', 'c "d"', 'e', 'f'])
  })

  it('what the command line asks for is checked', async () => {
    using here = project(newspaper)
    await using database = await emptyDatabase('sqlite')
    const { run, done } = commands(here, database.url)
    await done('database', '--apply')
    here.write('a.csv', 'title\nx\n')
    const refused = async (code: number, text: string, ...words: string[]): Promise<void> => {
      const answer = await run(...words)
      expect(answer.output).toContain(text)
      expect(answer.code).toBe(code)
    }
    await refused(1, 'There is no model "Artikel".\n  Did you mean "Article"?', 'import', 'Artikel', 'a.csv')
    await refused(1, 'There is no model "Article.tag".\n  Did you mean "Article.tags"?', 'export', 'Article.tag')
    await refused(1, 'b.csv cannot be read: there is no such file.', 'import', 'Article', 'b.csv')
    await refused(1, 'it is a folder', 'import', 'Article', '.', '--format', 'csv')
    await refused(1, '--format csv or --format jsonl', 'import', 'Article', '-')
    await refused(1, 'there is no format "cvs", perhaps "csv"', 'import', 'Article', 'a.csv', '--format', 'cvs')
    await refused(1, '--delimiter cannot be used', 'import', 'Article', 'a.csv', '--delimiter', ';;')
    await refused(1, '--time-limit cannot be used', 'import', 'Article', 'a.csv', '--time-limit', '5')
    await refused(1, 'Article has no field "titel"', 'import', 'Article', 'a.csv', '--map', 'title=titel')
    await refused(
      1,
      'the file has no column "titel", perhaps "title"',
      'import',
      'Article',
      'a.csv',
      '--ignore',
      'titel',
    )
    await refused(
      1,
      'it is the file that is imported',
      'import',
      'Article',
      'a.csv',
      '--keep-going',
      '--rejects',
      'a.csv',
    )
    await refused(2, 'choose one', 'import', 'Article', 'a.csv', '--keep-going', '--dry-run')
    await refused(2, 'goes with "--keep-going"', 'import', 'Article', 'a.csv', '--rejects', 'b.csv')
    await refused(2, 'goes with "--upsert"', 'import', 'Article', 'a.csv', '--on', 'slug')
    await refused(
      1,
      'No Article can be found by "title": it is neither the key nor unique.',
      'import',
      'Article',
      'a.csv',
      '--upsert',
      '--on',
      'title',
    )
    await refused(
      1,
      'no/where.csv cannot be written: its folder does not exist.',
      'export',
      'Article',
      '--to',
      'no/where.csv',
    )
    await refused(1, 'There is no parameter "titel" here.', 'export', 'Article', '--where', 'titel=x')
    await refused(1, 'Article has no field "titel".', 'export', 'Article', '--select', 'titel')
  })
})

describe.each(oneOfEach)('what only the database knows, on %s', { timeout: 120_000 }, engine => {
  it('is told by line: uniques, references, and both in one batch', async context => {
    needsEngine(context, engine)
    using here = project(newspaper)
    await using database = await emptyDatabase(engine)
    const { fed, fedDone, rows } = commands(here, database.url)
    await fedDone('email,name\nann@example.com,Ann\n', 'import', 'Person', '-', '--format', 'csv')
    const people = Array.from({ length: 300 }, (_, number) => `p${number}@example.com,P${number},`)
    people[9] = 'ann@example.com,Again,'
    people[150] = 'p3@example.com,Twice,'
    people[299] = 'p299@example.com,Lost,01900000-0000-7000-8000-000000000000'
    const file = ['email,name,bossId', ...people].join('\n')
    for (const [words, sum] of [
      [[], 'Person: 3 lines refused, so nothing was imported.'],
      [
        ['--dry-run'],
        'Person: 297 rows created, 3 lines refused. Undone again, as it was a dry run: nothing has changed.',
      ],
    ] as const) {
      const { code, output } = await fed(file, 'import', 'Person', '-', '--format', 'csv', ...words)
      expect(output).toMatch(/line 11 {2}(?:email: )?Another Person has the same email\./)
      expect(output).toMatch(/line 152 {2}(?:email: )?Another Person has the same email\./)
      expect(output).toMatch(/line 301 {2}.*There is no Person that "\w+" refers to\./)
      expect(output).toContain(sum)
      expect(code).toBe(1)
      expect(await rows('Person', 'email')).toEqual([{ email: 'ann@example.com' }])
    }
  })
})
