// What a write of one row costs on MariaDB and MySQL, counted by the server: its statements, with those that begin and commit.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { mysqlStore } from '../../src/store/mysql/index.ts'
import { freshDatabase, needs, type ServerName, serversOf } from '../services/index.ts'

const schema = defineSchema(
  {
    Person: model({ name: field.text({ max: 40 }), pages: field.hasMany('Page', 'owner') }),
    Page: model(
      {
        title: field.text({ max: 80 }),
        public: field.boolean().default(true),
        owner: field.belongsTo('Person').immutable(),
      },
      { version: true },
    ),
    Ticket: model({ number: field.sequence().key(), note: field.text({ max: 20 }) }),
    Sheet: model({ title: field.text({ max: 80 }), owner: field.belongsTo('Person').immutable() }),
  },
  { caller: 'Person' },
)
const rules = defineRules(schema, {
  Person: () => ({ read: everyone }),
  // The row itself tells who may do what.
  Page: ({ row, user }) => ({
    read: row.public.is(true),
    create: row.owner.is(user.id),
    update: row.owner.is(user.id),
    delete: row.owner.is(user.id),
  }),
  Ticket: ({ row }) => ({ read: everyone, create: row.note.in(['a', 'b', 'c']) }),
  // Another row tells.
  Sheet: ({ row, user }) => {
    const own = row.owner.name.is(user.name)
    return { read: everyone, create: own, update: own, delete: own }
  },
})

async function openPages(name: ServerName) {
  const database = await freshDatabase(name)
  const store = mysqlStore({ url: database.url, connections: 1, lanes: 0, writeLanes: 0 })
  const app = await createTestApp(createApp({ schema, rules }), { store })
  const anna = await app.db.Person.create({ name: 'Anna' })
  const bob = await app.db.Person.create({ name: 'Bob' })
  const questions = async (): Promise<number> => {
    const { rows } = await sql<{ Value: string }>`show session status like 'Questions'`.execute(
      await app.db.sql('Page'),
    )
    return Number(rows[0]?.Value)
  }
  /** Of a request that is asked for the third time: its plans are kept by then. */
  const counted = async <T>(request: (turn: number) => Promise<T>): Promise<{ answer: T; statements: number }> => {
    await request(0)
    await request(1)
    const before = await questions()
    const answer = await request(2)
    const own = 1
    return { answer, statements: (await questions()) - before - own }
  }
  return {
    app,
    store,
    anna: app.as(anna),
    annaId: anna.id,
    bob: app.as(bob),
    counted,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await database.drop()
    },
  }
}

describe.each(serversOf('mysql'))('%s', name => {
  test('a row that its own fields tell of is changed by one statement and read by another', async context => {
    needs(context, name)
    await using pages = await openPages(name)
    const { anna, annaId, app, counted } = pages
    const [page, gone] = await app.db.Page.create([
      { title: 'one', ownerId: annaId },
      { title: 'two', ownerId: annaId },
    ])
    const url = `/api/pages/${page?.id}`
    const updated = await counted(turn => anna.patch(url, { title: `turn ${turn}` }))
    expect(updated.answer).toMatchObject({ status: 200, body: { title: 'turn 2', version: 4 } })
    // Who is calling is looked up first, once within 30 seconds.
    expect(updated.statements).toBe(2)
    const hidden = await counted(() => anna.patch(`/api/pages/${gone?.id}`, { public: false }))
    expect([hidden.answer.status, hidden.statements]).toEqual([404, 2])

    const rows = await app.db.Page.create([0, 1, 2].map(turn => ({ title: `${turn}`, ownerId: annaId })))
    const deleted = await counted(turn => anna.delete(`/api/pages/${rows[turn]?.id}`))
    expect([deleted.answer.status, deleted.statements]).toEqual([204, 1])
    expect(await app.db.Page.find({ where: { id: { in: rows.map(({ id }) => id) } } })).toEqual([])
  })

  test('a row that its own fields tell of is inserted and answered by one statement, or by two', async context => {
    needs(context, name)
    await using pages = await openPages(name)
    const { anna, annaId, counted, store } = pages
    const created = await counted(turn => anna.post('/api/pages', { title: `turn ${turn}`, ownerId: annaId }))
    expect(created.answer).toMatchObject({ status: 201, body: { title: 'turn 2', version: 1 } })
    const readsBehind = name.startsWith('mysql')
    expect(created.statements).toBe(readsBehind ? 2 : 1)
    const told = store.emulations.map(({ what }) => what)
    expect(told.includes('inserts that tell what they have made')).toBe(readsBehind)
  })

  test('rows whose keys the database counts up get their own, however many insert at once', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const store = mysqlStore({ url: database.url, connections: 6 })
    await using app = await createTestApp(createApp({ schema, rules }), { store })
    const lists = await Promise.all(
      Array.from({ length: 30 }, (_, list) =>
        app.db.Ticket.create(Array.from({ length: 1 + (list % 7) }, (_one, row) => ({ note: `${list}.${row}` }))),
      ),
    )
    const rows = await app.db.Ticket.find({ limit: 200, sort: 'number' })
    expect(lists.flat().toSorted((one, other) => one.number - other.number)).toEqual(rows)
    for (const [list, created] of lists.entries())
      expect(created.map(({ note }) => note)).toEqual(created.map((_one, row) => `${list}.${row}`))
    const alone = await app.db.Ticket.create({ note: 'alone' })
    expect(alone.note).toBe('alone')
    expect(alone.number).toBeGreaterThan(rows.at(-1)!.number)
  })

  test('a rule is asked of all rows whose keys the database counts up', async context => {
    needs(context, name)
    await using pages = await openPages(name)
    const { anna, app } = pages
    const created = await anna.post('/api/tickets', [{ note: 'a' }, { note: 'b' }, { note: 'a' }])
    expect([created.status, created.body]).toMatchObject([201, [{ note: 'a' }, { note: 'b' }, { note: 'a' }]])
    expect((await anna.post('/api/tickets', [{ note: 'c' }, { note: 'd' }])).status).toBe(403)
    expect(await app.db.Ticket.find({ where: { note: 'c' } })).toEqual([])
  })

  test('a session may be silent while no transaction is open, and not for long while one is', async context => {
    needs(context, name)
    await using pages = await openPages(name)
    const { app } = pages
    const silence = async (db: typeof app.db): Promise<number> => {
      const { rows } = await sql<{ seconds: unknown }>`select @@session.wait_timeout as seconds`.execute(
        await db.sql('Page'),
      )
      return Number(rows[0]?.seconds)
    }
    const usual = await silence(app.db)
    // MariaDB has a limit for transactions alone.
    const limit = name.startsWith('mysql') ? 30 : usual
    expect(await app.db.transaction(tx => silence(tx))).toBe(limit)
    expect(await silence(app.db)).toBe(usual)
  })

  test('what is refused changes nothing, and a version is compared by the statement that changes', async context => {
    needs(context, name)
    await using pages = await openPages(name)
    const { anna, annaId, bob, app } = pages
    const { id } = await app.db.Page.create({ title: 'one', ownerId: annaId })
    expect((await bob.patch(`/api/pages/${id}`, { title: 'mine' })).status).toBe(403)
    expect((await bob.delete(`/api/pages/${id}`)).status).toBe(403)
    const { etag = '' } = (await anna.get(`/api/pages/${id}`)).headers
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        anna.patch(`/api/pages/${id}`, { title: `${index}` }, { headers: { 'if-match': etag } }),
      ),
    )
    expect(all.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
      200,
      ...Array<number>(7).fill(412),
    ])
    expect(await app.db.Page.get(id)).toMatchObject({ version: 2 })
  })

  test('a rule that looks at another row keeps both in one transaction', async context => {
    needs(context, name)
    await using pages = await openPages(name)
    const { anna, annaId, bob, app, counted } = pages
    const { id } = await app.db.Sheet.create({ title: 'one', ownerId: annaId })
    const updated = await counted(turn => anna.patch(`/api/sheets/${id}`, { title: `turn ${turn}` }))
    expect(updated.answer).toMatchObject({ status: 200, body: { title: 'turn 2' } })
    // For as long as a transaction is open, MySQL is told to end a session that falls silent.
    expect(updated.statements).toBe(name.startsWith('mysql') ? 8 : 6)
    expect((await bob.patch(`/api/sheets/${id}`, { title: 'mine' })).status).toBe(403)
  })
})
