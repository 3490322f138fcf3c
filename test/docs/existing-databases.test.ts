// docs/existing-databases.md, done to the letter: the database made, pulled, and every file and line compared with those printed.
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { catalogue } from '../pull/catalogue.ts'
import { readPage } from './markdown.ts'
import { Project } from './project.ts'
import { Served } from './served.ts'

const page = readPage('docs/existing-databases.md')
const project = new Project()
const textOf = (file: string): string => page.blocks.find(({ attributes }) => attributes['file'] === file)?.text ?? ''

afterAll(() => project.remove())

it('writes what the page shows', { timeout: 60_000 }, async () => {
  const database = new DatabaseSync(join(project.root, 'library.db'))
  database.exec(textOf('library.sql'))
  database.exec(
    `insert into authors values (1, 'Frank Herbert'); insert into books (title, author_id, state, price) values ('Dune', 1, 'lent', 9.9), ('Lost', 1, 'lost', null)`,
  )
  database.close()
  const { output, code } = await project.run(['plinth', 'pull', 'file:./library.db'])
  // The project has a package.json already.
  const shown = page.blocks.find(({ language }) => language === 'text')?.text ?? ''
  const moment = /\d{14}(?=-pulled)/u.exec(shown)?.[0] ?? ''
  expect(output.replaceAll(/\d{14}(?=-pulled)/gu, moment)).toBe(shown.replace('wrote    package.json\n', ''))
  expect(code).toBe(0)
  const files = page.blocks.flatMap(({ attributes }) => attributes['file'] ?? []).filter(file => file.endsWith('.ts'))
  expect(files).toHaveLength(6)
  for (const file of files.filter(name => name !== 'src/rules.ts')) expect(project.read(file), file).toBe(textOf(file))
})

it('serves what its rules open', { timeout: 60_000 }, async () => {
  project.write('src/rules.ts', textOf('src/rules.ts'))
  const served = new Served(project, 'dev', { DATABASE_URL: 'file:./library.db' })
  try {
    await served.ready()
    const { address } = served
    const books = await fetch(`${address}/api/books?include=author,tags&sort=-addedAt`)
    expect(await books.json()).toMatchObject({
      data: [{ title: 'Dune', state: 'lent', price: '9.90', author: { fullName: 'Frank Herbert' }, tags: [] }],
    })
    expect(await (await fetch(`${address}/api/lent-books`)).json()).toMatchObject({ data: [{ title: 'Dune' }] })
  } finally {
    await served.stop()
  }
})

it('makes from nothing what was pulled', { timeout: 60_000 }, async () => {
  const commands = page.blocks
    .filter(({ language, text }) => language === 'sh' && text.includes('migrate up'))
    .map(({ text }) => /^DATABASE_URL=(\S+) npx (plinth .+)$/mu.exec(text) ?? [])
  expect(commands).toHaveLength(2)
  for (const [, url = '', words = ''] of commands) {
    const { code, output } = await project.run(words.split(' '), { DATABASE_URL: url })
    expect([code, output]).toEqual([0, expect.not.stringContaining('differs')])
  }
  const [library, copy] = await Promise.all(
    ['library.db', 'copy.db'].map(name => catalogue('sqlite', `file:${join(project.root, name)}`)),
  )
  expect(copy).toHaveLength(8)
  expect(copy).toEqual(library)
})
