// plinth dev as a process: from an empty folder, over changes and mistakes, to the end.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { project, shop } from './project.ts'

const changed = (file: string, from: string, to: string): string => {
  const text = shop[file] ?? ''
  expect(text).toContain(from)
  return text.replace(from, to)
}

interface Answered {
  readonly status: number
  readonly text: string
}

async function ask(url: string, body?: unknown): Promise<Answered> {
  const response = await fetch(url, {
    headers: { connection: 'close', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

/** The status for whoever calls the server `host`. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host, connection: 'close' } }, response => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
}

describe('plinth dev', { timeout: 60_000 }, () => {
  it('serves a folder that has nothing but the application', async () => {
    using here = project()
    const dev = here.run(['dev'])
    const url = await dev.url()
    expect(await ask(`${url}/api/articles`, { title: 'First' })).toMatchObject({ status: 201 })
    expect(JSON.parse((await ask(`${url}/api/articles`)).text)).toMatchObject({ data: [{ title: 'First' }] })

    // Each request is shown with what it did, in the terminal and at an address.
    await dev.printed(/POST \/api\/articles 201 in [\d.]+ ms.*\n.*\n? *[\d.]+ ms {2}sql/)
    const recent = await ask(`${url}/dev/requests`)
    expect(recent.text).toMatch(/GET \/api\/articles 200 .*\n *[\d.]+ ms {2}.*select/s)
    // A page elsewhere whose name was made to lead here sees nothing of it.
    expect(await statusFor(`${url}/dev/requests`, 'localhost:1')).toBe(200)
    expect(await statusFor(`${url}/dev/requests`, 'elsewhere.example')).toBe(404)

    expect(existsSync(join(here.folder, 'data/app.db'))).toBe(true)
    expect(JSON.parse(readFileSync(join(here.folder, 'plinth.snapshot.json'), 'utf8'))).toMatchObject({ format: 1 })
    expect(readFileSync(join(here.folder, '.plinth/.gitignore'), 'utf8')).toBe('*\n')

    dev.child.kill('SIGINT')
    expect(await dev.exit).toBe(0)
    // Nothing is left of it: the write-ahead log has been taken in, and nobody listens.
    expect(readdirSync(join(here.folder, 'data'))).toEqual(['app.db'])
    await expect(ask(`${url}/health/live`)).rejects.toThrow('fetch failed')
  })

  it('starts again on a change, and no request is refused meanwhile', async () => {
    using here = project()
    const dev = here.run(['dev'])
    const url = await dev.url()
    let going = true
    const statuses: number[] = []
    const asking = (async () => {
      while (going) statuses.push((await ask(`${url}/api/articles`)).status)
    })()
    here.write(
      'app.ts',
      changed('app.ts', "name: 'Shop'", "name: 'Shop', api: { prefix: '/v2' }, limits: { defaultPage: 1 }"),
    )
    await dev.printed(/app\.ts changed: starting again/)
    expect(await dev.url()).toBe(url)
    expect((await ask(`${url}/v2/articles`)).status).toBe(200)
    going = false
    await asking
    expect(new Set(statuses)).toEqual(new Set([200, 404]))
    dev.child.kill('SIGTERM')
    expect(await dev.exit).toBe(0)
  })

  it('starts again for what the application is made of, and for nothing else', async () => {
    using here = project()
    using shared = project({ 'greeting.ts': "export const greeting = 'Hello'" })
    here.write('build/lazy.ts', "export const lazy = 'first'")
    here.write(
      'slow.ts',
      `import type { IncomingMessage, ServerResponse } from 'node:http'
import { greeting } from '${shared.folder}/greeting.ts'

export async function slow(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { lazy } = await import('./build/lazy.ts')
  response.end(\`\${greeting}, \${lazy}\`)
}
`,
    )
    const dev = here.run(['dev'])
    const url = await dev.url()
    here.write('app.test.ts', 'throw new Error()')
    here.write('scripts/once.ts', 'throw new Error()')
    here.write('package.json', '{ "name": "shop", "private": true, "type": "module", "version": "1.0.1" }')
    expect((await ask(`${url}/slow/1`)).text).toBe('Hello, first')
    // What was imported by a request only, what lies elsewhere, and what lies where code is built as a rule, is part of it too.
    here.write('build/lazy.ts', "export const lazy = 'second'")
    await dev.printed(/\nbuild\/lazy\.ts changed: starting again[^]*Ready at/)
    expect((await ask(`${url}/slow/1`)).text).toBe('Hello, second')
    shared.write('greeting.ts', "export const greeting = 'Good day'")
    await dev.printed(/greeting\.ts changed: starting again[^]*Ready at/)
    expect((await ask(`${url}/slow/1`)).text).toBe('Good day, second')
    here.write('.env', 'PLINTH_LOG=off')
    await dev.printed(/\n\.env changed: starting again[^]*Ready at/)
    expect(dev.output()).not.toMatch(/app\.test\.ts|once\.ts|package\.json/)
    dev.child.kill('SIGTERM')
    expect(await dev.exit).toBe(0)
  })

  it('follows the files of a folder that has taken the place of another one', async () => {
    using here = project()
    here.write('made/deep/word.ts', "export const word = 'first'")
    here.write(
      'slow.ts',
      `import type { IncomingMessage, ServerResponse } from 'node:http'
import { word } from './made/deep/word.ts'

export const slow = (_request: IncomingMessage, response: ServerResponse): unknown => response.end(word)
`,
    )
    const dev = here.run(['dev'])
    const url = await dev.url()
    // As tools do that write code.
    here.write('made.new/deep/word.ts', "export const word = 'second'")
    renameSync(join(here.folder, 'made'), join(here.folder, 'made.old'))
    renameSync(join(here.folder, 'made.new'), join(here.folder, 'made'))
    rmSync(join(here.folder, 'made.old'), { recursive: true })
    await dev.printed(/changed: starting again[^]*Ready at/)
    expect((await ask(`${url}/slow/1`)).text).toBe('second')
    here.write('made/deep/word.ts', "export const word = 'third'")
    await dev.printed(/\nmade\/deep\/word\.ts changed: starting again[^]*Ready at/)
    expect((await ask(`${url}/slow/1`)).text).toBe('third')
    dev.child.kill('SIGTERM')
    expect(await dev.exit).toBe(0)
  })

  it('tells what a version did to the database that never got to serve', async () => {
    using here = project()
    const dev = here.run(['dev'])
    await dev.url()
    const schema = changed('schema.ts', 'name: field.text(),', 'name: field.text(), nick: field.text().optional(),')
    here.write('schema.ts', schema)
    here.write(
      'app.ts',
      changed(
        'app.ts',
        "name: 'Shop'",
        "name: 'Shop', extensions: [{ name: 'stuck', start: () => new Promise(() => {}) }]",
      ),
    )
    const columns = (): unknown => {
      using database = new DatabaseSync(join(here.folder, 'data/app.db'), { readOnly: true })
      return database.prepare("select count(*) as n from pragma_table_info('user') where name = 'nick'").get()
    }
    await expect.poll(columns, { timeout: 20_000 }).toEqual({ n: 1 })
    here.write('app.ts', shop['app.ts'] ?? '')
    await dev.printed(/Ready at[^]*Applied to the database: the column "nick" of User\.nick was missing/)
    dev.child.kill('SIGTERM')
    expect(await dev.exit).toBe(0)
  })

  it('shows what is wrong where a developer looks, and goes on when it is right again', async () => {
    using here = project()
    const dev = here.run(['dev'])
    const url = await dev.url()
    here.write('rules.ts', changed('rules.ts', 'anyOf(row.state', 'user.isSignedIn && anyOf(row.state'))
    await dev.printed(/Waiting for a change/)
    const broken = await ask(`${url}/api/articles`)
    expect(broken.status).toBe(503)
    expect(broken.text).toContain('user.isSignedIn')
    expect(broken.text).toMatch(/rules\.ts:\d+:\d+/)

    here.write('rules.ts', 'export const rules = {')
    await dev.printed(/Waiting for a change/)
    expect((await ask(`${url}/api/articles`)).text).toMatch(/rules\.ts/)

    here.write('rules.ts', 'export const rules = process.exit(7)')
    await dev.printed(/The application ended with code 7\.\nWaiting for a change/)

    here.write('rules.ts', "export { rules } from './inside/rules.ts'")
    await dev.printed(/Waiting for a change/)
    // A folder that comes whole, as another branch or an archive brings it.
    here.write('data/inside/rules.ts', (shop['rules.ts'] ?? '').replace('./schema.ts', '../schema.ts'))
    renameSync(join(here.folder, 'data/inside'), join(here.folder, 'inside'))
    expect(await dev.url()).toBe(url)
    expect((await ask(`${url}/api/articles`)).status).toBe(200)
    dev.child.kill('SIGTERM')
    expect(await dev.exit).toBe(0)
  })

  it('adds to the database, keeps the column of a field that was renamed, and leaves what is gone', async () => {
    using here = project()
    const dev = here.run(['dev'])
    const url = await dev.url()
    await ask(`${url}/api/articles`, { title: 'Kept' })

    here.write(
      'schema.ts',
      changed(
        'schema.ts',
        'title: field.text({ min: 1, max: 200 })',
        "headline: field.text({ min: 1, max: 200 }).renamedFrom('title'), subtitle: field.text().optional()",
      ),
    )
    await dev.printed(/starting again/)
    await dev.printed(/Applied to the database: .*subtitle/)
    expect(JSON.parse((await ask(`${url}/api/articles`)).text)).toMatchObject({
      data: [{ headline: 'Kept', subtitle: null }],
    })

    // The snapshot remembers where the field came from; the field that is gone is told of, not dropped.
    here.write(
      'schema.ts',
      changed('schema.ts', 'title: field.text({ min: 1, max: 200 })', 'headline: field.text({ min: 1, max: 200 })'),
    )
    await dev.printed(/Article\.subtitle is gone; its column stays\..*alter table "article" drop column "subtitle"/)
    expect(JSON.parse((await ask(`${url}/api/articles`)).text)).toMatchObject({ data: [{ headline: 'Kept' }] })
    dev.child.kill('SIGTERM')
    expect(await dev.exit).toBe(0)

    using database = new DatabaseSync(join(here.folder, 'data/app.db'))
    const columns = database
      .prepare("select name from pragma_table_info('article')")
      .all()
      .map(row => row['name'])
    expect(columns).toEqual(expect.arrayContaining(['title', 'subtitle']))
    expect(columns).not.toContain('headline')
  })

  it('keeps table and links of a model that was renamed, also when that is said afterwards', async () => {
    using here = project()
    const dev = here.run(['dev'])
    const url = await dev.url()
    const withTags = changed(
      'schema.ts',
      "author: field.belongsTo('User').optional(),",
      "author: field.belongsTo('User').optional(), tags: field.manyToMany('Tag'),",
    ).replaceAll('{ User, Article }', '{ User, Article, Tag: model({ word: field.text() }) }')
    const rules = `${shop['rules.ts']}`.replace(
      'User: () =>',
      'Tag: () => ({ read: everyone, create: everyone }),\n  User: () =>',
    )
    here.write('schema.ts', withTags)
    here.write('rules.ts', rules)
    await dev.printed(/Applied to the database: .*"article_tags"/)
    const tag = JSON.parse((await ask(`${url}/api/tags`, { word: 'Sea' })).text)
    await ask(`${url}/api/articles`, { title: 'Kept', tags: { connect: [tag.id] } })

    // Nothing says what the new model was called: it gets a table of its own, and the old one is told of.
    const renamed = (options: string): string =>
      withTags.replaceAll('Article', 'Post').replace('{ timestamps: true },', `{ timestamps: true${options} },`)
    here.write('rules.ts', rules.replace('Article:', 'Post:'))
    here.write('schema.ts', renamed(''))
    await dev.printed(
      /The model Article is gone; its table "article" stays\. If it is called Post now, write renamedFrom: 'Article'/,
    )
    expect(JSON.parse((await ask(`${url}/api/posts`)).text)).toMatchObject({ data: [] })

    here.write('schema.ts', renamed(", renamedFrom: 'Article'"))
    await dev.printed(/Post has the table "article" now; the table "post" stays/)
    const found = async (): Promise<unknown> => JSON.parse((await ask(`${url}/api/posts?select=title,tags(word)`)).text)
    expect(await found()).toMatchObject({ data: [{ title: 'Kept', tags: [{ word: 'Sea' }] }] })

    // The snapshot remembers.
    here.write('schema.ts', renamed(', version: true'))
    await dev.printed(/Applied to the database: .*"version" of Post\.version/)
    expect(await found()).toMatchObject({ data: [{ title: 'Kept', tags: [{ word: 'Sea' }] }] })
    expect(JSON.parse(readFileSync(join(here.folder, 'plinth.snapshot.json'), 'utf8'))).toMatchObject({
      models: { Post: { table: 'article' }, Post_tags: { table: 'article_tags', columns: { postId: 'article_id' } } },
    })

    // A former name that nothing had stops it.
    here.write('schema.ts', renamed(", version: true, renamedFrom: 'Artikle'").replaceAll('Post', 'Note'))
    here.write('rules.ts', rules.replace('Article:', 'Note:'))
    await dev.printed(
      /Note says that it was called "Artikle", and the snapshot has no such model[^]*Waiting for a change/,
    )
    here.write('rules.ts', rules.replace('Article:', 'Post:'))
    here.write('schema.ts', renamed(', version: true'))
    await dev.url()
    expect(await found()).toMatchObject({ data: [{ title: 'Kept' }] })
    dev.child.kill('SIGTERM')
    expect(await dev.exit).toBe(0)
  })

  it('adds what loses nothing to tables with and without rows; a model that cannot fit says so, and the others go on', async () => {
    using here = project()
    const dev = here.run(['dev'])
    const url = await dev.url()
    await ask(`${url}/api/articles`, { title: 'Same' })
    await ask(`${url}/api/articles`, { title: 'Same' })

    // Nobody is a user yet, so users can be asked for anything; articles get a version, and keep the moments that they have.
    const users = changed(
      'schema.ts',
      'name: field.text(),',
      'name: field.text(), email: field.email().unique(),',
    ).replace(
      ", role: field.enum(['member', 'editor']).default('member').readOnly() })",
      ", role: field.integer().default(1), boss: field.belongsTo('User') }, { timestamps: true, version: true })",
    )
    here.write(
      'schema.ts',
      users.replace(
        '{ timestamps: true },\n)\nexport const schema',
        '{ timestamps: true, version: true },\n)\nexport const schema',
      ),
    )
    await dev.printed(/Applied to the database: the column "email" of User\.email was missing\.\n/)
    await dev.printed(/Applied to the database: and \d+ more\./)
    expect(JSON.parse((await ask(`${url}/api/articles?select=title,version`)).text)).toMatchObject({
      data: [
        { title: 'Same', version: 1 },
        { title: 'Same', version: 1 },
      ],
    })
    expect((await ask(`${url}/api/users`)).status).toBe(200)

    // No honest value, and rows that stand against a unique: told in the terminal and in each answer.
    here.write(
      'schema.ts',
      users
        .replace(
          'title: field.text({ min: 1, max: 200 }),',
          'title: field.text({ min: 1, max: 200 }).unique(), kind: field.text(),',
        )
        .replace('boss:', "nick: field.text().optional(), articles: field.hasMany('Article', 'author'), boss:"),
    )
    await dev.printed(
      /The database differs: The column "kind" of Article\.kind is missing\. Rows that are there have no value for it/,
    )
    await dev.printed(
      /The unique index "article_title_unique" of Article is missing\. It could not be made: UNIQUE constraint failed/,
    )
    await dev.printed(/what touches Article is refused \(store\.model-unfit\)/)
    for (const body of [undefined, { title: 'New', kind: 'essay' }]) {
      const refused = await ask(`${url}/api/articles`, body)
      expect(refused.status).toBe(503)
      expect(JSON.parse(refused.text)).toMatchObject({
        code: 'store.model-unfit',
        detail: expect.stringContaining('The column "kind" of Article.kind is missing.'),
        hint: expect.stringContaining('plinth database'),
      })
    }
    // What the others lack was made although it could not be made together with that.
    expect(await ask(`${url}/api/users?select=nick`)).toMatchObject({ status: 200 })
    expect(await ask(`${url}/api/users?select=nick,articles(title)`)).toMatchObject({ status: 503 })

    here.write('schema.ts', users)
    await dev.printed(/starting again[^]*Ready at/)
    expect(JSON.parse((await ask(`${url}/api/articles`)).text)).toMatchObject({
      data: [{ title: 'Same' }, { title: 'Same' }],
    })
    dev.child.kill('SIGTERM')
    expect(await dev.exit).toBe(0)
  })

  it('takes its application with it when it is killed', async () => {
    using here = project()
    const dev = here.run(['dev'])
    await dev.url()
    expect(readdirSync(join(here.folder, 'data'))).toContain('app.db-wal')
    dev.child.kill('SIGKILL')
    await dev.exit
    // It has stopped in order: the write-ahead log is gone.
    await expect.poll(() => readdirSync(join(here.folder, 'data')), { timeout: 10_000 }).toEqual(['app.db'])
  })
})
