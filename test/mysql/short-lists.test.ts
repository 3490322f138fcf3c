// MariaDB keeps what it gathers on the disk as soon as its type is that of a long text, so short lists of short texts are gathered as such. Whatever
// the lists hold, they are whole.
import { sql } from 'kysely'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { describe, expect, test } from 'vitest'
import { mysqlStore } from '../../src/store/mysql/index.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, serversOf } from '../services/index.ts'

/** Every character becomes six as JSON, or two, or takes four bytes, or only the last ones do. */
const texts = (most: number): readonly string[] => [
  '\u0001'.repeat(most),
  '"'.repeat(most),
  '😀'.repeat(most),
  `${'a'.repeat(most - 1)}\\`,
  `${'\u0002'.repeat(Math.floor(most / 3))}é"x`,
  '',
]

const schema = defineSchema(
  {
    Person: model({ name: field.text({ max: 20 }).key(), notes: field.hasMany('Note', 'person') }),
    Note: model({
      number: field.integer().key(),
      person: field.belongsTo('Person'),
      // Of one part, of two and of three.
      code: field.text({ max: 85 }).maskable(),
      title: field.text({ max: 160 }),
      label: field.text({ max: 255 }).optional(),
      kind: field.enum(['plain', 'with "quotes"']).default('with "quotes"'),
      open: field.boolean(),
      price: field.decimal({ precision: 20, scale: 3 }).optional(),
      at: field.datetime().optional(),
      tags: field.manyToMany('Tag'),
    }),
    Tag: model({ name: field.text({ max: 20 }).key(), notes: field.manyToMany('Note') }),
  },
  { caller: 'Person' },
)

const rules = defineRules(schema, {
  Person: () => ({ read: everyone }),
  Note: ({ row, user }) => ({ read: everyone, fields: { code: { read: row.person.is(user.name) } } }),
  Tag: () => ({ read: everyone }),
})

const [codes, titles, labels] = [85, 160, 255].map(texts) as [readonly string[], readonly string[], readonly string[]]
const notes = codes.map((code, number) => ({
  ...{ number, personName: number === 5 ? 'ben' : 'ann', code, title: titles[number] ?? '' },
  ...{ label: number === 4 ? null : (labels[number] ?? ''), kind: 'with "quotes"' as const, open: number === 2 },
  ...{ price: number === 3 ? null : `${number}.250`, at: number === 0 ? null : '2026-11-27T10:00:00.120Z' },
}))

describe.each(serversOf('mysql'))('%s', name => {
  test('lists of the longest texts that their fields take are whole', { timeout: 60_000 }, async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const store = mysqlStore({ url: database.url, connections: 1, lanes: 0 })
    await using app = await createTestApp(createApp({ schema, rules }), { store })
    const { db } = app
    await db.Person.create([{ name: 'ann' }, { name: 'ben' }])
    await db.Note.create(notes)
    await db.Tag.create(['a', 'b', 'c'].map(tag => ({ name: tag })))
    for (const { number } of notes) await db.Note.update(number, { tags: { connect: [{ name: 'c' }, { name: 'a' }] } })

    const kysely = await db.sql('Note')
    const spilled = async (): Promise<number> => {
      const { rows } = await sql<{ Value: string }>`show session status like 'Created_tmp_disk_tables'`.execute(kysely)
      return Number(rows[0]?.Value)
    }
    const of = (person: string, reader: string) =>
      notes
        .filter(({ personName }) => personName === person)
        .map(note => ({
          ...note,
          at: note.at === null ? null : new Date(note.at),
          code: reader === person ? note.code : null,
        }))
    const before = await spilled()
    for (const reader of ['ann', 'ben'])
      expect(await app.as({ name: reader }).db.Person.find({ include: { notes: true } })).toEqual([
        { name: 'ann', notes: of('ann', reader) },
        { name: 'ben', notes: of('ben', reader) },
      ])
    // Lists without an index in their order, behind links, and in one another.
    expect(
      await db.Person.find({ select: { notes: { select: { number: true }, where: { open: true }, sort: '-title' } } }),
    ).toEqual([{ notes: [{ number: 2 }] }, { notes: [] }])
    expect(await db.Note.get(0, { select: { tags: true, title: true } })).toEqual({
      tags: [{ name: 'a' }, { name: 'c' }],
      title: titles[0],
    })
    if (name.startsWith('mariadb')) expect(await spilled()).toBe(before)
    expect(await db.Person.get('ann', { select: { notes: { include: { tags: true }, limit: 2 } } })).toEqual({
      notes: of('ann', 'ann')
        .slice(0, 2)
        .map(note => ({ ...note, tags: [{ name: 'a' }, { name: 'c' }] })),
    })
  })

  test('lists around the length of short ones are whole, with an order that no index has', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    await using app = await createTestApp(createApp({ schema, rules }), { store: mysqlStore({ url: database.url }) })
    const [note] = notes
    for (const count of [99, 100, 101]) {
      const person = `p${count}`
      await app.db.Person.create({ name: person })
      const written = Array.from({ length: count }, (_, index) => ({
        ...{ ...note!, number: count * 1000 + index, personName: person, code: String((index * 37) % count) },
      }))
      await app.db.Note.create(written)
      const byCode = written.map(({ code }) => code).toSorted()
      // A plan of its own for each: how long the lists are that one meets is kept with it.
      const select = { notes: { select: { code: true }, sort: 'code', limit: count } } as const
      for (let turn = 0; turn < 2; turn++)
        expect(await app.db.Person.get(person, { select })).toEqual({ notes: byCode.map(code => ({ code })) })
    }
  })

  test('longer texts of a table that was there before are whole', { timeout: 60_000 }, async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const collation = name.startsWith('mariadb') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'
    const type = `varchar(700) character set utf8mb4 collate ${collation}`
    await administer(
      'mysql',
      database.url,
      'create table shelf (id bigint primary key)',
      `create table book (id bigint primary key, shelf_id bigint not null references shelf (id), title ${type} not null, key (shelf_id, id))`,
      'insert into shelf values (1), (2)',
      `insert into book values (1, 1, 'short'), (2, 1, concat(repeat('"', 400), 'end')), (3, 2, repeat('x', 700))`,
    )
    const shelves = defineSchema({
      Shelf: model({ id: field.integer().key(), books: field.hasMany('Book', 'shelf') }, { adopted: true }),
      Book: model(
        {
          id: field.integer().key(),
          shelf: field.belongsTo('Shelf'),
          title: field.text({ max: 30 }).column('title', { mariadb: type, mysql: type }),
        },
        { adopted: true },
      ),
    })
    const store = mysqlStore({ url: database.url })
    await using app = await createTestApp(createApp({ schema: shelves }), { store })
    for (let turn = 0; turn < 2; turn++)
      expect(await app.db.Shelf.find({ select: { books: { select: { title: true } } } })).toEqual([
        { books: [{ title: 'short' }, { title: `${'"'.repeat(400)}end` }] },
        { books: [{ title: 'x'.repeat(700) }] },
      ])
  })

  test('floats of the most characters are whole', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const measured = defineSchema(
      {
        Series: model({ id: field.integer().key(), since: field.date(), points: field.hasMany('Point', 'series') }),
        Point: model({ id: field.integer().key(), series: field.belongsTo('Series'), value: field.float() }),
      },
      { computed: { Point: ({ row }) => ({ negative: row.value.times(-1) }) } },
    )
    await using app = await createTestApp(createApp({ schema: measured }), { store: mysqlStore({ url: database.url }) })
    // Servers take each for a text of 22 characters; the longest that they write has 34.
    const values = [
      1e-14 / 7,
      -1e-5 / 3,
      0.000000000123456789,
      -1.2345678901234567e-20,
      -2.2250738585072014e-308,
      5e-324,
      100,
    ]
    await app.db.Series.create({ id: 1, since: '2026-11-27' })
    await app.db.Point.create(values.map((value, id) => ({ id, seriesId: 1, value })))
    const points = values.map(value => ({ value, negative: -value }))
    for (let turn = 0; turn < 2; turn++) {
      expect(await app.db.Series.find({ select: { points: { select: { value: true, negative: true } } } })).toEqual([
        { points },
      ])
      // Rows that are sorted as a table of their own are kept in columns of such types, too.
      expect(
        await app.db.Point.find({
          select: { value: true, series: { select: { since: true } } },
          sort: ['series.since', 'id'],
        }),
      ).toEqual(values.map(value => ({ value, series: { since: '2026-11-27' } })))
    }
  })
})
