// A list with a limit reads what the limit asks for, where an index has its order; on MariaDB, too, which gathers a list before it cuts it.
import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { createApp, defineSchema, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { mysqlStore } from '../../src/store/mysql/index.ts'
import { freshDatabase, needs, type ServerName, serversOf } from '../services/index.ts'

const schema = defineSchema({
  Author: model({ name: field.text({ max: 40 }).key(), notes: field.hasMany('Note', 'author') }),
  Note: model(
    {
      id: field.integer().key(),
      author: field.belongsTo('Author'),
      price: field.decimal({ precision: 12, scale: 3 }),
      seenAt: field.datetime(),
      rank: field.integer().optional(),
      word: field.text({ max: 30 }),
      weight: field.float(),
      open: field.boolean(),
      topics: field.manyToMany('Topic'),
    },
    {
      index: [
        ['authorName', 'price'],
        ['authorName', 'seenAt', 'id'],
        ['authorName', 'rank'],
        ['authorName', 'word'],
        ['authorName', 'weight'],
      ],
    },
  ),
  Topic: model({ id: field.integer().key(), notes: field.manyToMany('Note') }),
})

/** The first has more rows than anybody lists, one as many as a list, one a few, and one none. */
const long = `a long 'name' "quoted"`
const amounts = { [long]: 3000, b: 20, c: 7, d: 0 } as const
const notes = Object.entries(amounts).flatMap(([authorName, count], author) =>
  Array.from({ length: count }, (_, index) => ({
    id: author * 10_000 + index + 1,
    authorName,
    // Many are alike: the order goes on by the key.
    price: `${((index * 37) % 50) - 20}.001`,
    seenAt: new Date(Date.UTC(2026, 0, 1) + ((index * 7919) % 1009) * 1001).toISOString(),
    rank: index % 150 === 0 ? (index * 13) % 700 : null,
    word: `${['ß', 'a"b', "it's", '\\', 'Ä', '😀', ''][index % 7]}${index % 11}`,
    weight: index / 3,
    open: index % 90 === 0,
  })),
)
type Note = (typeof notes)[number]
type Sorted = 'id' | 'price' | 'seenAt' | 'rank' | 'word' | 'weight'

const inOrder: Record<Sorted, (left: Note, right: Note) => number> = {
  id: (left, right) => left.id - right.id,
  price: (left, right) => Number(left.price) - Number(right.price),
  seenAt: (left, right) => Date.parse(left.seenAt) - Date.parse(right.seenAt),
  rank: (left, right) => Number(left.rank) - Number(right.rank),
  word: (left, right) => Buffer.compare(Buffer.from(left.word), Buffer.from(right.word)),
  weight: (left, right) => left.weight - right.weight,
}

function listed(of: readonly Note[], sort: Sorted, descending: boolean, limit: number): number[] {
  const sign = descending ? -1 : 1
  const sorted = of.toSorted((left, right) => {
    const nulls = Number(left[sort] === null) - Number(right[sort] === null)
    if (nulls !== 0) return nulls
    return sign * inOrder[sort](left, right) || sign * (left.id - right.id)
  })
  return sorted.slice(0, limit).map(({ id }) => id)
}

const sorts = Object.keys(inOrder) as Sorted[]

const expected = (sort: Sorted, descending: boolean, limit: number, of: readonly Note[] = notes) =>
  Object.keys(amounts).map(author => ({
    name: author,
    notes: listed(
      of.filter(({ authorName }) => authorName === author),
      sort,
      descending,
      limit,
    ).map(id => ({ id })),
  }))

/** A store whose one session counts what it reads. */
async function openNotes(name: ServerName) {
  const database = await freshDatabase(name)
  const app = await createTestApp(createApp({ schema }), {
    store: mysqlStore({ url: database.url, connections: 1, lanes: 0 }),
  })
  await app.db.Topic.create({ id: 1 })
  for (const author of Object.keys(amounts)) await app.db.Author.create({ name: author })
  for (let start = 0; start < notes.length; start += 100) await app.db.Note.create(notes.slice(start, start + 100))
  const kysely = await app.db.sql('Note')
  await sql`insert into note_topics (note_id, topic_id) select id, 1 from note`.execute(kysely)
  await sql`analyze table note, note_topics ${name.startsWith('mysql') ? sql`` : sql`persistent for all`}`.execute(
    kysely,
  )
  const rowsRead = async (): Promise<number> => {
    const { rows } = await sql<{ Value: string }>`show session status like 'Handler_read%'`.execute(kysely)
    return rows.reduce((total, { Value }) => total + Number(Value), 0)
  }
  const reading = async <T>(read: () => Promise<T>): Promise<{ readonly found: T; readonly rows: number }> => {
    const before = await rowsRead()
    const found = await read()
    return { found, rows: (await rowsRead()) - before }
  }
  return {
    app,
    reading,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await database.drop()
    },
  }
}

/** What a page reads besides: the authors, the rows of values, and what tells that a short list ends. */
const besides = 60

describe.each(serversOf('mysql'))('%s', name => {
  test('reads of a limited list what the limit asks for', { timeout: 60_000 }, async context => {
    needs(context, name)
    await using opened = await openNotes(name)
    const { app, reading } = opened
    const asked = sorts.flatMap(sort =>
      [false, true].flatMap(descending => [20, 1, 200].map(limit => ({ sort, descending, limit }))),
    )
    for (const { sort, descending, limit } of asked) {
      const find = () =>
        app.db.Author.find({
          select: { name: true, notes: { select: { id: true }, sort: descending ? `-${sort}` : sort, limit } },
        })
      const first = await find()
      // A plan is kept from its second use on, and then knows that it meets long lists.
      await find()
      const kept = await reading(find)
      const which = `${sort} ${descending ? 'descending' : 'ascending'} limit ${limit}`
      expect(first, which).toEqual(expected(sort, descending, limit))
      expect(kept.found, which).toEqual(expected(sort, descending, limit))
      // Nulls come last, which no index has that ascends; few rows have a rank, so a longer list takes all without one.
      if (sort === 'weight' || (sort === 'rank' && (!descending || limit > 20))) continue
      // Twice: the end of each list is looked for, then its rows, and all that are like the last one in what is sorted by.
      const alike = sort === 'id' ? 0 : amounts[long] / 50
      expect(kept.rows, which).toBeLessThan(2 * (limit + amounts.b + amounts.c) + alike + besides)
    }
  })

  test('reads no more of links, of filtered rows and of lists in lists', { timeout: 60_000 }, async context => {
    needs(context, name)
    await using opened = await openNotes(name)
    const { app, reading } = opened
    const last = notes.toSorted((left, right) => right.id - left.id).slice(0, 5)
    const linked = () =>
      app.db.Topic.get(1, {
        select: { notes: { select: { id: true, topics: { select: { id: true } } }, sort: '-id', limit: 5 } },
      })
    const lists = () =>
      app.db.Author.find({
        select: { notes: { select: { topics: { select: { notes: { select: { id: true }, limit: 2 } } } }, limit: 2 } },
      })
    for (let turn = 0; turn < 3; turn++) {
      const { found, rows } = await reading(linked)
      expect(found.notes).toEqual(last.map(({ id }) => ({ id, topics: [{ id: 1 }] })))
      if (turn === 2) expect(rows).toBeLessThan(besides + 50)
      const inner = await reading(lists)
      expect(inner.found[0]?.notes).toEqual(Array(2).fill({ topics: [{ notes: [{ id: 1 }, { id: 2 }] }] }))
      if (turn === 2) expect(inner.rows).toBeLessThan(300)
    }

    const open = notes.filter(note => note.open)
    const filtered = () =>
      app.db.Author.find({
        select: { name: true, notes: { select: { id: true }, where: { open: true }, sort: '-seenAt', limit: 3 } },
      })
    for (let turn = 0; turn < 3; turn++) expect(await filtered()).toEqual(expected('seenAt', true, 3, open))

    const none = await app.db.Author.find({ select: { notes: { select: { id: true }, where: { id: 0 }, limit: 3 } } })
    expect(none.map(author => author.notes)).toEqual([[], [], [], []])
  })

  test('goes on without an index that has been dropped', { timeout: 60_000 }, async context => {
    needs(context, name)
    await using opened = await openNotes(name)
    const { app, reading } = opened
    const read = () =>
      app.db.Author.find({ select: { name: true, notes: { select: { id: true }, sort: '-price', limit: 3 } } })
    for (let turn = 0; turn < 3; turn++) expect(await read()).toEqual(expected('price', true, 3))
    expect((await reading(read)).rows).toBeLessThan(amounts[long] / 10)
    // Of lists in lists only the inner one names the index: the outer one has an order that none has.
    const inner = () =>
      app.db.Author.find({
        where: { name: 'b' },
        select: {
          notes: {
            select: { author: { select: { notes: { select: { id: true }, sort: '-price', limit: 1 } } } },
            sort: 'weight',
            limit: 2,
          },
        },
      })
    const [, ofB] = expected('price', true, 1)
    const nested = [{ notes: Array(2).fill({ author: { notes: ofB?.notes } }) }]
    for (let turn = 0; turn < 3; turn++) expect(await inner()).toEqual(nested)
    await sql`alter table note drop index note_author_name_price_index`.execute(await app.db.sql('Note'))
    for (let turn = 0; turn < 3; turn++) expect(await read()).toEqual(expected('price', true, 3))
    expect((await reading(read)).rows).toBeGreaterThan(amounts[long])
    for (let turn = 0; turn < 3; turn++) expect(await inner()).toEqual(nested)
  })
})
