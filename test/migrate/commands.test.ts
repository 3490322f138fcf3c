/** plinth migrate from the command line, as a developer and a team use it. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { project, type Project } from '../cli/project.ts'

const app = `import { createApp } from 'plinth'
import { rules, schema } from './schema.ts'

export default createApp({ name: 'Blog', schema, rules })
`

const schemaOf = (
  article: string,
  more = '',
  names = 'User, Article',
): string => `import { defineRules, defineSchema, everyone, field, model } from 'plinth'

const User = model({ name: field.text({ max: 80 }) })
const Article = model({ ${article} })
${more}
export const schema = defineSchema({ ${names} })
const open = () => ({ read: everyone, create: everyone, update: everyone })
export const rules = defineRules(schema, { User: open, Article: open })
`

const firstArticle = `title: field.text({ max: 200 }), summary: field.text().optional()`

const blog = (article = firstArticle): Readonly<Record<string, string>> => ({
  'package.json': '{ "name": "blog", "private": true, "type": "module" }',
  'app.ts': app,
  'schema.ts': schemaOf(article),
})

const migrationsOf = ({ folder }: Project): readonly string[] => readdirSync(join(folder, 'migrations')).toSorted()

async function withServer<T>(here: Project, use: (url: string) => Promise<T>): Promise<T> {
  const running = here.run(['start'], {
    PLINTH_SECRET: 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja',
    HOST: '127.0.0.1',
    PLINTH_SHUTDOWN_DELAY: '0s',
  })
  try {
    return await use(await running.url())
  } finally {
    running.child.kill('SIGTERM')
    await running.exit
  }
}

async function post(url: string, body: object): Promise<{ readonly id: string }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(201)
  return (await answer.json()) as { id: string }
}

describe('plinth migrate', { timeout: 120_000 }, () => {
  it('takes a team from the first table to a rename, a required field and a drop, prints the next command each time, and loses nothing', async () => {
    using here = project(blog())
    const none = (await here.command(['migrate', 'status'])).output
    expect(none).toMatch(/There are no migrations\.\n\nNext: plinth migrate new/u)
    expect(await here.done(['migrate', 'new'])).toMatch(/Make the table "article"[\s\S]*Next: plinth migrate up/u)
    const notThere = 'Database: data/app.db (SQLite), which is not there yet'
    for (const word of ['status', 'check']) expect((await here.command(['migrate', word])).output).toContain(notThere)
    expect((await here.command(['migrate', 'status', '--json'])).output).not.toContain(notThere)
    expect(existsSync(join(here.folder, 'data'))).toBe(false)
    expect((await here.command(['migrate', 'status'])).output).toMatch(
      /-initial {2}waits[\s\S]*Next: plinth migrate up/u,
    )
    expect(await here.done(['migrate', 'up'])).toMatch(/^Database: data\/app\.db[\s\S]*Next: plinth start/u)
    expect((await here.command(['migrate', 'status'])).output).toMatch(/^Database: data\/app\.db \(SQLite\)\n/u)
    expect(await here.done(['migrate', 'up'])).toContain('Nothing was left to run.')
    const { id } = await withServer(here, url => post(`${url}/api/articles`, { title: 'Kept' }))

    here.write('schema.ts', schemaOf(`headline: field.text({ max: 200 }), rating: field.integer()`))
    const refused = await here.command(['migrate', 'new'])
    expect(refused.code).toBe(1)
    expect(refused.output).toContain(`.renamedFrom('title') at Article.headline`)
    expect(refused.output).toContain('plinth migrate rename Article.title headline')
    expect(refused.output).toContain('plinth migrate new --drop Article.title')
    // `summary` could have become the headline too.
    expect(refused.output).toContain('Article.summary is gone')
    expect(await here.done(['migrate', 'rename', 'Article.title', 'headline'])).toContain('Next: plinth migrate new')
    const valueNeeded = await here.command(['migrate', 'new'])
    expect(valueNeeded.output).toContain('--fill Article.rating=<value>')
    const written = await here.done(['migrate', 'new', 'ratings', '--fill', 'Article.rating=4'])
    expect(written).toMatch(/When only the new version runs:\n(?:.*\n)*.*Drop the column "summary"/u)
    expect(migrationsOf(here)).toEqual([expect.stringMatching(/-initial$/u), expect.stringMatching(/-ratings$/u)])
    expect((await here.command(['migrate', 'check'])).output).toContain('1 migration has not run')

    // Production refuses a database that does not fit, and says how to go on.
    const early = here.run(['start'], { PLINTH_SECRET: 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja', HOST: '127.0.0.1' })
    expect(await early.exit).toBe(1)
    expect(early.output()).toContain('The column "rating" of Article.rating is missing')
    expect(early.output()).toContain('plinth migrate status')

    expect(await here.done(['migrate', 'up'])).toContain('When no older one runs: plinth migrate up --contract')
    const read = async (url: string): Promise<unknown> => (await fetch(`${url}/api/articles/${id}`)).json()
    expect(await withServer(here, read)).toEqual({ id, headline: 'Kept', rating: 4 })
    expect(await here.done(['migrate', 'up', '--contract'])).toContain('The database has all migrations')
    expect(await withServer(here, read)).toEqual({ id, headline: 'Kept', rating: 4 })
    expect(await here.done(['migrate', 'check'])).toContain('Models and migrations belong together.')
  })

  it('merges branches that change different things, in either order, to the same database', async () => {
    using one = project(blog())
    await one.done(['migrate', 'new'])
    await one.done(['migrate', 'up'])
    using other = project({ ...blog(), ...filesOf(one) })
    await other.done(['migrate', 'up'])
    one.write('schema.ts', schemaOf(`${firstArticle}, rating: field.integer().default(3)`))
    await one.done(['migrate', 'new', 'rating'])
    await one.done(['migrate', 'up'])
    other.write('schema.ts', schemaOf(firstArticle, 'const Tag = model({ name: field.text() })', 'User, Article, Tag'))
    await other.done(['migrate', 'new', 'tags'])
    await other.done(['migrate', 'up'])

    const merged = schemaOf(
      `${firstArticle}, rating: field.integer().default(3)`,
      'const Tag = model({ name: field.text() })',
      'User, Article, Tag',
    )
    const [mine, theirs] = [filesOf(one), filesOf(other)]
    for (const [here, files] of [
      [one, theirs],
      [other, mine],
    ] as const) {
      for (const [file, content] of Object.entries(files)) if (file.startsWith('migrations/')) here.write(file, content)
      here.write('schema.ts', merged)
      expect((await here.command(['migrate', 'status'])).output).toContain('waits')
      await here.done(['migrate', 'up'])
      expect(await here.done(['migrate', 'check'])).toContain('Models and migrations belong together.')
    }
    // The next migration builds on both.
    one.write('schema.ts', merged.replace('rating:', 'pages: field.integer().optional(), rating:'))
    await one.done(['migrate', 'new', 'pages'])
    const pages = migrationsOf(one).find(id => id.endsWith('-pages')) ?? ''
    const about = JSON.parse(readFileSync(join(one.folder, 'migrations', pages, 'migration.json'), 'utf8')) as {
      parents: string[]
    }
    expect(about.parents).toHaveLength(2)
    await one.done(['migrate', 'up'])
    expect(await one.done(['migrate', 'check'])).toContain('Models and migrations belong together.')
  })

  it('names what two branches want of one thing, and rebase mends it', async () => {
    using one = project(blog())
    await one.done(['migrate', 'new'])
    using other = project({ ...blog(), ...filesOf(one) })
    one.write('schema.ts', schemaOf(`${firstArticle}, rating: field.integer().default(3)`))
    await one.done(['migrate', 'new', 'rating'])
    other.write('schema.ts', schemaOf(`${firstArticle}, rating: field.text().optional()`))
    await other.done(['migrate', 'new', 'marks'])
    for (const [file, content] of Object.entries(filesOf(other)))
      if (file.startsWith('migrations/')) one.write(file, content)

    const refused = await one.command(['migrate', 'up'])
    expect(refused.code).toBe(1)
    expect(refused.output).toMatch(/Article\.rating is changed by \d+-\w+ and, in another way, by \d+-\w+/u)
    const command = /plinth migrate rebase (\S+)/u.exec(refused.output)?.[1] ?? ''
    expect(command).toMatch(/-(?:marks|rating)$/u)
    expect((await one.command(['migrate', 'check', '--offline'])).output).toContain('do not go together')
    const marks = migrationsOf(one).find(id => id.endsWith('-marks')) ?? ''
    expect(await one.done(['migrate', 'rebase', marks])).toContain(`removed  migrations/${marks}`)
    await one.done(['migrate', 'up'])
    expect(await one.done(['migrate', 'check'])).toContain('Models and migrations belong together.')
  })

  it('rebases either branch where both gave a field another name, though the merge has spoilt the snapshot', async () => {
    const summary = 'summary: field.text().optional()'
    const called = (name: string, before = 'title'): string =>
      schemaOf(`${name}: field.text({ max: 200 }).renamedFrom('${before}'), ${summary}`)
    using one = project(blog())
    await one.done(['migrate', 'new'])
    using other = project({ ...blog(), ...filesOf(one) })
    one.write('schema.ts', called('headline'))
    await one.done(['migrate', 'new', 'headline'])
    other.write('schema.ts', called('subject'))
    await other.done(['migrate', 'new', 'subject'])
    const [mine, theirs] = [filesOf(one), filesOf(other)]
    const line = (file: string, name: string): string => file.replace(/^ *"headline": "title"/mu, `"${name}": "title"`)
    const snapshot = mine['plinth.snapshot.json'] ?? ''
    const spoilt = `<<<<<<< HEAD\n${snapshot}=======\n${line(snapshot, 'subject')}>>>>>>> other\n`
    const merged = { ...blog(), ...theirs, ...mine, 'plinth.snapshot.json': spoilt }

    for (const [taken, left, before] of [
      ['subject', 'headline', 'title'],
      ['headline', 'subject', 'title'],
      // The names that the other branch gave can be taken back, too.
      ['headline', 'headline', 'subject'],
    ] as const) {
      using here = project({ ...merged, 'schema.ts': called(left, before) })
      const id = migrationsOf(here).find(name => name.endsWith(`-${taken}`)) ?? ''
      const told = await here.command(['migrate', 'rebase', id])
      expect(told).toMatchObject({
        code: 1,
        output: expect.stringMatching(/marks of a merge that was not finished\. Delete it/u) as string,
      })
      rmSync(join(here.folder, 'plinth.snapshot.json'))
      const refused = await here.command(['migrate', 'new'])
      for (const name of ['headline', 'subject'])
        expect(refused.output).toMatch(new RegExp(`plinth migrate rebase \\d+-${name}\\b`, 'u'))
      const written = await here.done(['migrate', 'rebase', id])
      expect(written).toContain(`removed  migrations/${id}`)
      if (taken !== left) expect(written).toContain('The others have made all of its changes.')
      await here.done(['migrate', 'up'])
      expect(await here.done(['migrate', 'check'])).toContain('Models and migrations belong together.')
    }
  })

  it('says what was edited after it ran, what is missing and what drifted', async () => {
    using here = project(blog())
    await here.done(['migrate', 'new'])
    await here.done(['migrate', 'up'])
    const [id = ''] = migrationsOf(here)
    const file = `migrations/${id}/sqlite.sql`
    const text = readFileSync(join(here.folder, file), 'utf8')
    here.write(file, text.replace('"title" text not null', '"title" text'))
    expect(await here.command(['migrate', 'check'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('its file was changed after it ran') as string,
    })
    expect(await here.command(['migrate', 'up'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('was changed after it ran') as string,
    })
    here.write(file, `${text}\n-- plinth:step More\ndrop table article;\n`)
    for (const word of ['check', 'up'])
      expect((await here.command(['migrate', word])).output).toContain('was changed after it ran')
    here.write(file, text.replace('-- plinth:step', '--plinth: step'))
    expect((await here.command(['migrate', 'up'])).output).toMatch(/sqlite\.sql.*\n?.*is written "-- plinth:step …"/u)
    here.write(file, `\uFEFF${text}`)
    expect(await here.done(['migrate', 'up', '--patience', '1.5'])).toContain('Nothing was left to run.')
    expect(await here.command(['migrate', 'up', '--patience', 'long'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('--patience cannot be used: it is a number of seconds') as string,
    })
    here.write(file, text)
    // A draft that was not finished is no migration, and one that has lost its file is told.
    here.write('migrations/20300101000000-more.1.tmp/migration.json', '{')
    expect(await here.done(['migrate', 'up'])).toContain('Nothing was left to run.')
    here.write('migrations/20300101000000-more/state.json', '{}')
    expect((await here.command(['migrate', 'up'])).output).toContain('20300101000000-more/migration.json is missing')
    rmSync(join(here.folder, 'migrations/20300101000000-more'), { recursive: true })
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(join(here.folder, 'data/app.db'))
    database.exec('alter table article drop column summary')
    database.close()
    expect(await here.command(['migrate', 'check'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('The column "summary" of Article.summary is missing') as string,
    })
  })

  it('makes the snapshot from the migrations where it was lost, and refuses one that disagrees', async () => {
    using here = project(blog())
    await here.done(['migrate', 'new'])
    here.write(
      'schema.ts',
      schemaOf(`headline: field.text({ max: 200 }).renamedFrom('title'), summary: field.text().optional()`),
    )
    await here.done(['migrate', 'new'])
    const snapshot = join(here.folder, 'plinth.snapshot.json')
    const text = readFileSync(snapshot, 'utf8')
    here.write('schema.ts', schemaOf(`headline: field.text({ max: 200 }), summary: field.text().optional()`))
    // As a merge would leave it that took the other side.
    here.write('plinth.snapshot.json', text.replace('"headline": "title"', '"headline": "headline"'))
    const refused = await here.command(['migrate', 'new'])
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining('has the column "title" in the migrations and "headline" now') as string,
    })
    rmSync(snapshot)
    expect(await here.done(['migrate', 'new'])).toContain('The models have not changed')
    expect(readFileSync(snapshot, 'utf8')).toBe(text)
  })

  it('adopts a database that was there before its migrations', async () => {
    using here = project(blog())
    await here.done(['database', '--apply'])
    const { id } = await withServer(here, url => post(`${url}/api/articles`, { title: 'There before' }))
    await here.done(['migrate', 'new'])
    const refused = await here.command(['migrate', 'up'])
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('plinth migrate up --adopt') as string })
    expect(await here.done(['migrate', 'up', '--adopt'])).toContain('is there already')
    here.write('schema.ts', schemaOf(`${firstArticle}, rating: field.integer().default(3)`))
    await here.done(['migrate', 'new'])
    await here.done(['migrate', 'up'])
    const row = await withServer(here, async url => (await fetch(`${url}/api/articles/${id}`)).json())
    expect(row).toEqual({ id, title: 'There before', summary: null, rating: 3 })
  })

  it('names no command that it would refuse, on a database that knows more than the folder', async () => {
    using here = project(blog())
    await here.done(['migrate', 'new'])
    here.write('schema.ts', schemaOf(`${firstArticle}, rating: field.integer().default(3)`))
    await here.done(['migrate', 'new', 'rating'])
    await here.done(['migrate', 'up'])
    rmSync(join(here.folder, 'migrations', migrationsOf(here).at(-1) ?? ''), { recursive: true })
    for (const command of ['status', 'check']) {
      const { code, output } = await here.command(['migrate', command])
      expect([code, output]).toEqual([
        1,
        expect.stringContaining('Next: take the version of the application') as string,
      ])
    }
    here.write('schema.ts', schemaOf(firstArticle))
    expect(await here.done(['migrate', 'status'])).not.toContain('Next')
  })

  it('runs code of the migration, and again in the second half', async () => {
    using here = project(blog())
    await here.done(['migrate', 'new'])
    await here.done(['migrate', 'up'])
    const { id } = await withServer(here, url => post(`${url}/api/articles`, { title: 'Five' }))
    here.write('schema.ts', schemaOf(`${firstArticle}, length: field.integer()`))
    await here.done(['migrate', 'new', 'length', '--data'])
    const last = migrationsOf(here).at(-1) ?? ''
    // Nothing counts as moved before somebody has written what is: later it could be moved by hand alone.
    expect((await here.command(['migrate', 'up'])).output).toContain('This migration moves no data yet')
    here.write(
      `migrations/${last}/data.ts`,
      `import type { DataStep } from 'plinth'
import { sql } from 'plinth/sql'

const run: DataStep = async ({ db }) => {
  await db.updateTable('article').set({ length: sql\`length(title)\` }).where('length', 'is', null).execute()
}
export default run
`
        .replace(`import { sql } from 'plinth/sql'\n`, '')
        .replace('sql`length(title)`', '(eb => eb.fn("length", ["title"])) as never'),
    )
    await here.done(['migrate', 'up'])
    // The old version goes on meanwhile.
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(join(here.folder, 'data/app.db'))
    database.exec(`insert into article (id, title) values ('00000000-0000-7000-8000-000000000000', 'sixsix')`)
    database.close()
    expect(await here.done(['migrate', 'up', '--contract'])).toContain('Run data.ts again')
    const rows = await withServer(here, async url =>
      (await fetch(`${url}/api/articles?sort=length&select=id,length`)).json(),
    )
    expect(rows).toMatchObject({ data: [{ id, length: 4 }, { length: 6 }] })
  })

  it('refuses what no version survives without --downtime, and what cannot be done at all', async () => {
    using here = project(blog(`number: field.integer().default(1), ${firstArticle}`))
    await here.done(['migrate', 'new'])
    await here.done(['migrate', 'up'])
    const { id } = await withServer(here, url => post(`${url}/api/articles`, { title: 'One', number: 12 }))
    here.write(
      'schema.ts',
      schemaOf(`number: field.decimal({ precision: 10, scale: 2 }).default('1'), ${firstArticle}`),
    )
    expect(await here.done(['migrate', 'new'])).toContain('No version may run meanwhile')
    // On SQLite the column looks the same, and 12 would be 0.12.
    expect((await here.command(['export', 'Article'])).output).toContain('would be misread before')
    expect(await here.done(['migrate', 'up'])).toMatch(/Next: stop every version .*: plinth migrate up --downtime/u)
    expect((await here.command(['migrate', 'status'])).output).toContain('Next: plinth migrate up --downtime, when no')
    expect((await here.command(['migrate', 'up', '--contract'])).output).toContain('plinth migrate up --downtime')
    // What was said is said again.
    const adopting = await here.command(['migrate', 'up', '--contract', '--adopt'])
    expect(adopting.output).toContain('plinth migrate up --downtime --adopt')
    await here.done(['migrate', 'up', '--downtime'])
    const row = await withServer(here, async url => (await fetch(`${url}/api/articles/${id}`)).json())
    expect(row).toMatchObject({ number: '12.00' })
    here.write('schema.ts', schemaOf(`number: field.datetime(), ${firstArticle}`))
    const impossible = await here.command(['migrate', 'new'])
    expect(impossible).toMatchObject({
      code: 1,
      output: expect.stringContaining('Article.number: what is stored cannot become "datetime"') as string,
    })
  })

  it('runs first halves of several migrations together, but not of one that changes what another one still has to finish', async () => {
    using here = project(blog())
    await here.done(['migrate', 'new'])
    await here.done(['migrate', 'up'])
    here.write('schema.ts', schemaOf(`title: field.text({ max: 200 })`))
    await here.done(['migrate', 'new', 'without-summary'])
    const tag = 'const Tag = model({ name: field.text() })'
    here.write('schema.ts', schemaOf(`title: field.text({ max: 200 })`, tag, 'User, Article, Tag'))
    await here.done(['migrate', 'new', 'tags'])
    here.write(
      'schema.ts',
      schemaOf(`title: field.text({ max: 200 }), rating: field.integer().optional()`, tag, 'User, Article, Tag'),
    )
    await here.done(['migrate', 'new', 'rating'])
    const output = await here.done(['migrate', 'up'])
    expect(output).toContain('Make the table "tag"')
    expect(output).not.toContain('Add the column "rating"')
    expect(output).toMatch(/\d+-rating waits: \d+-without-summary has to be finished before/u)
    expect((await here.command(['migrate', 'status'])).output).toMatch(
      /-rating {2}waits for one before it[\s\S]*Next: plinth migrate up --contract, when/u,
    )
    expect(await here.done(['migrate', 'up', '--contract'])).toMatch(
      /Drop the column "summary"[\s\S]*Add the column "rating"/u,
    )
    expect(await here.done(['migrate', 'check'])).toContain('belong together')
  })

  it('writes for another database what the older migrations lack too', async () => {
    using here = project(blog())
    await here.done(['migrate', 'new'])
    const output = await here.done(['migrate', 'new', '--database', 'sqlite,postgres,mariadb'])
    expect(output.match(/^wrote .*\.sql$/gmu)).toHaveLength(2)
    const files = filesOf(here)
    here.write('schema.ts', schemaOf(`${firstArticle}, rating: field.integer()`))
    expect((await here.command(['migrate', 'new', '--database', 'sqlite,mysql'])).code).toBe(1)
    expect(filesOf(here)).toEqual(files)
    expect(await here.command(['migrate', 'new', '--database', 'postgre'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('"postgres"') as string,
    })
  })

  it('writes for the databases of the last migration where DATABASE_URL is not set', async () => {
    using here = project(blog())
    await here.done(['migrate', 'new', '--database', 'postgres'])
    here.write('schema.ts', schemaOf(`${firstArticle}, rating: field.integer().optional()`))
    const output = await here.done(['migrate', 'new'])
    expect(output.match(/\w+\.sql$/gmu)).toEqual(['postgres.sql'])
    here.write(
      'schema.ts',
      schemaOf(`${firstArticle}, rating: field.integer().optional(), pages: field.integer().optional()`),
    )
    const named = await here.done(['migrate', 'new'], { DATABASE_URL: 'file:data/app.db' })
    expect(named.match(/\w+\.sql$/gmu)?.toSorted()).toEqual(['postgres.sql', ...Array<string>(3).fill('sqlite.sql')])
  })
})

/** What two developers share by their repository. */
function filesOf({ folder }: Project): Record<string, string> {
  const names = readdirSync(join(folder, 'migrations'), { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.\w+$/u.test(name),
  )
  const files = names.map(
    name => [`migrations/${name}`, readFileSync(join(folder, 'migrations', name), 'utf8')] as const,
  )
  return {
    ...Object.fromEntries(files),
    'plinth.snapshot.json': readFileSync(join(folder, 'plinth.snapshot.json'), 'utf8'),
  }
}
