/** Writes by a filter whose rows others change meanwhile: rows that do not fit any more stay as those have left them (semantics 3, 30). */
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test, type TestContext } from 'vitest'
import { action, createApp, type Db, defineHooks, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { freshDatabase, needs } from '../services/index.ts'
import { type Engine, engines } from './engine.ts'
import { gate } from './gate.ts'

const fields = {
  name: field.text({ max: 50 }),
  state: field.text({ max: 20 }).default('draft'),
  note: field.text({ max: 20 }).optional(),
}
const schema = defineSchema({
  Plain: model({ ...fields }),
  Hooked: model({ ...fields }),
  Ruled: model({ ...fields }),
  Kept: model({ name: field.text({ max: 20 }), box: field.belongsTo('Box') }, { softDelete: true, plural: 'kept' }),
  Box: model({ open: field.boolean(), things: field.hasMany('Thing', 'box') }),
  Thing: model({ ...fields, box: field.belongsTo('Box') }),
  Post: model(
    { title: field.text({ max: 20 }).unique(), comments: field.hasMany('Comment', 'post') },
    { softDelete: true },
  ),
  Comment: model(
    { text: field.text({ max: 20 }), post: field.belongsTo('Post', { onDelete: 'cascade' }) },
    { softDelete: true },
  ),
})
const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, {
  Plain: () => all,
  Hooked: () => all,
  Ruled: ({ row }) => ({ ...all, update: row.state.is('draft') }),
  Kept: ({ row }) => ({ ...all, update: row.box.open.is(true), withDeleted: everyone }),
  Box: () => all,
  Post: () => ({ ...all, withDeleted: everyone }),
  Comment: () => all,
  Thing: ({ row }) => ({
    read: row.box.open.is(true),
    create: everyone,
    update: row.box.open.is(true),
    delete: row.box.open.is(true),
  }),
})

/** An application in which one transaction can be held before its commit, while others write. */
async function open(context: TestContext, engine: Engine, hooks = defineHooks(schema, {})) {
  needs(context, engine.name)
  await using opening = new AsyncDisposableStack()
  const database = opening.use(await freshDatabase(engine.name))
  const before = gate()
  let work: (db: Db<typeof schema>) => Promise<unknown> = () => Promise.resolve()
  const hold = action(schema, {
    allow: everyone,
    run: async ({ db }) => {
      await work(db)
      await before.pass()
    },
  })
  const app = createApp({ schema, rules, hooks, actions: { hold } })
  const tested = opening.use(await createTestApp(app, { store: engine.store(database.url) }))
  const client = tested.asAnonymous()
  const opened = opening.move()
  return {
    tested,
    client,
    /** Has everything done but its commit, and gives what commits it. */
    async held(all: typeof work): Promise<() => Promise<void>> {
      work = all
      const holding = client.post('/api/actions/hold')
      await before.arrived()
      return async () => {
        before.open()
        expect((await holding).status).toBe(204)
      }
    },
    /** Until so many wait in a statement like this. */
    async waiting(statement: RegExp, count: number): Promise<void> {
      const sessions = async () => (await engine.sessions(database.adminUrl)).filter(one => statement.test(one))
      await expect.poll(async () => (await sessions()).length).toBe(count)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

describe.each(engines)('on $name', { timeout: 60_000 }, engine => {
  test.for([
    ['a plain model', 'plains', 'state=draft', []],
    ['a model with hooks', 'hookeds', 'state=draft', ['before: two', 'after: two']],
    ['a model with a rule', 'ruleds', 'name[in]=one,two', []],
  ] as const)('rows of %s', async ([, path, filter, told], context) => {
    const seen: string[] = []
    const hooks = defineHooks(schema, {
      Hooked: {
        beforeUpdate: ({ previous }) => void seen.push(...previous.map(({ name }) => `before: ${name}`)),
        afterUpdate: ({ rows }) => void seen.push(...rows.map(({ name }) => `after: ${name}`)),
      },
    })
    await using opened = await open(context, engine, hooks)
    const { tested, client } = opened
    const ids: string[] = []
    for (const name of ['one', 'two']) ids.push((await client.post(`/api/${path}`, { name })).body.id)
    const commit = await opened.held(async db => {
      const system = db.asSystem('to hold a row')
      const models = { plains: system.Plain, hookeds: system.Hooked, ruleds: system.Ruled }
      await models[path].update(ids[0] ?? '', { state: 'published' })
      seen.length = 0
    })
    const bulk = client.patch(`/api/${path}?${filter}`, { note: 'touched' })
    await opened.waiting(/update/i, 1)
    await pause(50)
    await commit()
    expect((await bulk).body).toEqual({ count: 1 })
    expect((await client.get(`/api/${path}?sort=name&select=name,state,note`)).body.data).toEqual([
      { name: 'one', state: 'published', note: null },
      { name: 'two', state: 'draft', note: 'touched' },
    ])
    expect(seen).toEqual(told)
    expect(tested.failures).toEqual([])
  })

  test('rows that have a new parent, which the rule asks, are changed and deleted as ever', async context => {
    await using opened = await open(context, engine)
    const { tested, client } = opened
    const { id: boxId } = (await client.post('/api/boxes', { open: true })).body
    const names = ['patched', 'nested', 'deleted', 'patched by filter', 'deleted by filter']
    const ids: string[] = []
    for (const name of names) ids.push((await client.post('/api/things', { name, boxId })).body.id)
    const commit = await opened.held(async db => {
      const moved = await db.Thing.find({ select: { id: true } })
      await db.Box.create({ open: true, things: { connect: moved.map(({ id }) => id) } })
    })
    const writes = [
      client.patch(`/api/things/${ids[0]}`, { note: 'touched' }),
      client.patch(`/api/things/${ids[1]}`, { note: 'touched', box: { create: { open: true } } }),
      client.delete(`/api/things/${ids[2]}`),
      client.patch('/api/things?name=patched%20by%20filter', { note: 'touched' }),
      client.delete('/api/things?name=deleted%20by%20filter'),
    ]
    await opened.waiting(/^(update|delete|select).*thing/is, writes.length)
    await commit()
    const told = await Promise.all(writes)
    expect(told.map(({ status, body }) => [status, body?.count])).toEqual([
      [200, undefined],
      [200, undefined],
      [204, undefined],
      [200, 1],
      [200, 1],
    ])
    expect((await client.get('/api/things?sort=name&select=name,note')).body.data).toEqual(
      ['nested', 'patched', 'patched by filter'].map(name => ({ name, note: 'touched' })),
    )
    expect(tested.failures).toEqual([])
  })

  test('rows that are being deleted are not there for who connects or upserts them', async context => {
    await using opened = await open(context, engine)
    const { tested, client } = opened
    await client.post('/api/posts', { title: 'going' })
    const { id: boxId } = (await client.post('/api/boxes', { open: true })).body
    const { id } = (await client.post('/api/things', { name: 'going', boxId })).body
    const commit = await opened.held(async db => {
      await db.Post.deleteMany({ where: { title: { ne: 'nothing' } } })
      await db.Thing.deleteMany({ where: { name: { ne: 'nothing' } } })
    })
    const writes = [
      client.post('/api/posts?on=title', { title: 'going' }),
      client.post('/api/boxes', { open: true, things: { connect: [id] } }),
    ]
    await opened.waiting(/^(update|select).*(post|thing)/is, writes.length)
    await commit()
    const told = await Promise.all(writes)
    expect(told.map(({ status, body }) => [status, body.code ?? body.title])).toEqual([
      [201, 'going'],
      [409, 'writes.reference-missing'],
    ])
    expect(tested.failures).toEqual([])
  })

  test('a row is restored that has a new parent, which the rule asks', async context => {
    await using opened = await open(context, engine)
    const { tested, client } = opened
    const { id: boxId } = (await client.post('/api/boxes', { open: true })).body
    const { id } = (await client.post('/api/kept', { name: 'gone', boxId })).body
    await client.delete(`/api/kept/${id}`)
    const commit = await opened.held(async db => {
      const box = await db.Box.create({ open: true })
      await db.Kept.restore(id)
      await db.Kept.update(id, { boxId: box?.id ?? '' })
      await db.Kept.delete(id)
    })
    const restoring = client.post(`/api/kept/${id}/restore`)
    await opened.waiting(/^(update|select).*kept/is, 1)
    await commit()
    const restored = await restoring
    expect([restored.status, restored.body.deletedAt]).toEqual([200, null])
    expect((await client.get(`/api/kept/${id}`)).status).toBe(200)
    expect(tested.failures).toEqual([])
  })

  test('who refers to a row that is deleted and restored meanwhile finds it or does not', async context => {
    await using opened = await open(context, engine)
    const { tested, client } = opened
    const { id } = (await client.post('/api/posts', { title: 'to and fro' })).body
    const told = await Promise.all(
      Array.from({ length: 6 }, async (_, at) => {
        const seen: unknown[] = []
        for (let round = 0; round < 30; round++) {
          if (at === 0) await client.delete(`/api/posts/${id}`)
          else if (at === 1) await client.post(`/api/posts/${id}/restore`)
          else {
            const { status, body } = await client.post('/api/comments', { text: 'x', postId: id })
            seen.push(status === 201 ? status : body.code)
          }
        }
        return seen
      }),
    )
    const known = new Set<unknown>([201, 'writes.reference-missing'])
    expect(told.flat().filter(one => !known.has(one))).toEqual([])
    expect(tested.failures).toEqual([])
  })

  test('no row comes to one that is being deleted softly: it would stay behind', async context => {
    await using opened = await open(context, engine)
    const { tested, client } = opened
    const { id } = (await client.post('/api/posts', { title: 'going' })).body
    const commit = await opened.held(db => db.Post.delete(id))
    const comments = [
      client.post('/api/comments', { text: 'one', postId: id }),
      client.post('/api/comments', [
        { text: 'of two', postId: id },
        { text: 'the other', postId: id },
      ]),
      client.post('/api/comments', { text: 'connected', post: { connect: { id } } }),
    ]
    await opened.waiting(/^insert.*comment/is, comments.length)
    await commit()
    const told = await Promise.all(comments)
    expect(told.map(({ status, body }) => [status, body.code])).toEqual(
      comments.map(() => [409, 'writes.reference-missing']),
    )
    expect(await tested.db.Comment.count({})).toBe(0)
    expect(tested.failures).toEqual([])
  })
})
