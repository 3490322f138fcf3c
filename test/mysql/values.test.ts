// What MariaDB and MySQL have words of their own for: constants with quotes and backslashes, unique texts that no index has room for, live rows.
import { sql } from 'kysely'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { createApp, defineSchema, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { graphOf } from '../../src/model/index.ts'
import { mysqlStore } from '../../src/store/mysql/index.ts'
import { sessionsOf } from '../../src/store/mysql/sessions.ts'
import type { RawResult } from '../../src/store/server/index.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, serversOf } from '../services/index.ts'

const odd = ["it's", 'a\\b', "\\'", '"', '%_']
const schema = defineSchema({
  Thing: model({
    mood: field.enum(['fine', ...odd] as [string, ...string[]]).default("it's"),
    text: field.text({ max: 40 }).default("\\'"),
    essay: field.text({ max: 5000 }).unique(),
  }),
})

describe.each(serversOf('mysql'))('%s', name => {
  test('words with quotes and backslashes are what they say, in checks, defaults and SQL by hand', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const store = mysqlStore({ url: database.url, connections: 1 })
    await using app = await createTestApp(createApp({ schema }), { store })
    for (const [number, mood] of odd.entries()) await app.db.Thing.create({ mood, essay: `${number}` })
    const moods = await app.db.Thing.find({ select: { mood: true }, where: { mood: { in: odd } }, sort: 'essay' })
    expect(moods.map(({ mood }) => mood)).toEqual(odd)
    // Servers read the definition of a table anew when it has left their memory.
    await administer('mysql', database.adminUrl, 'flush tables')
    const db = await app.db.sql('Thing')
    for (const mood of odd) {
      const { rows } = await sql`select mood from thing where mood = ${sql.lit(mood)}`.execute(db)
      expect(rows).toEqual([{ mood }])
    }
    await sql`insert into thing (id, essay) values ('0199a1b2-0d0e-7a11-8c21-5b1e6f3a9d01', 'x')`.execute(db)
    expect(await app.db.Thing.find({ where: { essay: 'x' } })).toMatchObject([{ mood: "it's", text: "\\'" }])
    await expect(sql`update thing set mood = 'ab'`.execute(db)).rejects.toMatchObject({ code: 'writes.check' })
    expect(await store.compareSchema(graphOf(schema))).toEqual([])
  })

  test('a table gets what tells live rows when its model begins to delete softly', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const word = field.text({ max: 20 })
    const [before, after] = [false, true].map(softDelete =>
      graphOf(defineSchema({ Thing: model({ slug: word.unique(), code: word.unique() }, { softDelete }) })),
    )
    for (const graph of [before!, after!]) {
      const store = mysqlStore({ url: database.url, connections: 1 })
      await store.open(graph)
      await store.applySchema(await store.compareSchema(graph))
      expect(await store.compareSchema(graph)).toEqual([])
      await store.close()
    }
    const indexes = `select index_name from information_schema.statistics where table_schema = database() and column_name = 'plinth_live' order by 1`
    expect(await administer('mysql', database.adminUrl, indexes)).toEqual(['thing_code_unique', 'thing_slug_unique'])
  })

  test('sessions are told of, whatever their statements say', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const connection = await createConnection({ uri: database.adminUrl, rowsAsArray: true })
    const run = async ({ sql: asked }: { readonly sql: string }) => {
      const [rows] = await connection.execute<RowDataPacket[][]>(asked)
      return { rows: rows as unknown as RawResult['rows'], count: rows.length }
    }
    try {
      const working = administer('mysql', database.adminUrl, "select sleep(1), '🎈'")
      const statements = async (): Promise<unknown> => (await sessionsOf({ run })).map(({ statement }) => statement)
      await expect.poll(statements).toContain("select sleep(1), '🎈'")
      await working
    } finally {
      await connection.end()
    }
  })

  test('bytes and lists have indexes, a unique one of all that they say, and are no keys', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const digest = field.bytes({ max: 40_000 })
    const Blob = model({ digest: digest.unique(), other: digest.optional().index() })
    const described = { schema: defineSchema({ Blob }) }
    await using app = await createTestApp(createApp(described), { store: mysqlStore({ url: database.url }) })
    const long = (last: number) => new Uint8Array(30_000).fill(1).fill(last, 29_999)
    await app.db.Blob.create([{ digest: long(1) }, { digest: long(2), other: long(2) }])
    await expect(app.db.Blob.create({ digest: long(2) })).rejects.toMatchObject({ code: 'writes.unique' })
    expect(await app.db.Blob.count({ where: { other: long(2) } })).toBe(1)
    const again = mysqlStore({ url: database.url })
    await again.open(graphOf(described.schema))
    const differences = await again.compareSchema(graphOf(described.schema))
    await again.close()
    expect(differences).toEqual([])

    await using empty = await freshDatabase(name)
    const keyed = createApp({ schema: defineSchema({ Blob: model({ digest: digest.key() }) }) })
    await expect(createTestApp(keyed, { store: mysqlStore({ url: empty.url }) })).rejects.toMatchObject({
      code: 'boot.store-unable',
      message: expect.stringContaining('digest is of the kind bytes') as string,
    })
  })

  test('a long text is unique by all that it says', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    await using app = await createTestApp(createApp({ schema }), { store: mysqlStore({ url: database.url }) })
    const beginning = 'ß'.repeat(4000)
    await app.db.Thing.create([{ essay: `${beginning}a` }, { essay: `${beginning}A` }, { essay: `${beginning}a ` }])
    await expect(app.db.Thing.create({ essay: `${beginning}a` })).rejects.toMatchObject({ code: 'writes.unique' })
    expect(await app.db.Thing.find({ where: { essay: `${beginning}A` } })).toHaveLength(1)
  })
})
