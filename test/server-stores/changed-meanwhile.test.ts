/** Writes by a filter whose rows others change meanwhile: rows that do not fit any more stay as those have left them (semantics 3, 30). */
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { action, createApp, defineHooks, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { freshDatabase, needs } from '../services/index.ts'
import { engines } from './engine.ts'

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

describe.each(engines)('on $name', { timeout: 60_000 }, engine => {
  test.for([
    ['a plain model', 'plains', 'state=draft', []],
    ['a model with hooks', 'hookeds', 'state=draft', ['before: two', 'after: two']],
    ['a model with a rule', 'ruleds', 'name[in]=one,two', []],
  ] as const)('rows of %s', async ([, path, filter, told], context) => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const gate = { arrived: Promise.withResolvers<void>(), opened: Promise.withResolvers<void>() }
    const seen: string[] = []
    const hold = action(schema, {
      input: { path: field.enum(['plains', 'hookeds', 'ruleds']), id: field.text() },
      allow: everyone,
      run: async ({ db, input: { path: where, id } }) => {
        const system = db.asSystem('to hold a row')
        const held = { plains: system.Plain, hookeds: system.Hooked, ruleds: system.Ruled }
        await held[where].update(id, { state: 'published' })
        seen.length = 0
        gate.arrived.resolve()
        await gate.opened.promise
      },
    })
    const hooks = defineHooks(schema, {
      Hooked: {
        beforeUpdate: ({ previous }) => void seen.push(...previous.map(({ name }) => `before: ${name}`)),
        afterUpdate: ({ rows }) => void seen.push(...rows.map(({ name }) => `after: ${name}`)),
      },
    })
    const app = createApp({ schema, rules, hooks, actions: { hold } })
    await using tested = await createTestApp(app, { store: engine.store(database.url) })
    const client = tested.asAnonymous()
    const ids: string[] = []
    for (const name of ['one', 'two']) ids.push((await client.post(`/api/${path}`, { name })).body.id)
    const holding = client.post('/api/actions/hold', { path, id: ids[0] })
    await gate.arrived.promise
    const bulk = client.patch(`/api/${path}?${filter}`, { note: 'touched' })
    await expect
      .poll(async () => (await engine.sessions(database.adminUrl)).filter(session => /update/i.test(session)).length)
      .toBeGreaterThan(0)
    await pause(50)
    gate.opened.resolve()
    expect((await holding).status).toBe(204)
    expect((await bulk).body).toEqual({ count: 1 })
    expect((await client.get(`/api/${path}?sort=name&select=name,state,note`)).body.data).toEqual([
      { name: 'one', state: 'published', note: null },
      { name: 'two', state: 'draft', note: 'touched' },
    ])
    expect(seen).toEqual(told)
    expect(tested.failures).toEqual([])
  })

  test('rows that have a new parent, which the rule asks, are changed and deleted as ever', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const gate = { arrived: Promise.withResolvers<void>(), opened: Promise.withResolvers<void>() }
    const move = action(schema, {
      input: {},
      allow: everyone,
      run: async ({ db }) => {
        const moved = await db.Thing.find({ select: { id: true } })
        await db.Box.create({ open: true, things: { connect: moved.map(({ id }) => id) } })
        gate.arrived.resolve()
        await gate.opened.promise
      },
    })
    const app = createApp({ schema, rules, actions: { move } })
    await using tested = await createTestApp(app, { store: engine.store(database.url) })
    const client = tested.asAnonymous()
    const { id: boxId } = (await client.post('/api/boxes', { open: true })).body
    const names = ['patched', 'nested', 'deleted', 'patched by filter', 'deleted by filter']
    const ids: string[] = []
    for (const name of names) ids.push((await client.post('/api/things', { name, boxId })).body.id)
    const moving = client.post('/api/actions/move', {})
    await gate.arrived.promise
    const writes = [
      client.patch(`/api/things/${ids[0]}`, { note: 'touched' }),
      client.patch(`/api/things/${ids[1]}`, { note: 'touched', box: { create: { open: true } } }),
      client.delete(`/api/things/${ids[2]}`),
      client.patch('/api/things?name=patched%20by%20filter', { note: 'touched' }),
      client.delete('/api/things?name=deleted%20by%20filter'),
    ]
    const waiting = async () => {
      const sessions = await engine.sessions(database.adminUrl)
      return sessions.filter(session => /^(update|delete|select).*thing/is.test(session)).length
    }
    await expect.poll(waiting).toBe(writes.length)
    gate.opened.resolve()
    expect((await moving).status).toBe(204)
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
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const gate = { arrived: Promise.withResolvers<void>(), opened: Promise.withResolvers<void>() }
    const remove = action(schema, {
      input: {},
      allow: everyone,
      run: async ({ db }) => {
        await db.Post.deleteMany({ where: { title: { ne: 'nothing' } } })
        await db.Thing.deleteMany({ where: { name: { ne: 'nothing' } } })
        gate.arrived.resolve()
        await gate.opened.promise
      },
    })
    await using tested = await createTestApp(createApp({ schema, rules, actions: { remove } }), {
      store: engine.store(database.url),
    })
    const client = tested.asAnonymous()
    await client.post('/api/posts', { title: 'going' })
    const { id: boxId } = (await client.post('/api/boxes', { open: true })).body
    const { id } = (await client.post('/api/things', { name: 'going', boxId })).body
    const removing = client.post('/api/actions/remove', {})
    await gate.arrived.promise
    const writes = [
      client.post('/api/posts?on=title', { title: 'going' }),
      client.post('/api/boxes', { open: true, things: { connect: [id] } }),
    ]
    const waiting = async () => {
      const sessions = await engine.sessions(database.adminUrl)
      return sessions.filter(session => /^(update|select).*(post|thing)/is.test(session)).length
    }
    await expect.poll(waiting).toBe(writes.length)
    gate.opened.resolve()
    expect((await removing).status).toBe(204)
    const told = await Promise.all(writes)
    expect(told.map(({ status, body }) => [status, body.code ?? body.title])).toEqual([
      [201, 'going'],
      [409, 'writes.reference-missing'],
    ])
    expect(tested.failures).toEqual([])
  })

  test('a row is restored that has a new parent, which the rule asks', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const gate = { arrived: Promise.withResolvers<void>(), opened: Promise.withResolvers<void>() }
    const move = action(schema, {
      input: { id: field.id('Kept') },
      allow: everyone,
      run: async ({ db, input: { id } }) => {
        const box = await db.Box.create({ open: true })
        await db.Kept.restore(id)
        await db.Kept.update(id, { boxId: box?.id ?? '' })
        await db.Kept.delete(id)
        gate.arrived.resolve()
        await gate.opened.promise
      },
    })
    await using tested = await createTestApp(createApp({ schema, rules, actions: { move } }), {
      store: engine.store(database.url),
    })
    const client = tested.asAnonymous()
    const { id: boxId } = (await client.post('/api/boxes', { open: true })).body
    const { id } = (await client.post('/api/kept', { name: 'gone', boxId })).body
    await client.delete(`/api/kept/${id}`)
    const moving = client.post('/api/actions/move', { id })
    await gate.arrived.promise
    const restoring = client.post(`/api/kept/${id}/restore`)
    const waiting = async () =>
      (await engine.sessions(database.adminUrl)).filter(session => /^(update|select).*kept/is.test(session)).length
    await expect.poll(waiting).toBe(1)
    gate.opened.resolve()
    expect((await moving).status).toBe(204)
    const restored = await restoring
    expect([restored.status, restored.body.deletedAt]).toEqual([200, null])
    expect((await client.get(`/api/kept/${id}`)).status).toBe(200)
    expect(tested.failures).toEqual([])
  })

  test('who refers to a row that is deleted and restored meanwhile finds it or does not', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using tested = await createTestApp(createApp({ schema, rules }), { store: engine.store(database.url) })
    const client = tested.asAnonymous()
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
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const gate = { arrived: Promise.withResolvers<void>(), opened: Promise.withResolvers<void>() }
    const remove = action(schema, {
      input: { id: field.id('Post') },
      allow: everyone,
      run: async ({ db, input: { id } }) => {
        await db.Post.delete(id)
        gate.arrived.resolve()
        await gate.opened.promise
      },
    })
    const app = createApp({ schema, rules, actions: { remove } })
    await using tested = await createTestApp(app, { store: engine.store(database.url) })
    const client = tested.asAnonymous()
    const { id } = (await client.post('/api/posts', { title: 'going' })).body
    const removing = client.post('/api/actions/remove', { id })
    await gate.arrived.promise
    const comments = [
      client.post('/api/comments', { text: 'one', postId: id }),
      client.post('/api/comments', [
        { text: 'of two', postId: id },
        { text: 'the other', postId: id },
      ]),
      client.post('/api/comments', { text: 'connected', post: { connect: { id } } }),
    ]
    const waiting = async () => {
      const sessions = await engine.sessions(database.adminUrl)
      return sessions.filter(session => /^insert.*comment/is.test(session)).length
    }
    await expect.poll(waiting).toBe(comments.length)
    gate.opened.resolve()
    expect((await removing).status).toBe(204)
    const told = await Promise.all(comments)
    expect(told.map(({ status, body }) => [status, body.code])).toEqual(
      comments.map(() => [409, 'writes.reference-missing']),
    )
    expect(await tested.db.Comment.count({})).toBe(0)
    expect(tested.failures).toEqual([])
  })
})
