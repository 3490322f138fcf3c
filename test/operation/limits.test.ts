/** Limits bound what a request asks for and what it is answered with, by writes as by reads; not what Plinth itself looks up for it. */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'

const Post = model(
  {
    title: field.text(),
    notes: field.hasMany('Note', 'post'),
    tags: field.manyToMany('Tag'),
    readers: field.manyToMany('Person'),
  },
  { softDelete: true },
)
const Note = model({ text: field.text(), post: field.belongsTo('Post', { onDelete: 'cascade' }) }, { softDelete: true })
/** Its key has two parts. */
const Tag = model({ kind: field.text({ max: 40 }), word: field.text({ max: 40 }) }, { key: ['kind', 'word'] })
const Person = model({ email: field.email().unique({ ignoreCase: true }) })
const schema = defineSchema({ Post, Note, Tag, Person })
const open = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, { Post: () => open, Note: () => open, Tag: () => open, Person: () => open })
const limits = { conditions: 10, responseBytes: 4000, maximumRows: 100, listLength: 20 }
const app = createApp({ schema, rules, limits })

describe.each(serverFamilies)('on %s', engine => {
  async function start() {
    const database = await emptyDatabase(engine)
    const plinth = await createTestApp(app, { store: database.store() })
    return {
      ...{ plinth, anyone: plinth.asAnonymous() },
      async [Symbol.asyncDispose]() {
        await plinth[Symbol.asyncDispose]()
        await database[Symbol.asyncDispose]()
      },
    }
  }

  test('a write whose answer is too large is refused, and nothing is written', async context => {
    needsEngine(context, engine)
    await using started = await start()
    const { plinth, anyone } = started
    const post = await plinth.db.Post.create({ title: 'long' })
    for (let part = 0; part < 5; part++) await plinth.db.Note.create({ postId: post.id, text: 'x'.repeat(900) })
    const tooLarge = { status: 422, body: { code: 'store.response-too-large' } }
    expect(await anyone.get(`/api/posts/${post.id}?include=notes`)).toMatchObject(tooLarge)
    expect(await anyone.patch(`/api/posts/${post.id}?include=notes`, { title: 'new' })).toMatchObject(tooLarge)
    expect(await plinth.db.Post.get(post.id)).toMatchObject({ title: 'long' })
    expect(await anyone.patch(`/api/posts/${post.id}`, { title: 'new' })).toMatchObject({ status: 200 })
    const rows = Array.from({ length: 5 }, () => ({ title: 'y'.repeat(900) }))
    expect(await anyone.post('/api/posts', rows)).toMatchObject(tooLarge)
    expect(await plinth.db.Post.count()).toBe(1)
  })

  test('written rows and the rows within each multiply to what a page may have', async context => {
    needsEngine(context, engine)
    await using started = await start()
    const { plinth, anyone } = started
    const rows = Array.from({ length: 6 }, () => ({ title: 'a' }))
    const tooMany = { status: 400, body: { code: 'request.page-too-large' } }
    expect(await anyone.post('/api/posts?include=notes', rows)).toMatchObject(tooMany)
    expect(await plinth.db.Post.count()).toBe(0)
    expect(await anyone.post('/api/posts?include=notes', rows.slice(1))).toMatchObject({ status: 201 })
    const [first] = await plinth.db.Post.find()
    expect(await anyone.patch(`/api/posts/${first!.id}?include=notes`, { title: 'b' })).toMatchObject({ status: 200 })
  })

  test('rows are connected by a key of two parts, however many', async context => {
    needsEngine(context, engine)
    await using started = await start()
    const { plinth, anyone } = started
    const tags = Array.from({ length: 25 }, (_, number) => ({ kind: 'k', word: `w${number}` }))
    await plinth.db.Tag.create(tags)
    const post = await plinth.db.Post.create({ title: 'tagged' })
    const path = `/api/posts/${post.id}?select=id`
    expect(await anyone.patch(path, { tags: { connect: tags } })).toMatchObject({ status: 200 })
    const found = await plinth.db.Post.get(post.id, { select: { tags: { limit: 100 } } })
    expect(found.tags).toHaveLength(25)
    const unknown = { kind: 'k', word: 'none' }
    expect(await anyone.patch(path, { tags: { connect: [...tags, unknown] } })).toMatchObject({
      status: 409,
      body: { code: 'writes.reference-missing' },
    })
    expect(await anyone.patch(path, { tags: { disconnect: tags.slice(1) } })).toMatchObject({ status: 200 })
    expect((await plinth.db.Post.get(post.id, { select: { tags: true } })).tags).toMatchObject(tags.slice(0, 1))
  })

  test('rows are named in another letter case, however many', async context => {
    needsEngine(context, engine)
    await using started = await start()
    const { plinth, anyone } = started
    const people = Array.from({ length: 12 }, (_, number) => ({ email: `Person${number}@example.com` }))
    await plinth.db.Person.create(people)
    const post = await plinth.db.Post.create({ title: 'read by all' })
    const readers = people.map(({ email }) => ({ email: email.toUpperCase() }))
    const path = `/api/posts/${post.id}?select=id`
    expect(await anyone.patch(path, { readers: { connect: readers } })).toMatchObject({ status: 200 })
    expect((await plinth.db.Post.get(post.id, { select: { readers: true } })).readers).toHaveLength(12)
  })

  test('a row takes all rows with it that depend on it, however many', async context => {
    needsEngine(context, engine)
    await using started = await start()
    const { plinth, anyone } = started
    const post = await plinth.db.Post.create({ title: 'noted' })
    const notes = Array.from({ length: 30 }, () => ({ postId: post.id, text: 'n' }))
    await plinth.db.Note.create(notes, { select: { id: true } })
    const more = Array.from({ length: 90 }, () => ({ postId: post.id, text: 'n' }))
    for (let start = 0; start < more.length; start += 30)
      await plinth.db.Note.create(more.slice(start, start + 30), { select: { id: true } })
    expect(await anyone.delete(`/api/posts/${post.id}`)).toMatchObject({ status: 204 })
    expect(await plinth.db.Note.count()).toBe(0)
  })
})
