/** Tables that others made, and views, hold what they please: no value of theirs becomes anything but itself in an answer, on every engine. */
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, engines, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { administer } from '../services/administration.ts'

/** As long as a UUID. */
const forged = '"},{"id":7,"state":"a","code":"0000"'
const mysqlText = 'varchar(60) character set utf8mb4 collate utf8mb4_nopad_bin'
const postgresText = 'character varying(60)'

const adopted = { adopted: true } as const
const Shelf = model({ id: field.integer().key(), parts: field.hasMany('Part', 'shelf') }, adopted)
const Part = model(
  {
    id: field.integer().key(),
    shelf: field.belongsTo('Shelf'),
    state: field
      .enum(['a', 'b'])
      .column('state', { postgres: postgresText, mariadb: mysqlText, mysql: mysqlText, sqlite: 'TEXT' }),
    code: field.uuid().optional().column('code', { mariadb: mysqlText, mysql: mysqlText, sqlite: 'TEXT' }),
  },
  adopted,
)

describe.each(engines)('on %s', engine => {
  test('a text in a column of words or of UUIDs stays a text', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const isPostgres = engine.startsWith('postgres')
    const text = isPostgres ? postgresText : engine === 'sqlite' ? 'text' : mysqlText
    const code = isPostgres ? null : forged
    const statements = [
      'create table shelf (id bigint primary key)',
      `create table part (id bigint primary key, shelf_id bigint not null references shelf (id), state ${text} not null, code ${isPostgres ? 'uuid' : text})`,
      'insert into shelf values (1)',
      `insert into part values (1, 1, '${forged}', ${code === null ? 'null' : `'${code}'`})`,
    ]
    if (engine === 'sqlite') {
      using file = new DatabaseSync(database.url.slice('file:'.length))
      for (const statement of statements) file.exec(statement.replaceAll('bigint', 'integer'))
    } else await administer(isPostgres ? 'postgres' : 'mysql', database.url, ...statements)

    const schema = defineSchema({ Shelf, Part })
    const rules = defineRules(schema, { Shelf: () => ({ read: everyone }), Part: () => ({ read: everyone }) })
    await using app = await createTestApp(createApp({ schema, rules }), { store: database.store() })
    const anyone = app.asAnonymous()
    const part = { id: 1, shelfId: 1, state: forged, code }
    expect(await anyone.get('/api/parts')).toMatchObject({ status: 200, body: { data: [part] } })
    expect(await anyone.get('/api/parts/1')).toMatchObject({ status: 200, body: part })
    expect(await anyone.get('/api/shelves/1?include=parts')).toMatchObject({ body: { id: 1, parts: [part] } })
    expect(await app.db.Part.aggregate({ groupBy: ['state'] })).toEqual([{ state: forged }])
  })
})

test('SQLite: a column without a type of its own holds any text', async () => {
  await using database = await emptyDatabase('sqlite')
  using file = new DatabaseSync(database.url.slice('file:'.length))
  file.exec(
    'create table event (id integer primary key, day text not null, moment text, hour text, number integer, wide integer, notes text)',
  )
  const insert = file.prepare('insert into event values (1, ?, ?, ?, ?, ?, ?)')
  insert.run(forged, forged, forged, forged, forged, forged)
  const schema = defineSchema({
    Event: model(
      {
        id: field.integer().key(),
        day: field.date(),
        moment: field.datetime().optional(),
        hour: field.time().optional(),
        number: field.integer().optional(),
        wide: field.bigint().optional(),
        notes: field.json().optional(),
      },
      adopted,
    ),
  })
  const rules = defineRules(schema, { Event: () => ({ read: everyone }) })
  await using app = await createTestApp(createApp({ schema, rules }), { store: database.store() })
  const event = { id: 1, day: forged, moment: forged, hour: forged, number: forged, wide: forged, notes: forged }
  expect(await app.asAnonymous().get('/api/events')).toMatchObject({ status: 200, body: { data: [event] } })
})

describe.each(serverFamilies.filter(engine => !engine.startsWith('postgres')))('JSON on %s', engine => {
  test('a text that is none stays a text', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const collation = engine.startsWith('mysql') ? 'utf8mb4_0900_bin' : 'utf8mb4_nopad_bin'
    const native = `longtext character set utf8mb4 collate ${collation}`
    const text = engine === 'sqlite' ? 'text' : native
    const whole = engine === 'sqlite' ? 'integer' : 'bigint'
    const statements = [
      `create table shelf (id ${whole} primary key)`,
      `create table note (id ${whole} primary key, shelf_id ${whole} not null, about ${text}, words ${text}, foreign key (shelf_id) references shelf (id))`,
      'insert into shelf values (1)',
      `insert into note values (1, 1, '${forged}', 'a,b'), (2, 1, '{"a":[1.50,"é"]}', '["a"]'), (3, 1, null, null), (4, 1, '', '[')`,
    ]
    if (engine === 'sqlite') {
      using file = new DatabaseSync(database.url.slice('file:'.length))
      for (const statement of statements) file.exec(statement)
    } else await administer('mysql', database.url, ...statements)
    const form = { mariadb: native, mysql: native, sqlite: 'TEXT' }
    const schema = defineSchema({
      Shelf: model({ id: field.integer().key(), notes: field.hasMany('Note', 'shelf') }, adopted),
      Note: model(
        {
          id: field.integer().key(),
          shelf: field.belongsTo('Shelf'),
          about: field.json().optional().column('about', form),
          words: field.array(field.text()).optional().column('words', form),
        },
        adopted,
      ),
    })
    const rules = defineRules(schema, {
      Shelf: () => ({ read: everyone }),
      Note: () => ({ read: everyone, update: everyone }),
    })
    await using app = await createTestApp(createApp({ schema, rules }), { store: database.store() })
    const anyone = app.asAnonymous()
    const notes = [
      { id: 1, shelfId: 1, about: forged, words: 'a,b' },
      { id: 2, shelfId: 1, about: { a: [1.5, 'é'] }, words: ['a'] },
      { id: 3, shelfId: 1, about: null, words: null },
      { id: 4, shelfId: 1, about: '', words: '[' },
    ]
    expect(await anyone.get('/api/notes')).toMatchObject({ status: 200, body: { data: notes } })
    expect(await anyone.get('/api/shelves/1?include=notes')).toMatchObject({ status: 200, body: { id: 1, notes } })
    expect(await anyone.patch('/api/notes/1', { words: ['x'] })).toMatchObject({
      status: 200,
      body: { ...notes[0], words: ['x'] },
    })
  })
})
