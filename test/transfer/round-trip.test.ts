// What is exported is imported as it was: every kind of field, null and the empty text, on every engine, as CSV and as JSON lines.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'
import { commands, everything, newspaper, project } from './projects.ts'

// One for all engines: a kind of field is defined once in a process.
const here = project(everything)
afterAll(() => here[Symbol.dispose]())

describe.each(engines)('rows of every kind on %s', { timeout: 120_000 }, engine => {
  it('come back as they went', async context => {
    needsEngine(context, engine)
    await using source = await emptyDatabase(engine)
    const read = (file: string): string => readFileSync(join(here.folder, file), 'utf8')
    const from = commands(here, source.url)
    expect(await from.done('seed')).toBe('Thing: 23 created, 1 deleted, 1 updated\n')

    for (const format of ['csv', 'jsonl']) {
      await using target = await emptyDatabase(engine)
      const into = commands(here, target.url)
      const file = `things.${format}`
      await from.done('export', 'Thing', '--with-deleted', '--to', file)
      expect(await into.done('import', 'Thing', file)).toBe('Thing: 23 rows created.\n')
      await into.done('export', 'Thing', '--with-deleted', '--to', `again.${format}`)
      expect(read(`again.${format}`)).toBe(read(file))
      // Equal files could be equally wrong: the values themselves, which JSON tells apart.
      const [first, second] = await into.rows('Thing', 'text,maybeText,maybeJson,bytes,maybeBytes,texts,maybeTexts')
      expect(first).toEqual({
        text: '',
        maybeText: null,
        maybeJson: null,
        bytes: '',
        maybeBytes: null,
        texts: [],
        maybeTexts: null,
      })
      expect(second).toMatchObject({ text: '"', maybeText: '"', maybeJson: '"', texts: ['"', ''], maybeTexts: ['"'] })
    }
  })

  it('come with the rows that they refer to, later ones and links included', async context => {
    needsEngine(context, engine)
    using paper = project(newspaper)
    await using database = await emptyDatabase(engine)
    const { done, fedDone, rows } = commands(paper, database.url)
    const id = (number: number): string => `01900000-0000-7000-8000-00000000000${number}`
    // Bosses come after those whom they lead, and before.
    const people = [
      ['id', 'email', 'name', 'bossId'],
      [id(1), 'ann@example.com', 'Ann', id(3)],
      [id(2), 'bob@example.com', 'Bob', id(1)],
      [id(3), 'cyd@example.com', 'Cyd', ''],
    ]
    const csv = (table: readonly (readonly string[])[]): string => table.map(row => `${row.join(',')}\n`).join('')
    await fedDone(csv(people), 'import', 'Person', '-', '--format', 'csv')
    expect(await rows('Person', 'name,boss(name)')).toEqual([
      { name: 'Ann', boss: { name: 'Cyd' } },
      { name: 'Bob', boss: { name: 'Ann' } },
      { name: 'Cyd', boss: null },
    ])
    await fedDone('word\nnews\nsport\n', 'import', 'Tag', '-', '--format', 'csv')
    const article = { id: id(9), title: 'Hello', authorId: id(2), tags: { connect: ['sport'] } }
    await fedDone(JSON.stringify(article), 'import', 'Article', '-', '--format', 'jsonl')
    expect(await done('export', 'Article.tags')).toBe(`articleId,tagWord\n${id(9)},sport\n`)
    const more = `articleId,tagWord\n${id(9)},news\n`
    await fedDone(more, 'import', 'Article.tags', '-', '--format', 'csv')
    expect(await rows('Article', 'title,slug,state,views,author(name),tags(word)')).toEqual([
      {
        title: 'Hello',
        slug: 'hello',
        state: 'draft',
        views: 7,
        author: { name: 'Bob' },
        tags: [{ word: 'news' }, { word: 'sport' }],
      },
    ])
  })
})

it('characters may lie on both sides of where a file is read in pieces', async () => {
  using paper = project(newspaper)
  await using database = await emptyDatabase('sqlite')
  const { done, rows } = commands(paper, database.url)
  const text = `${'€'.repeat(901)}x`
  const file = Buffer.from(`text\n${`${text}\n`.repeat(120)}`)
  // In the middle of one, for a reader of 256 KiB at a time.
  expect((file[256 * 1024] ?? 0) & 0xc0).toBe(0x80)
  paper.write('log.csv', file.toString())
  expect(await done('import', 'Log', 'log.csv')).toBe('Log: 120 rows created.\n')
  expect(new Set((await rows('Log', 'text')).map(row => row['text']))).toEqual(new Set([text]))
})
