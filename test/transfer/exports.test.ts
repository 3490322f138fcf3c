// What an export holds, where it goes, and that it is whole or not there.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { emptyDatabase, needsEngine } from '../fixtures/engines.ts'
import { commands, newspaper, oneOfEach, project } from './projects.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

const articles = (count: number): string =>
  `title,views,state\n${Array.from({ length: count }, (_, number) => `Title ${number},${number},${number % 2 === 0 ? 'draft' : 'published'}\n`).join('')}`

describe('exports', { timeout: 120_000 }, () => {
  it('hold the rows and fields that are asked for, and what nobody may read only when it is', async () => {
    using here = project(newspaper)
    await using database = await emptyDatabase('sqlite')
    const { run, done, fedDone } = commands(here, database.url)
    await fedDone(articles(30), 'import', 'Article', '-', '--format', 'csv')
    const where = ['--where', 'state=published&views[gte]=10&title[contains]=1']
    expect(await done('export', 'Article', '--select', 'views,title', ...where)).toBe(
      'title,views\nTitle 11,11\nTitle 13,13\nTitle 15,15\nTitle 17,17\nTitle 19,19\nTitle 21,21\n',
    )
    expect(await done('export', 'Article', '--select', 'views', '--limit', '2', '--delimiter', 'tab')).toBe(
      'views\n0\n1\n',
    )

    // Of relations all rows, and not the first twenty as on a page.
    const words = Array.from({ length: 25 }, (_, number) => ({ word: `w${String(number).padStart(2, '0')}` }))
    const tagged = JSON.stringify({ title: 'Tagged', tags: { create: words } })
    await fedDone(`${tagged}\n`, 'import', 'Article', '-', '--format', 'jsonl')
    const selected = async (select: string) =>
      JSON.parse(
        await done('export', 'Article', '--format', 'jsonl', '--where', 'title=Tagged', '--select', select),
      ) as unknown
    expect(await selected('tags(word)')).toEqual({ tags: words })
    expect(await selected('tags(word;limit=2)')).toEqual({ tags: words.slice(0, 2) })

    await fedDone('email,name,password\nann@example.com,Ann,secret\n', 'import', 'Person', '-', '--format', 'csv')
    const people = await run('export', 'Person')
    expect(people.results).not.toContain('secret')
    expect(people.output).toContain('Left out, as no caller may read them: password.')
    expect(await done('export', 'Person', '--private')).toContain('secret')
    expect(await done('export', 'Person', '--select', 'name,password')).toBe('name,password\nAnn,secret\n')
  })

  it('are whole or not there, and for their owner only', async () => {
    using here = project(newspaper)
    await using database = await emptyDatabase('sqlite')
    const { done, fedDone } = commands(here, database.url)
    await fedDone(articles(20_000), 'import', 'Article', '-', '--format', 'csv')
    await done('export', 'Article', '--to', 'articles.csv')
    const file = join(here.folder, 'articles.csv')
    const before = readFileSync(file, 'utf8')
    expect(before.split('\n')).toHaveLength(20_002)
    expect(statSync(file).mode & 0o777).toBe(0o600)

    // A disk that is full: the file that was there is still there.
    const full = here.run(
      ['export', 'Article', '--to', 'articles.csv'],
      { DATABASE_URL: database.url },
      { largestFile: 500 },
    )
    expect(await full.exit).toBe(1)
    expect(full.output()).toContain('articles.csv cannot be written: the disk is full.')
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(readdirSync(here.folder).filter(name => name.endsWith('.part'))).toEqual([])

    // Standard output may be a disk, too.
    const words = ['--conditions=plinth-source', main, 'export', 'Article']
    const stdio = spawnSync('bash', ['-c', '"$0" "$@" > /dev/full', process.execPath, ...words], {
      cwd: here.folder,
      env: { ...process.env, DATABASE_URL: database.url },
      encoding: 'utf8',
    })
    expect(stdio.status).toBe(1)
    expect(stdio.stderr).toMatch(/^Standard output cannot be written: the disk is full\.\n/)

    // A database that does not fit is left as it is.
    const empty = `${here.folder}/new.db`
    writeFileSync(empty, '')
    const missing = await here.command(['export', 'Article', '--to', 'none.csv'], { DATABASE_URL: `file:${empty}` })
    expect(missing.code).toBe(1)
    expect(missing.output).toContain('The table "article" of Article is missing.')
    expect(existsSync(join(here.folder, 'none.csv'))).toBe(false)

    // Whoever reads has had enough.
    const command = [process.execPath, '--conditions=plinth-source', main, 'export', 'Article']
    const head = spawnSync('bash', ['-c', '"$0" "$@" | head -n 2; exit ${PIPESTATUS[0]}', ...command], {
      cwd: here.folder,
      env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: database.url },
      encoding: 'utf8',
    })
    expect(head.stdout).toBe(before.split('\n').slice(0, 2).join('\n') + '\n')
    expect(head.status).toBe(0)
  })

  it('print nothing when what is exported cannot be read, and their head when there are no rows', async () => {
    using here = project({
      ...newspaper,
      'schema.ts': `import { defineSchema, field, model } from 'plinth'

const Log = model({ text: field.text() })
const Broken = model({ text: field.text() }, { table: 'broken', view: true })
export const schema = defineSchema({ Log, Broken })
`,
      'app.ts': `import { createApp } from 'plinth'
import { schema } from './schema.ts'

export default createApp({ schema })
`,
    })
    await using database = await emptyDatabase('sqlite')
    const { run, done } = commands(here, database.url)
    using other = new DatabaseSync(join(fileURLToPath(database.url)))
    other.exec(`create view broken as select cast(json('x') as text) as text`)
    await done('database', '--apply')
    expect(await done('export', 'Log', '--select', 'text')).toBe('text\n')
    expect(await run('export', 'Broken', '--select', 'text')).toMatchObject({ code: 1, results: '' })
  })
})

describe.each(oneOfEach)('exports on %s', { timeout: 120_000 }, engine => {
  it('page through all rows, whatever their size', async context => {
    needsEngine(context, engine)
    using here = project({
      'package.json': newspaper['package.json'] ?? '',
      'app.ts': `import { createApp, defineSchema, field, model } from 'plinth'

const Page = model({ book: field.text(), number: field.integer(), text: field.text({ max: 100_000 }) }, { key: ['book', 'number'] })
const Mark = model({ word: field.text(), weight: field.integer() }, { key: [] })
export default createApp({ schema: defineSchema({ Page, Mark }) })
`,
    })
    await using database = await emptyDatabase(engine)
    const { done, fedDone } = commands(here, database.url)
    const pages = Array.from(
      { length: 3000 },
      (_, number) => `b,${number},${'x'.repeat(number % 500 === 7 ? 90_000 : 10)}\n`,
    )
    const csv = `book,number,text\n${pages.join('')}`
    await fedDone(csv, 'import', 'Page', '-', '--format', 'csv')
    expect(await done('export', 'Page')).toBe(csv)
    // Without a key rows are told apart by all that they hold.
    const marks = `word,weight\n${Array.from({ length: 700 }, (_, number) => `w${number % 3},${number}\n`)
      .toSorted()
      .join('')}`
    await fedDone(marks, 'import', 'Mark', '-', '--format', 'csv')
    const exported = await done('export', 'Mark')
    expect(exported.split('\n').toSorted()).toEqual(marks.split('\n').toSorted())
  })
})
