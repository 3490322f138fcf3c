// How an import is carried out: all or nothing, the good lines, for trial, over rows that are there; and what stops it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emptyDatabase, needsEngine } from '../fixtures/engines.ts'
import { commands, newspaper, oneOfEach, project } from './projects.ts'

const titles = (count: number, prefix = 'Title'): string =>
  Array.from({ length: count }, (_, number) => `${prefix} ${number},${number}\n`).join('')

describe.each(oneOfEach)('imports on %s', { timeout: 120_000 }, engine => {
  it('keep all lines or none, the good ones, or nothing, as they are asked', async context => {
    needsEngine(context, engine)
    using here = project(newspaper)
    await using database = await emptyDatabase(engine)
    const { run, done, rows } = commands(here, database.url)
    const count = async (model = 'Article'): Promise<number> => (await rows(model, '*')).length

    here.write('good.csv', `title,views\n${titles(2500)}`)
    here.write('bad.csv', `title,views\n${titles(1200, 'More')},1\n${titles(1299, 'Else')}Else 5,x\n`)

    expect(await done('import', 'Article', 'good.csv', '--dry-run')).toContain('nothing has changed')
    expect(await count()).toBe(0)
    expect(await count('Log'), 'what hooks did is undone too').toBe(0)

    await done('import', 'Article', 'good.csv')
    expect(await count()).toBe(2500)
    const logs = (await rows('Log', 'text')).map(({ text }) => text)
    expect(logs, 'hooks run once for each thousand rows').toEqual([
      '1000 articles by system',
      '1000 articles by system',
      '500 articles by system',
    ])

    const all = await run('import', 'Article', 'bad.csv')
    expect(all).toMatchObject({ code: 1, results: 'Article: 2 lines refused, so nothing was imported.\n' })
    expect(await count()).toBe(2500)

    const good = await run('import', 'Article', 'bad.csv', '--keep-going', '--rejects', 'rejects.csv')
    expect(good.results).toContain('Article: 2,499 rows created, 2 lines refused (in rejects.csv)')
    expect(good.output).toContain('line 1202  title: "title" is missing.')
    expect(good.code).toBe(1)
    expect(await count()).toBe(4999)
    expect(readFileSync(join(here.folder, 'rejects.csv'), 'utf8')).toBe(
      '_line,_error,title,views\n1202,"title: ""title"" is missing.",,1\n2502,views: This has to be a whole number.,Else 5,x\n',
    )
    // Mended, it is imported as it is.
    here.write('rejects.csv', '_line,_error,title,views\n1202,"title: ""title"" is missing.",Mended,1\n')
    await done('import', 'Article', 'rejects.csv')
    expect(await count()).toBe(5000)
  })

  it('update the rows that are there', async context => {
    needsEngine(context, engine)
    using here = project(newspaper)
    await using database = await emptyDatabase(engine)
    const { run, done, fed, fedDone, rows } = commands(here, database.url)
    const people = [
      'email,name,nick,born',
      'ann@example.com,Ann,,1990-01-01',
      'bob@example.com,Bob,"",1991-01-01',
      'cyd@example.com,Cyd,C,',
    ].join('\n')
    await fedDone(people, 'import', 'Person', '-', '--format', 'csv')
    await done('export', 'Person', '--to', 'people.csv')

    // By their key: as they were, but for one cell, and a new row, whose key is not known yet.
    const file = join(here.folder, 'people.csv')
    here.write('people.csv', `${readFileSync(file, 'utf8').replace(',Cyd,C,', ',Cyd,,')},dan@example.com,Dan,D,,\n`)
    expect(await done('import', 'Person', 'people.csv', '--upsert')).toBe('Person: 1 row created, 3 updated.\n')
    expect(await rows('Person', 'name,nick,born')).toEqual([
      { name: 'Ann', nick: null, born: '1990-01-01' },
      { name: 'Bob', nick: '', born: '1991-01-01' },
      { name: 'Cyd', nick: null, born: null },
      { name: 'Dan', nick: 'D', born: null },
    ])

    // By another unique field; a row that comes twice is created and then changed.
    const more = 'email,name,born\nann@example.com,Anna,1990-01-01\neve@example.com,Eve,\neve@example.com,Eva,\n'
    const words = ['import', 'Person', '-', '--format', 'csv', '--upsert', '--on', 'email']
    expect(await fedDone(more, ...words)).toBe('Person: 1 row created, 2 updated.\n')
    expect((await rows('Person', 'name')).map(({ name }) => name)).toEqual(['Anna', 'Bob', 'Cyd', 'Dan', 'Eva'])

    // What cannot change has to be what it is.
    const wrong = 'email,name,born\nann@example.com,Ann,1980-01-01\nbob@example.com,,\n'
    const refused = await fed(wrong, ...words)
    expect(refused.output).toContain('line 2  born: "born" cannot be changed after the row was created.')
    expect(refused.output).toContain('line 3  born: ')
    expect(refused.results).toBe('Person: 2 lines refused, so nothing was imported.\n')

    // A version that is no longer the row's: somebody was faster than the file.
    await fedDone('title\nFirst\n', 'import', 'Article', '-', '--format', 'csv')
    await done('export', 'Article', '--to', 'articles.csv')
    expect(await done('import', 'Article', 'articles.csv', '--upsert')).toContain('1 updated')
    const late = await run('import', 'Article', 'articles.csv', '--upsert')
    expect(late.output).toContain('line 2  The Article has been changed since you read it.')
    expect(late.code).toBe(1)
  })

  it('find rows whatever the letter case of what names them, and write what the file has', async context => {
    needsEngine(context, engine)
    using here = project({
      ...newspaper,
      'schema.ts': newspaper['schema.ts']!.replace(
        'email: field.email().unique(),',
        'email: field.email().unique({ ignoreCase: true }),',
      ),
    })
    await using database = await emptyDatabase(engine)
    const { fedDone, rows } = commands(here, database.url)
    const words = ['import', 'Person', '-', '--format', 'csv', '--upsert', '--on', 'email']
    const first = 'email,name,born\nAnn@example.com,Ann,1990-01-01\nbob@example.com,Bob,\n'
    expect(await fedDone(first, ...words)).toBe('Person: 2 rows created.\n')
    const second = 'email,name\nANN@example.com,Anna\nEve@example.com,Eve\neve@example.com,Eva\nbob@example.com,Bo\n'
    expect(await fedDone(second, ...words)).toBe('Person: 1 row created, 3 updated.\n')
    expect(await rows('Person', 'email,name,born')).toEqual([
      { email: 'ANN@example.com', name: 'Anna', born: '1990-01-01' },
      { email: 'bob@example.com', name: 'Bo', born: null },
      { email: 'eve@example.com', name: 'Eva', born: null },
    ])
  })
})

// These wait for what happens in processes of their own, so they do it at the same time.
describe.concurrent.each(oneOfEach)('imports on %s', { timeout: 120_000 }, engine => {
  it('stop when they are told to, and say what is in the database', async context => {
    needsEngine(context, engine)
    const { expect } = context
    using here = project(newspaper)
    await using database = await emptyDatabase(engine)
    const { start, done, rows } = commands(here, database.url)
    await done('database', '--apply')
    const count = async (): Promise<number> => (await rows('Article', 'id')).length

    // Standard input that does not end: what has come is in the database, and the import waits.
    const running = start('import', 'Article', '-', '--format', 'csv', '--keep-going')
    running.child.stdin?.write(`title,views\n${titles(2500)}`)
    await running.printed(/2,000 rows/)
    running.child.kill('SIGINT')
    expect(await running.exit).toBe(130)
    expect(running.results()).toContain('Stopped after line 2,001. To go on: --from-line 2002')
    expect(running.results()).toContain('Article: 2,000 rows created')
    expect(await count()).toBe(2000)

    here.write('rest.csv', `title,views\n${titles(2500)}`)
    expect(await done('import', 'Article', 'rest.csv', '--from-line', '2002')).toBe('Article: 500 rows created.\n')
    expect(await count()).toBe(2500)
  })

  it('that keep all or nothing stop without a trace, and when their time is over', async context => {
    needsEngine(context, engine)
    const { expect } = context
    using here = project({
      ...newspaper,
      // The second thousand never gets done.
      'app.ts': `import { createApp, defineHooks } from 'plinth'
import { schema } from './schema.ts'

let batches = 0
const hooks = defineHooks(schema, {
  Article: { afterCreate: async () => { if (++batches === 2) await new Promise(resolve => setTimeout(resolve, 600_000)) } },
})
export default createApp({ schema, hooks })
`,
    })
    await using database = await emptyDatabase(engine)
    const { start, run, done, rows } = commands(here, database.url)
    await done('database', '--apply')
    here.write('articles.csv', `title,views\n${titles(5000)}`)
    const late = await run('import', 'Article', 'articles.csv', '--time-limit', '1s')
    expect(late.output).toContain('longer than its limit of 1000 ms')
    expect(late.results).toContain('Article: nothing was imported.')
    expect(late.code).toBe(1)
    expect(await rows('Article', 'id')).toEqual([])

    const running = start('import', 'Article', 'articles.csv')
    await running.printed(/1,000 rows/)
    running.child.kill('SIGKILL')
    await running.exit
    expect(await rows('Article', 'id')).toEqual([])
  })
})

describe('imports', { timeout: 120_000 }, () => {
  it('that keep all or nothing are stopped by SIGINT between two batches', async () => {
    using here = project(newspaper)
    await using database = await emptyDatabase('sqlite')
    const { start, done, rows } = commands(here, database.url)
    await done('database', '--apply')
    here.write('articles.csv', `title,views\n${titles(300_000)}`)
    const running = start('import', 'Article', 'articles.csv')
    await running.printed(/… \d+ s, [1-9][\d,]* rows/)
    running.child.kill('SIGINT')
    expect(await running.exit).toBe(130)
    expect(running.results()).toMatch(/Stopped after line [\d,]+\.\nArticle: nothing was imported\./)
    expect(await rows('Article', 'id')).toEqual([])
  })

  it('take columns by other names, other separators, and booleans as others spell them', async () => {
    using here = project(newspaper)
    await using database = await emptyDatabase('sqlite')
    const { fed, fedDone, rows } = commands(here, database.url)
    const csv = 'Headline;Clicks;Notes\nOne, two;3;x\n"Three;";;y\n'
    const words = ['--delimiter', ';', '--map', 'Headline=title, Clicks=views', '--ignore', 'Notes']
    await fedDone(csv, 'import', 'Article', '-', '--format', 'csv', ...words)
    await fedDone('{"Headline":"Four","Notes":1}\n', 'import', 'Article', '-', '--format', 'jsonl', ...words.slice(2))
    // Spaces around names are none of them, and a name may hold a comma, which the hint writes as the option takes it.
    const spaced = 'title ,"Clicks, all","a, b"\nSix,6,x\n'
    const map = ['import', 'Article', '-', '--format', 'csv', '--map', 'Clicks\\, all=views']
    expect((await fed(spaced, ...map)).output).toContain('To pass over it: --ignore "a\\, b".')
    await fedDone(spaced, ...map, '--ignore', 'a\\, b')
    here.write('five.tsv', 'title\tviews\nFive\t5\n')
    await fedDone('', 'import', 'Article', 'five.tsv')
    expect(await rows('Article', 'title,views')).toEqual([
      { title: 'One, two', views: 3 },
      { title: 'Three;', views: 7 },
      { title: 'Four', views: 7 },
      { title: 'Six', views: 6 },
      { title: 'Five', views: 5 },
    ])
  })

  it('give up on a file that is wrong from top to bottom, unless they are to keep the good lines', async () => {
    using here = project(newspaper)
    await using database = await emptyDatabase('sqlite')
    const { run } = commands(here, database.url)
    here.write('wrong.csv', `title,views\n${'x,y\n'.repeat(5000)}`)
    const all = await run('import', 'Article', 'wrong.csv')
    expect(all.output.match(/^line \d+ /gm)).toHaveLength(20)
    expect(all.output).toContain('and 980 lines more with mistakes')
    expect(all.results).toContain('Given up after 1,000 lines with mistakes.')
    const good = await run('import', 'Article', 'wrong.csv', '--keep-going', '--json')
    expect(good.code).toBe(1)
    expect(JSON.parse(good.results)).toMatchObject({ created: 0, refused: 5000, end: 'complete' })
  })

  it('run hooks, which change rows like any other write', async () => {
    using here = project(newspaper)
    await using database = await emptyDatabase('sqlite')
    const { fedDone, rows } = commands(here, database.url)
    await fedDone('title\nshout\n', 'import', 'Article', '-', '--format', 'csv')
    expect(await rows('Article', 'title')).toEqual([{ title: 'SHOUT' }])
  })

  it('end at once when something else than a row is wrong', async () => {
    using here = project({
      ...newspaper,
      'app.ts':
        newspaper['app.ts']?.replace(
          'beforeCreate: ({ rows }) => {',
          `beforeCreate: ({ rows }) => {
      if (rows.some(row => row.views === 1500)) throw new Error('no luck')`,
        ) ?? '',
    })
    await using database = await emptyDatabase('sqlite')
    const { run, rows } = commands(here, database.url)
    here.write('articles.csv', `title,views\n${titles(3000)}`)
    const all = await run('import', 'Article', 'articles.csv')
    expect(all.output).toMatch(/no luck\n {2}at app\.ts:\d+/)
    expect(all.results).toContain('Article: nothing was imported.')
    const good = await run('import', 'Article', 'articles.csv', '--keep-going')
    expect(good.results).toContain('Ended after line 1,001. To go on: --from-line 1002')
    expect(good.results).toContain('Article: 1,000 rows created')
    expect(good.code).toBe(1)
    expect(await rows('Article', 'id')).toHaveLength(1000)
    expect(existsSync(join(here.folder, 'rejects.csv'))).toBe(false)
  })
})
