/** What a delete takes with it, in which order, and what of it holds when somebody else is at the same rows: the same on every store. */
import { describe, expect, test } from 'vitest'
import { action, createApp, defineHooks, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'

const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const name = () => field.text({ max: 50 })
const key = () => field.text({ max: 10 }).key()

const League = model({ name: name() })
const Team = model({ name: name(), league: field.belongsTo('League', { onDelete: 'cascade' }).optional() })
const User = model(
  {
    name: name(),
    team: field.belongsTo('Team', { onDelete: 'setNull' }).optional(),
    league: field.belongsTo('League', { onDelete: 'setNull' }).optional(),
    former: field.belongsTo('Team', { onDelete: 'setNull' }).optional(),
  },
  { version: true, timestamps: true },
)
const Secret = model({ owner: field.belongsTo('User') })
const Document = model(
  { id: key(), name: name().default(''), state: name().default('draft') },
  { version: true, softDelete: true },
)
/** With hooks. */
const Album = model({ id: key(), name: name(), photos: field.hasMany('Photo', 'album') }, { version: true })
const Photo = model({ id: key(), album: field.belongsTo('Album', { onDelete: 'cascade' }) })
/** Three trees: removed with hooks, marked, and marked with hooks. */
const Branch = model(
  { id: key(), parent: field.belongsTo('Branch', { onDelete: 'cascade' }).optional() },
  { version: true, plural: 'branches' },
)
const Note = model(
  { id: key(), parent: field.belongsTo('Note', { onDelete: 'cascade' }).optional() },
  { version: true, softDelete: true },
)
const Leaf = model(
  { id: key(), parent: field.belongsTo('Leaf', { onDelete: 'cascade' }).optional() },
  { version: true, softDelete: true, plural: 'leaves' },
)
/** A tree of which nobody has to be told. */
const Folder = model({ id: key(), parent: field.belongsTo('Folder', { onDelete: 'cascade' }).optional() })
/** Rows that must not go while others refer to them, removed and marked. */
const Part = model({ id: key(), of: field.belongsTo('Part').optional() })
const Page = model({ id: key(), of: field.belongsTo('Page').optional() }, { softDelete: true })
/** Rows that go with their talk and refer to each other meanwhile: some databases do not follow, or mind. */
const Talk = model({ id: key() })
const Reply = model(
  {
    ...{ id: key(), talk: field.belongsTo('Talk', { onDelete: 'cascade' }) },
    ...{
      to: field.belongsTo('Reply', { onDelete: 'setNull' }).optional(),
      quotes: field.belongsTo('Reply').optional(),
    },
  },
  { plural: 'replies' },
)
const Pin = model({
  id: key(),
  talk: field.belongsTo('Talk', { onDelete: 'cascade' }),
  reply: field.belongsTo('Reply'),
})
/** They are marked long before their talk goes; what hangs on them is not. */
const Sketch = model(
  {
    ...{ id: key(), talk: field.belongsTo('Talk', { onDelete: 'cascade' }) },
    ...{ base: field.belongsTo('Sketch', { onDelete: 'cascade' }).optional() },
    ...{ quotes: field.belongsTo('Sketch').optional() },
  },
  { softDelete: true, plural: 'sketches' },
)
const Image = model({ id: key(), sketch: field.belongsTo('Sketch', { onDelete: 'cascade' }) })
/** Two models that lead to each other. */
const Order = model({ id: key(), first: field.belongsTo('Line', { onDelete: 'cascade' }).optional() })
const Line = model({ id: key(), order: field.belongsTo('Order', { onDelete: 'cascade' }) })
/** Callers of a kind that counts nothing: only the database knows who loses his club. */
const Club = model({ name: name() })
const Member = model({ club: field.belongsTo('Club', { onDelete: 'setNull' }).optional() })
const Paper = model({ clubId: field.uuid() })

const some = { League, Team, User, Secret, Document, Album, Photo, Branch, Note, Leaf }
const models = { ...some, Folder, Part, Page, Order, Line, Talk, Reply, Pin, Sketch, Image }
const schema = defineSchema(models, { caller: 'User' })
const rules = defineRules(schema, {
  ...{ League: () => all, Team: () => all, User: () => all, Album: () => all, Photo: () => all },
  ...{ Branch: () => all, Part: () => all },
  ...{ Folder: () => all, Page: () => all, Order: () => all, Line: () => all },
  ...{ Talk: () => all, Reply: () => all, Pin: () => all, Sketch: () => all, Image: () => all },
  Note: () => ({ ...all, withDeleted: everyone }),
  Leaf: () => ({ ...all, withDeleted: everyone }),
  Secret: ({ row, user }) => ({ read: row.owner.is(user.id) }),
  Document: ({ row }) => ({ ...all, delete: row.state.is('draft'), withDeleted: everyone }),
})

/** A point that code comes to, and waits at until it is let through. */
function gate() {
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  return { reached: reached.promise, open: opened.resolve, pass: () => (reached.resolve(), opened.promise) }
}

async function open(engine: (typeof engines)[number] | 'memory') {
  const database = engine === 'memory' ? null : await emptyDatabase(engine)
  const log: (readonly unknown[])[] = []
  const waits: { at: ReturnType<typeof gate> | null } = { at: null }
  const logged = (name: string) => ({
    beforeDelete: ({ rows }: { rows: readonly Record<string, unknown>[] }) => {
      log.push([`before ${name}`, ...rows.map(({ id }) => String(id)).toSorted()])
    },
    afterDelete: ({ rows }: { rows: readonly Record<string, unknown>[] }) => {
      log.push([`after ${name}`, ...rows.map(({ id }) => String(id)).toSorted()])
    },
  })
  const hooks = defineHooks(schema, {
    Branch: logged('Branch'),
    Leaf: logged('Leaf'),
    Order: logged('Order'),
    Line: logged('Line'),
    Image: logged('Image'),
    Album: {
      ...logged('Album'),
      beforeDelete: async () => {
        await waits.at?.pass()
      },
    },
    Photo: {
      afterDelete: async ({ db, caller, rows }) => {
        const album = await db.Album.find({ where: { id: String(rows[0]?.albumId) } })
        log.push([caller.class, caller.key, await db.Secret.count(), album.length])
      },
    },
  })
  const publish = action(schema, {
    input: { id: field.text() },
    allow: everyone,
    run: async ({ db, input }) => {
      await db.Document.update(input.id, { state: 'published' })
      await waits.at?.pass()
    },
  })
  // A chain takes a statement for each of its rows, which are slow where much else runs.
  const limits = { transactionTime: 60_000, requestTime: 60_000 }
  const app = createApp({ schema, rules, hooks, actions: { publish }, limits })
  const plinth = await createTestApp(app, { store: database?.store() ?? 'memory' })
  return {
    ...{ plinth, db: plinth.db, log, waits, anybody: plinth.asAnonymous() },
    async [Symbol.asyncDispose]() {
      await plinth[Symbol.asyncDispose]()
      await database?.[Symbol.asyncDispose]()
    },
  }
}

async function put(room: Awaited<ReturnType<typeof open>>, path: string, rows: object | readonly object[]) {
  for (const row of [rows].flat()) expect((await room.anybody.post(`/api/${path}`, row)).status).toBe(201)
}

const ifMatch = { headers: { 'if-match': '"1.x"' } }
const soon = () => new Promise(resolve => setTimeout(resolve, 200))

describe.each(['memory', ...engines] as const)('deletes on %s', engine => {
  test('a row that is being deleted is not changed, and not deleted twice', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    await room.db.Album.create({ id: 'a', name: 'old' })
    const at = gate()
    room.waits.at = at
    const deleting = room.anybody.delete('/api/albums/a', ifMatch)
    await at.reached
    const changing = room.anybody.patch('/api/albums/a', { name: 'new' }, ifMatch)
    const again = [1, 2, 3].map(() => room.anybody.delete('/api/albums/a', ifMatch))
    await soon()
    at.open()
    expect((await deleting).status).toBe(204)
    expect((await changing).status).toBe(404)
    expect((await Promise.all(again)).map(({ status }) => status)).toEqual([404, 404, 404])
    expect(room.log).toEqual([['after Album', 'a']])
  })

  test('what has become of a row meanwhile counts: its version, the rule, the filter', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    for (const id of ['version', 'rule', 'bulk', 'filter']) await room.db.Document.create({ id })
    const { anybody } = room
    const deletes = [
      ['version', () => anybody.delete('/api/documents/version', ifMatch), 403, null],
      ['rule', () => anybody.delete('/api/documents/rule'), 403, null],
      ['bulk', () => anybody.delete('/api/documents?id=bulk'), 200, { count: 0 }],
      [
        'filter',
        () => room.db.Document.deleteMany({ where: { state: 'draft', id: 'filter' } }),
        undefined,
        { count: 0 },
      ],
    ] as const
    for (const [id, start, status, body] of deletes) {
      const at = gate()
      room.waits.at = at
      const publishing = anybody.post('/api/actions/publish', { id })
      await at.reached
      const deleting = start()
      await soon()
      at.open()
      await publishing
      const answer = (await deleting) as { status?: number; body?: unknown }
      expect([id, answer.status]).toEqual([id, status])
      if (body !== null) expect(answer.body ?? answer).toMatchObject(body)
    }
    room.waits.at = null
    expect(await room.db.Document.count()).toBe(4)
    // The version alone: the rule holds before and after.
    await room.db.Document.update('version', { state: 'draft' })
    expect((await anybody.delete('/api/documents/version', ifMatch)).status).toBe(412)
    expect((await anybody.delete('/api/documents/version')).status).toBe(204)
  })

  test('only one of several soft deletes marks the row', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    await room.db.Document.create({ id: 'a' })
    const answers = await Promise.all([1, 2, 3, 4].map(() => room.anybody.delete('/api/documents/a')))
    expect(answers.map(({ status }) => `${status}`).toSorted()).toEqual(['204', '404', '404', '404'])
    const [document] = await room.db.Document.find({ withDeleted: true })
    expect(document?.version).toBe(2)
  })

  test('rows that lead back to themselves, and to each other', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    for (const path of ['branches', 'notes', 'leaves']) {
      await put(room, path, { id: 'self' })
      await room.anybody.patch(`/api/${path}/self`, { parentId: 'self' })
      await put(room, path, [{ id: 'a' }, { id: 'b', parentId: 'a' }])
      await room.anybody.patch(`/api/${path}/a`, { parentId: 'b' })
      expect([path, (await room.anybody.delete(`/api/${path}/self`)).status]).toEqual([path, 204])
      expect([path, (await room.anybody.delete(`/api/${path}/a`)).status]).toEqual([path, 204])
      expect((await room.anybody.get(`/api/${path}`)).body).toMatchObject({ data: [] })
    }
    const once = (name: string) => [
      ...[
        [`before ${name}`, 'self'],
        [`after ${name}`, 'self'],
        [`before ${name}`, 'a'],
        [`before ${name}`, 'b'],
      ],
      ...[
        [`after ${name}`, 'b'],
        [`after ${name}`, 'a'],
      ],
    ]
    expect(room.log).toEqual([...once('Branch'), ...once('Leaf')])
    room.log.length = 0
    await room.db.Order.create({ id: 'o' })
    await room.db.Line.create({ id: 'l', orderId: 'o' })
    await room.db.Order.update('o', { firstId: 'l' })
    const deleted = await room.anybody.delete('/api/orders/o')
    expect(deleted.status).toBe(204)
    expect(room.log).toEqual([
      ['before Order', 'o'],
      ['before Line', 'l'],
      ['after Line', 'l'],
      ['after Order', 'o'],
    ])
    expect(deleted.changes.map(({ model, operation }) => [model, operation])).toEqual([
      ['Line', 'delete'],
      ['Order', 'delete'],
    ])
  })

  test('a long chain', { timeout: 60_000 }, async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    // The memory store looks at every row at every level.
    const length = engine === 'memory' ? 500 : 1500
    const rows = Array.from({ length }, (_, index) => ({
      id: `${index}`,
      ...(index === 0 ? {} : { parentId: `${index - 1}` }),
    }))
    for (let start = 0; start < rows.length; start += 500) await room.db.Note.create(rows.slice(start, start + 500))
    const { status, changes } = await room.anybody.delete('/api/notes/0')
    expect([status, changes.length, await room.db.Note.count()]).toEqual([204, length, 0])
  })

  test('a tree goes with its root, whatever its branches and its depth', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    const twigs = Array.from({ length: 12 }, (_, at) => [
      { id: `b${at}`, parentId: 'root' },
      { id: `b${at} 1`, parentId: `b${at}` },
      { id: `b${at} 2`, parentId: `b${at}` },
    ])
    const chain = Array.from({ length: 20 }, (_, at) => ({ id: `c${at}`, parentId: at === 0 ? 'root' : `c${at - 1}` }))
    await room.db.Folder.create([{ id: 'root' }, { id: 'other' }])
    for (const row of [...twigs.flat(), ...chain]) await room.db.Folder.create(row)
    expect((await room.anybody.delete('/api/folders/root')).status).toBe(204)
    expect(await room.db.Folder.find({ select: { id: true } })).toEqual([{ id: 'other' }])
    await room.db.Folder.create(chain.map(({ id }, at) => ({ id, parentId: at === 0 ? 'other' : 'c0' })))
    expect((await room.anybody.delete('/api/folders?id[ne]=nothing')).body).toEqual({ count: 21 })
  })

  test('rows that go together may refer to each other, also those that are hidden', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    const chain = (talkId: string, fields: readonly string[]) =>
      Array.from({ length: 20 }, (_, at) => ({
        ...{ id: `${talkId}${at}`, talkId },
        ...(at === 0 ? {} : Object.fromEntries(fields.map(name => [name, `${talkId}${at - 1}`]))),
      }))
    for (const id of ['a', 'b', 'c']) {
      await room.db.Talk.create({ id })
      for (const reply of chain(id, ['toId', 'quotesId'])) await room.db.Reply.create(reply)
      await room.db.Pin.create({ id, talkId: id, replyId: `${id}7` })
      for (const sketch of chain(id, ['baseId', 'quotesId'])) await room.db.Sketch.create(sketch)
      await room.db.Image.create({ id, sketchId: `${id}9` })
    }
    expect((await room.anybody.delete('/api/sketches?id[ne]=nothing')).status).toBe(200)
    room.log.length = 0
    const { status, changes } = await room.anybody.delete('/api/talks/a')
    expect(status).toBe(204)
    expect(changes.filter(({ model: of }) => of === 'Sketch')).toEqual([])
    expect(changes.filter(({ model: of }) => of === 'Image')).toHaveLength(1)
    expect((await room.anybody.delete('/api/talks?id[in]=b,c')).body).toEqual({ count: 2 })
    expect(room.log).toEqual([
      ...[
        ['before Image', 'a'],
        ['after Image', 'a'],
      ],
      ...[
        ['before Image', 'b', 'c'],
        ['after Image', 'b', 'c'],
      ],
    ])
    const { Reply: replies, Pin: pins, Sketch: sketches, Image: images } = room.db
    const left = [replies.count(), pins.count(), sketches.count({ withDeleted: true }), images.count()]
    expect(await Promise.all(left)).toEqual([0, 0, 0, 0])
  })

  test('a bulk delete over a tree deletes each row once', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    for (const path of ['branches', 'leaves']) {
      room.log.length = 0
      await put(room, path, [{ id: 'a' }, { id: 'b', parentId: 'a' }, { id: 'c', parentId: 'b' }])
      const { status, body, changes } = await room.anybody.delete(`/api/${path}?id[in]=a,b,c`)
      expect([status, body]).toEqual([200, { count: 3 }])
      expect(changes.map(({ key }) => JSON.stringify(key)).toSorted()).toEqual(['["a"]', '["b"]', '["c"]'])
      expect(room.log.map(([moment, ...ids]) => [String(moment).split(' ')[0], ...ids])).toEqual([
        ['before', 'a', 'b', 'c'],
        ['after', 'a', 'b', 'c'],
      ])
    }
    const marked = await room.anybody.get('/api/leaves?withDeleted=true&select=version')
    expect(marked.body).toMatchObject({ data: [{ version: 2 }, { version: 2 }, { version: 2 }] })
  })

  test('hooks of a cascade have the rights of who deletes, and run while what they belonged to is there', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    const [me, other] = await room.db.User.create([{ name: 'me' }, { name: 'other' }])
    await room.db.Secret.create({ ownerId: other!.id })
    await room.db.Album.create({ id: 'a', name: 'a' })
    await room.db.Photo.create([
      { id: 'p', albumId: 'a' },
      { id: 'q', albumId: 'a' },
    ])
    expect((await room.plinth.as(me!).delete('/api/albums/a')).status).toBe(204)
    expect(room.log).toEqual([
      ['signedIn', me!.id, 0, 1],
      ['after Album', 'a'],
    ])
  })

  test('references among the rows of one delete do not stand in its way', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    for (const path of ['parts', 'pages']) {
      await put(room, path, [{ id: 'a' }, { id: 'b', ofId: 'a' }, { id: 'c' }, { id: 'self' }, { id: 'used' }])
      await room.anybody.patch(`/api/${path}/self`, { ofId: 'self' })
      await room.anybody.patch(`/api/${path}/c`, { ofId: 'used' })
      expect([path, (await room.anybody.delete(`/api/${path}?id[in]=a,b`)).body]).toEqual([path, { count: 2 }])
      expect([path, (await room.anybody.delete(`/api/${path}/self`)).status]).toEqual([path, 204])
      expect((await room.anybody.delete(`/api/${path}/used`)).body).toMatchObject({ code: 'writes.reference-in-use' })
      expect((await room.anybody.delete(`/api/${path}?id=used`)).body).toMatchObject({
        code: 'writes.reference-in-use',
      })
      expect((await room.anybody.delete(`/api/${path}?id[in]=c,used`)).body).toEqual({ count: 2 })
    }
  })

  test('a reference that becomes null is a change of its row', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using room = await open(engine)
    const team = await room.db.Team.create({ name: 'A' })
    const user = await room.db.User.create({ name: 'u', teamId: team.id })
    room.plinth.clock.advance('1h')
    const deleted = await room.anybody.delete(`/api/teams/${team.id}`)
    expect(deleted.changes).toEqual([
      { model: 'User', key: [user.id], operation: 'update', fields: ['teamId', 'updatedAt'] },
      { model: 'Team', key: [team.id], operation: 'delete', fields: [] },
    ])
    const after = await room.db.User.get(user.id)
    expect(after).toMatchObject({ teamId: null, version: 2 })
    expect(after.updatedAt.getTime() - user.updatedAt.getTime()).toBe(3_600_000)
    expect((await room.anybody.patch(`/api/users/${user.id}`, { name: 'x' }, ifMatch)).status).toBe(412)
    // Several that become null at once are one change, also where they refer to rows of several models.
    const league = await room.db.League.create({ name: 'L' })
    const in1 = await room.db.Team.create({ name: 'B', leagueId: league.id })
    await room.db.User.update(user.id, { teamId: in1.id, formerId: in1.id, leagueId: league.id })
    const other = await room.db.User.create({ name: 'o', leagueId: league.id })
    const gone = await room.anybody.delete(`/api/leagues/${league.id}`)
    expect(gone.changes).toEqual([
      { model: 'User', key: [user.id], operation: 'update', fields: ['teamId', 'leagueId', 'formerId', 'updatedAt'] },
      { model: 'User', key: [other.id], operation: 'update', fields: ['leagueId', 'updatedAt'] },
      { model: 'Team', key: [in1.id], operation: 'delete', fields: [] },
      { model: 'League', key: [league.id], operation: 'delete', fields: [] },
    ])
    const lost = { teamId: null, leagueId: null, formerId: null }
    expect(await room.db.User.get(user.id)).toMatchObject({ ...lost, version: 4 })
    expect(await room.db.User.get(other.id)).toMatchObject({ ...lost, version: 2 })
  })

  test('who loses what his rights hang on loses them at once', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    const schema = defineSchema({ Club, Member, Paper }, { caller: 'Member' })
    const rules = defineRules(schema, {
      Club: () => all,
      Member: () => all,
      Paper: ({ row, user }) => ({ read: row.clubId.is(user.clubId) }),
    })
    const database = engine === 'memory' ? null : await emptyDatabase(engine)
    {
      await using plinth = await createTestApp(createApp({ schema, rules }), { store: database?.store() ?? 'memory' })
      const club = await plinth.db.Club.create({ name: 'g' })
      const member = await plinth.db.Member.create({ clubId: club.id })
      await plinth.db.Paper.create({ clubId: club.id })
      const papers = async () => (await plinth.as(member).get('/api/papers')).body
      expect(await papers()).toMatchObject({ data: [{ clubId: club.id }] })
      expect((await plinth.as(member).delete(`/api/clubs/${club.id}`)).status).toBe(204)
      expect(await papers()).toMatchObject({ data: [] })
    }
    await database?.[Symbol.asyncDispose]()
  })
})
