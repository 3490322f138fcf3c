// Conduit against its specification, as a process that is asked over HTTP, on every engine; and what the specification does not ask.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createTestApp } from 'plinth/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { emptyDatabase, type EngineDatabase, engines, isThere, needsEngine } from '../../../test/fixtures/engines.ts'
import app from '../src/app.ts'
import { demoPassword, seed } from '../src/seed.ts'
import { countTokens, tokenLimit } from './count-tokens.ts'
import { type ServedApp, serveConduit } from './served-app.ts'
import { ownSuites, runSuiteFile, suiteFiles } from './suites.ts'

describe.each(engines)('as npm start runs it on %s', engine => {
  let database: EngineDatabase
  let served: ServedApp
  beforeAll(async () => {
    if (!isThere(engine)) return
    database = await emptyDatabase(engine)
    served = await serveConduit(database.url)
  })
  beforeEach(context => needsEngine(context, engine))
  afterAll(async () => {
    if (!isThere(engine)) return
    expect(await served.stop()).toBe(0)
    await database[Symbol.asyncDispose]()
  })

  test('it is worth looking at: people, articles, tags, comments and favourites are there', async () => {
    const read = async (path: string): Promise<Record<string, unknown[]>> =>
      (await (await fetch(`${served.origin}/api${path}`)).json()) as Record<string, unknown[]>
    const { articles, articlesCount } = await read('/articles?limit=100')
    expect(articlesCount).toBe(60)
    expect(new Set(articles?.map(article => (article as { author: { username: string } }).author.username)).size).toBe(
      10,
    )
    expect((await read('/tags'))['tags']).toContain('bread')
    const favorites = await read('/articles?favorited=mira')
    expect(favorites['articles']?.length).toBeGreaterThan(0)
    const { comments } = await read('/articles/pages-that-do-not-skip/comments')
    expect(comments?.length).toBeGreaterThan(0)
    const answer = await fetch(`${served.origin}/api/users/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: { email: 'mira@conduit.example', password: demoPassword } }),
    })
    expect(answer.status).toBe(200)
    expect(served.printed()).toContain('/generated')
    expect(served.printed()).toMatch(
      engine === 'sqlite' ? /Rows: \S+\.db \(SQLite\)/ : /Rows: \w+ at \S+:\d+ \((?:PostgreSQL|MariaDB or MySQL)\)/,
    )
  })

  test.each(suiteFiles(ownSuites).map(file => [basename(file), file]))('%s', async (_name, file) => {
    expect((await runSuiteFile(file, served.origin)).failures).toEqual([])
  })
})

describe('what it costs', () => {
  test('it has fewer than 4,000 tokens of own code', () => {
    const { files, sum } = countTokens()
    expect(Object.keys(files)).toContain('src/routes.ts')
    expect(sum).toBeGreaterThan(1000)
    expect(sum).toBeLessThan(tokenLimit)
  })

  test.for(engines)(
    'a list of articles is one statement, with tags, favourites, authors and the count in it, for whoever asks: %s',
    async (engine, context) => {
      needsEngine(context, engine)
      await using database = await emptyDatabase(engine)
      await using conduit = await createTestApp(app, { store: database.store() })
      await seed(conduit.db)
      const [mira] = await conduit.db.User.find({ where: { username: 'mira' } })
      for (const caller of [conduit.asAnonymous(), conduit.as(mira!)]) {
        const list = await caller.get('/api/articles?limit=20&offset=20')
        expect(list.body).toMatchObject({ articles: { length: 20 }, articlesCount: 60 })
        expect(list.statements).toHaveLength(1)
        const one = await caller.get('/api/articles/indexes-are-promises')
        expect(one.statements).toHaveLength(1)
        const comments = await caller.get('/api/articles/pages-that-do-not-skip/comments')
        expect(comments.statements).toHaveLength(1)
      }
      const feed = await conduit.as(mira!).get('/api/articles/feed')
      expect(feed.body).toMatchObject({ articles: { length: 18 }, articlesCount: 18 })
      expect(feed.statements).toHaveLength(1)
    },
  )
})

describe('the generated API beside it', () => {
  test.for(engines)(
    'has the same rules: e-mail addresses are for their owners, and nobody is made to follow: %s',
    async (engine, context) => {
      needsEngine(context, engine)
      await using database = await emptyDatabase(engine)
      await using conduit = await createTestApp(app, { store: database.store() })
      await seed(conduit.db)
      const [mira, jonas] = await conduit.db.User.find({
        where: { username: { in: ['mira', 'jonas'] } },
        sort: '-username',
      })
      const path = `/generated/users/${mira!.id}`
      const shown = { username: 'mira', email: null }
      expect((await conduit.asAnonymous().get(`${path}?select=username,email`)).body).toEqual(shown)
      expect((await conduit.asAnonymous().get(path)).body).toMatchObject(shown)
      expect((await conduit.as(jonas!).get(`${path}?select=username,email`)).body).toEqual(shown)
      const own = await conduit.as(mira!).get(`${path}?select=username,email`)
      expect(own.body).toEqual({ username: 'mira', email: 'mira@conduit.example' })

      const forced = await conduit.as(mira!).patch(path, { followers: { connect: jonas!.id } })
      expect(forced.status).toBe(403)
      const [article] = await conduit.db.Article.find({ where: { authorId: mira!.id }, limit: 1 })
      const liked = await conduit
        .as(mira!)
        .patch(`/generated/articles/${article!.id}`, { favoritedBy: { connect: jonas!.id } })
      expect(liked.status).toBe(403)
      for (const name of ['passwordHash', 'password']) {
        const asked = await conduit.as(mira!).get(`${path}?select=${name}`)
        expect(asked.status).toBeGreaterThanOrEqual(400)
        expect(asked.text).not.toContain('argon2')
      }
    },
  )
})

test('the README shows how each part is begun', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  expect(readme).toContain('npm start')
  expect(readme).toContain(demoPassword)
})
