/** The writing operations through the db: what they do, and what they refuse in which order. */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { openNewsroom } from '../fixtures/open-newsroom.ts'

const code = (value: string) => expect.objectContaining({ code: value })

describe('create', () => {
  test('defaults come from the caller, the clock and other fields; what comes back is what the caller may read', async () => {
    await using room = await openNewsroom()
    const article = await room.as(room.ann).Article.create({ title: 'Grün ist die Hoffnung' })
    expect(article).toMatchObject({
      title: 'Grün ist die Hoffnung',
      slug: expect.stringMatching(/^gr[a-z-]+hoffnung$/),
      state: 'draft',
      authorId: room.ann['id'],
      version: 1,
      createdAt: expect.any(Date),
      commentCount: 0,
      mine: true,
    })
    expect(article).not.toHaveProperty('rating')
  })

  test('a taken slug gets a number, a given slug stays as it is', async () => {
    await using room = await openNewsroom()
    const { Article } = room.as(room.ann)
    const titles = await Article.create([{ title: 'Twice' }, { title: 'Twice' }, { title: 'Once', slug: 'mine' }])
    expect(titles).toMatchObject([{ slug: 'twice' }, { slug: 'twice-2' }, { slug: 'mine' }])
    await expect(Article.create({ title: 'x', slug: 'mine' })).rejects.toThrow(code('writes.unique'))
  })

  test('nobody creates in the name of another, and an anonymous caller is asked to sign in before the body is looked at', async () => {
    await using room = await openNewsroom()
    const forged = { title: 'Forged', authorId: room.bob['id'] }
    await expect(room.as(room.ann).Article.create(forged)).rejects.toThrow(code('rules.row-closed'))
    await expect(room.as(null).Article.create({ nonsense: true })).rejects.toThrow(code('rules.sign-in-required'))
    expect(await room.system.Article.count()).toBe(0)
  })

  test('all mistakes of all rows come at once, with pointers', async () => {
    await using room = await openNewsroom()
    const rows = [{ title: '' }, { titel: 'x', version: 3 }]
    await expect(room.as(room.ann).Article.create(rows)).rejects.toMatchObject({
      code: 'values.invalid',
      errors: [
        { code: 'values.empty', pointer: '/0/title' },
        { code: 'values.unknown-field', pointer: '/1/titel', hint: 'Did you mean "title"?' },
        { code: 'values.read-only', pointer: '/1/version' },
        { code: 'values.required', pointer: '/1/title' },
      ],
    })
  })

  test('one statement inserts, however many rows', async () => {
    await using room = await openNewsroom()
    const count = async (rows: number): Promise<number> => {
      room.statements()
      await room.system.Tag.create(Array.from({ length: rows }, (_, index) => ({ name: `${rows}-${index}` })))
      return room.statements().length
    }
    const two = await count(2)
    expect(await count(500)).toBe(two)
  })

  test('a field rule closes a field to those who may write the row', async () => {
    await using room = await openNewsroom()
    const published = { title: 'Now', state: 'published' }
    await expect(room.as(room.ann).Article.create(published)).rejects.toThrow(code('rules.field-closed'))
    await expect(room.as(room.editor).Article.create(published)).resolves.toMatchObject({ state: 'published' })
  })
})

describe('nested writes', () => {
  test('create, connect and connectOrCreate in one body, in one transaction', async () => {
    await using room = await openNewsroom()
    const known = await room.system.Tag.create({ name: 'known' })
    const article = (await room.as(room.editor).Article.create({
      title: 'Nested',
      state: 'published',
      tags: {
        connect: [(known as { id: string }).id],
        connectOrCreate: [{ name: 'known' }, { name: 'fresh' }],
        create: [{ name: 'own' }],
      },
      comments: { create: [{ body: 'one' }, { body: 'two' }] },
    })) as { id: string }
    const read = await room.as(null).Article.get(article.id, {
      select: { tags: { select: { name: true }, sort: 'name' }, comments: { select: { body: true } } },
    })
    expect(read).toEqual({
      tags: [{ name: 'fresh' }, { name: 'known' }, { name: 'own' }],
      comments: [{ body: 'one' }, { body: 'two' }],
    })
  })

  test('a refusal in a nested row undoes the whole request', async () => {
    await using room = await openNewsroom()
    // A draft cannot be commented on, so the comment's create rule refuses.
    const body = { title: 'Draft', comments: { create: [{ body: 'early' }] }, tags: { create: [{ name: 'lost' }] } }
    await expect(room.as(room.ann).Article.create(body)).rejects.toThrow(code('rules.row-closed'))
    expect(await room.system.Article.count()).toBe(0)
    expect(await room.system.Tag.count()).toBe(0)
  })

  test('set replaces the links of a row, disconnect removes one', async () => {
    await using room = await openNewsroom()
    const { Article } = room.as(room.ann)
    const names = async (): Promise<unknown> => {
      const [row] = await Article.find({ select: { tags: { select: { name: true }, sort: 'name' } } })
      return row?.['tags']
    }
    const tags = [{ name: 'a' }, { name: 'b' }]
    const { id } = (await Article.create({ title: 'Links', tags: { connectOrCreate: tags } })) as { id: string }
    await Article.update(id, { tags: { setOrCreate: [{ name: 'b' }, { name: 'c' }] } })
    expect(await names()).toEqual([{ name: 'b' }, { name: 'c' }])
    await Article.update(id, { tags: { disconnect: [{ name: 'b' }] } })
    expect(await names()).toEqual([{ name: 'c' }])
    await Article.update(id, { tags: { set: [] } })
    expect(await names()).toEqual([])
  })

  test('connecting to a row that the caller may not read is answered like one that is not there', async () => {
    await using room = await openNewsroom()
    const draft = (await room.as(room.ann).Article.create({ title: 'Secret' })) as { id: string }
    const absent = '01900000-0000-7000-8000-00000000ffff'
    const attempt = (articleId: string) => room.as(room.bob).Comment.create({ body: 'hm', articleId })
    await expect(attempt(draft.id)).rejects.toThrow(code('writes.reference-missing'))
    await expect(attempt(absent)).rejects.toThrow(code('writes.reference-missing'))
  })
})

describe('update and delete', () => {
  test('the order of refusals: unreadable, not allowed, version, body', async () => {
    await using room = await openNewsroom()
    const draft = (await room.as(room.ann).Article.create({ title: 'Draft' })) as { id: string }
    const shown = (await room.as(room.editor).Article.create({ title: 'Shown', state: 'published' })) as { id: string }
    const wrong = { title: '' }
    const { Article } = room.as(room.bob)
    await expect(Article.update(draft.id, wrong)).rejects.toThrow(code('request.not-found'))
    await expect(Article.update(shown.id, wrong)).rejects.toThrow(code('rules.row-closed'))
    const own = room.as(room.ann).Article
    await expect(own.update(draft.id, wrong, { ifVersion: 9 })).rejects.toThrow(code('writes.version-changed'))
    await expect(own.update(draft.id, wrong, { ifVersion: 1 })).rejects.toThrow(code('values.invalid'))
    await expect(own.update(draft.id, { title: 'Better' }, { ifVersion: 1 })).resolves.toMatchObject({
      title: 'Better',
      slug: 'better',
      version: 2,
    })
  })

  test('an update rule holds for the row as it becomes, too', async () => {
    await using room = await openNewsroom()
    const shown = (await room.as(room.editor).Article.create({ title: 'Shown', state: 'published' })) as { id: string }
    const comment = (await room.as(room.ann).Comment.create({ body: 'mine', articleId: shown.id })) as { id: string }
    const stolen = room.as(room.ann).Comment.update(comment.id, { authorId: room.bob['id'] })
    await expect(stolen).rejects.toThrow(code('rules.row-closed'))
    expect(await room.system.Comment.get(comment.id)).toMatchObject({ authorId: room.ann['id'] })
  })

  test('an ordinary update is one statement, which also gives the row back', async () => {
    await using room = await openNewsroom()
    const { Tag } = room.system
    const { id } = (await Tag.create({ name: 'a' })) as { id: string }
    await Tag.update(id, { name: 'b' })
    room.statements()
    expect(await Tag.update(id, { name: 'c' })).toMatchObject({ id, name: 'c' })
    expect(room.statements().filter(command => /^(update|select)/i.test(command))).toHaveLength(1)
  })

  test('soft delete hides the row, restore brings it back for who may', async () => {
    await using room = await openNewsroom()
    const shown = (await room.as(room.editor).Article.create({ title: 'Shown', state: 'published' })) as { id: string }
    const comments = room.as(room.ann).Comment
    const { id } = (await comments.create({ body: 'mine', articleId: shown.id })) as { id: string }
    await comments.delete(id)
    await expect(comments.get(id)).rejects.toThrow(code('request.not-found'))
    await expect(comments.restore(id)).rejects.toThrow(code('rules.operation-closed'))
    const told: string[] = []
    room.engine.transactions.onCommit(({ changes }) => told.push(...changes.map(({ operation }) => operation)))
    await room.system.Comment.restore(id)
    // It is there already: nothing changes, and nobody is told of anything.
    await room.system.Comment.restore(id)
    expect(told).toEqual(['restore'])
    await expect(comments.get(id)).resolves.toMatchObject({ body: 'mine' })
  })

  test('bulk writes need a filter, touch only what the caller may, and say how many', async () => {
    await using room = await openNewsroom()
    const [annDb, editorDb] = [room.as(room.ann), room.as(room.editor)]
    await annDb.Article.create([{ title: 'one' }, { title: 'two' }])
    await editorDb.Article.create({ title: 'shown', state: 'published' })
    const required = code('request.filter-required')
    for (const where of [{}, { and: [] }, { not: {} }, { not: { or: [] } }, { or: [{ not: { and: [{}] } }] }]) {
      await expect(annDb.Article.updateMany({ where, changes: { title: 'x' } })).rejects.toThrow(required)
      await expect(annDb.Article.deleteMany({ where })).rejects.toThrow(required)
    }
    const all = { where: { title: { icontains: 'o' } } }
    expect(await annDb.Article.updateMany({ ...all, changes: { publishedAt: new Date(0) } })).toEqual({ count: 2 })
    expect(await annDb.Article.deleteMany(all)).toEqual({ count: 2 })
    expect(await room.system.Article.count()).toBe(1)
  })

  test('a slug follows its text in each of many rows, and stays where the text gives it already', async () => {
    await using room = await openNewsroom()
    const { Article } = room.as(room.ann)
    await Article.create([{ title: 'Same' }, { title: 'Two' }, { title: 'Three' }])
    const slugs = async () => (await Article.find({ sort: 'id' })).map(row => row['slug'])
    expect(await Article.updateMany({ where: { title: 'Two' }, changes: { title: 'Same' } })).toEqual({ count: 1 })
    expect(await slugs()).toEqual(['same', 'same-2', 'three'])
    expect(await Article.updateMany({ where: { version: { gte: 1 } }, changes: { title: 'Same' } })).toEqual({
      count: 3,
    })
    expect(await slugs()).toEqual(['same', 'same-2', 'same-3'])
    await Article.update({ slug: 'same-2' }, { title: 'Same' })
    expect(await slugs()).toEqual(['same', 'same-2', 'same-3'])
  })

  test('upsert creates, then updates, and answers like a conflict where the row is not readable', async () => {
    await using room = await openNewsroom()
    const upsert = (person: Readonly<Record<string, unknown>>) =>
      room.as(person).Article.upsert({
        on: ['slug'],
        create: { title: 'New', slug: 'one' },
        update: { title: 'Changed', slug: 'one' },
      })
    expect(await upsert(room.ann)).toMatchObject({ title: 'New', version: 1 })
    expect(await upsert(room.ann)).toMatchObject({ title: 'Changed', version: 2 })
    await expect(upsert(room.bob)).rejects.toThrow(code('writes.unique'))
  })
})

describe('rows of a filter, and several at once', () => {
  const schema = defineSchema(
    {
      Member: model({ name: field.text().key(), isHidden: field.boolean().default(false) }),
      Task: model({
        code: field.text().key().maskable(),
        label: field.text(),
        mark: field.text().unique().optional(),
        owner: field.belongsTo('Member').optional(),
      }),
      Step: model({ id: field.sequence(), label: field.text() }),
    },
    { caller: 'Member' },
  )
  const open = { create: everyone, update: everyone, delete: everyone }
  const rules = defineRules(schema, {
    Member: ({ row }) => ({ read: row.isHidden.is(false) }),
    Task: ({ row, user }) => ({ read: everyone, ...open, fields: { code: { read: row.owner.is(user.name) } } }),
    Step: () => ({ read: everyone, ...open }),
  })
  const app = createApp({ schema, rules })

  test('are written also where their key is not shown to who may write them', async () => {
    await using tested = await createTestApp(app)
    await tested.db.Task.create([
      { code: 'a', label: 'x' },
      { code: 'b', label: 'x', mark: 'm' },
    ])
    const caller = tested.asAnonymous()
    expect((await caller.get('/api/tasks?select=code')).body.data).toEqual([{ code: null }, { code: null }])
    expect((await caller.patch('/api/tasks?label=x', { label: 'y' })).body).toEqual({ count: 2 })
    expect(await caller.db.Task.update({ mark: 'm' }, { label: 'z' })).toMatchObject({ code: null, label: 'z' })
    expect((await caller.delete('/api/tasks?label=y')).body).toEqual({ count: 1 })
    expect(await tested.db.Task.find()).toMatchObject([{ code: 'b', label: 'z' }])
  })

  test('a reference to what is not shown answers as one to what is not there', async () => {
    await using tested = await createTestApp(app)
    await tested.db.Member.create({ name: 'gone', isHidden: true })
    await tested.db.Task.create({ code: 'a', label: 'x' })
    const caller = tested.asAnonymous()
    const told = async (ownerName: string) => {
      const { status, body } = await caller.patch('/api/tasks?label=x', { ownerName })
      return [status, body.code, body.errors]
    }
    const missing = await told('gone')
    expect(missing).toMatchObject([409, 'writes.reference-missing', [{ pointer: '/ownerName' }]])
    expect(await told('nobody')).toEqual(missing)
  })

  test('all may lose what is unique, and none is given the same', async () => {
    await using tested = await createTestApp(app)
    await tested.db.Task.create([
      { code: 'a', label: 'x', mark: '1' },
      { code: 'b', label: 'x', mark: '2' },
    ])
    const caller = tested.asAnonymous()
    expect(await caller.patch('/api/tasks?label=x', { mark: '3' })).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'values.unique-in-bulk', pointer: '/mark' }] },
    })
    expect((await caller.patch('/api/tasks?label=x', { mark: null })).body).toEqual({ count: 2 })
    expect(await tested.db.Task.count({ where: { mark: { isNull: true } } })).toBe(2)
  })

  test('a number that is counted up is given to all of them or to none', async () => {
    await using tested = await createTestApp(app)
    const given = [{ id: 7, label: 'a' }, { label: 'b' }]
    await expect(tested.db.Step.create(given)).rejects.toMatchObject({
      code: 'values.invalid',
      errors: [{ code: 'values.required', pointer: '/1/id' }],
    })
    expect(await tested.db.Step.count()).toBe(0)
  })
})
