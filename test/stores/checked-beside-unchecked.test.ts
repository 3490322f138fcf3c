/** Tables of our own beside those that others made: their values are put into answers as they are, and whatever is made of both is escaped. */
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { coalesce, createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, type Engine, type EngineDatabase, engines, needsEngine } from '../fixtures/engines.ts'
import { administer } from '../services/administration.ts'

/** As long as a UUID. */
const forged = '"},{"id":7,"state":"a","code":"0000"'
const id = '01900000-0000-7000-8000-000000000001'
const mysqlText = 'varchar(60) character set utf8mb4 collate utf8mb4_nopad_bin'
const postgresText = 'character varying(60)'
const texts = { postgres: postgresText, mariadb: mysqlText, mysql: mysqlText, sqlite: 'TEXT' } as const

const states = ['a', 'b'] as const
const Part = model(
  {
    id: field.integer().key(),
    state: field.enum(states).column('state', texts),
    labels: field.hasMany('Label', 'part'),
  },
  { adopted: true },
)
/** Its key is a text in MariaDB, of which nobody looks whether it is a UUID. */
const Crate = model(
  {
    id: field.uuid().key(),
    number: field.integer().unique(),
  },
  { adopted: true },
)
const Label = model({
  state: field.enum(states).optional(),
  // A column of a type of the database's own has no check.
  mark: field.enum(states).optional().column('mark', texts),
  part: field.belongsTo('Part').optional(),
  parts: field.manyToMany('Part'),
  crate: field.belongsTo('Crate').optional(),
  shelf: field.belongsTo('Shelf').optional(),
})
const Shelf = model({
  code: field.uuid(),
  state: field.enum(states),
  since: field.date(),
  labels: field.hasMany('Label', 'shelf'),
})
const all = { read: everyone, create: everyone }
const readable = () => all

async function run(engine: Engine, { url }: EngineDatabase, ...statements: readonly string[]): Promise<void> {
  if (engine === 'sqlite') {
    using file = new DatabaseSync(url.slice('file:'.length))
    for (const statement of statements) file.exec(statement)
  } else await administer(engine.startsWith('postgres') ? 'postgres' : 'mysql', url, ...statements)
}

async function madeByOthers(engine: Engine, database: EngineDatabase): Promise<void> {
  const isPostgres = engine.startsWith('postgres')
  const text = isPostgres ? postgresText : engine === 'sqlite' ? 'text' : mysqlText
  const integer = engine === 'sqlite' ? 'integer' : 'bigint'
  const [uuid, key] = isPostgres
    ? ['uuid', id]
    : engine === 'sqlite'
      ? ['text', id]
      : ['char(36) character set ascii collate ascii_bin', forged]
  await run(
    engine,
    database,
    `create table part (id ${integer} primary key, state ${text} not null)`,
    `insert into part values (1, '${forged}')`,
    `create table crate (id ${uuid} not null primary key, number ${integer} not null unique)`,
    `insert into crate values ('${key}', 1)`,
  )
}

/** Each statement of SQLite looks at the time of its own accord, not all at the same rows. */
const worded = ({ command }: { readonly command: string }): string => command.replaceAll(/rowid \+ \d+/gu, 'rowid')

const together = defineSchema(
  { Part, Crate, Label, Shelf },
  {
    computed: {
      Label: ({ row }) => ({
        ofBoth: coalesce(row.state, row.part.state),
        ofOthers: row.part.state,
        leastOfOthers: row.parts.min(part => part.state),
        ofOurs: coalesce(row.state, row.shelf.state),
      }),
      Part: ({ row }) => ({ least: row.labels.min(label => label.state) }),
    },
  },
)

describe.each(engines)('on %s', engine => {
  test('an own table is read by the same statement, whatever stands beside it', async context => {
    needsEngine(context, engine)
    const alone = defineSchema({ Shelf: model({ code: field.uuid(), state: field.enum(states), since: field.date() }) })
    await using first = await emptyDatabase(engine)
    const aloneApp = createApp({ schema: alone, rules: defineRules(alone, { Shelf: readable }) })
    await using own = await createTestApp(aloneApp, { store: first.store() })
    await using second = await emptyDatabase(engine)
    await madeByOthers(engine, second)
    const rules = defineRules(together, { Part: readable, Crate: readable, Label: readable, Shelf: readable })
    await using mixed = await createTestApp(createApp({ schema: together, rules }), { store: second.store() })
    for (const path of ['/api/shelves', '/api/shelves?sort=state', `/api/shelves/${id}`]) {
      const [plain, beside] = await Promise.all([own, mixed].map(app => app.asAnonymous().get(path)))
      const commands = plain?.statements.map(worded)
      expect(commands).toHaveLength(1)
      expect(beside?.statements.map(worded)).toEqual(commands)
    }
  })

  test('a value that is made of both is a text, wherever it stands', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    await madeByOthers(engine, database)
    const rules = defineRules(together, { Part: readable, Crate: readable, Label: readable, Shelf: readable })
    await using app = await createTestApp(createApp({ schema: together, rules }), { store: database.store() })
    const shelf = await app.db.Shelf.create({ code: id, state: 'b', since: '2026-11-27' })
    await app.db.Label.create({
      partId: 1,
      parts: { connect: [1] },
      shelfId: shelf.id,
      crate: { connect: { number: 1 } },
    })
    await run(engine, database, `update label set mark = '${forged}'`)
    const crateId = engine.startsWith('mariadb') || engine.startsWith('mysql') ? forged : id
    const label = {
      state: null,
      mark: forged,
      partId: 1,
      crateId,
      ofBoth: forged,
      ofOthers: forged,
      leastOfOthers: forged,
      ofOurs: 'b',
    }
    const anyone = app.asAnonymous()
    expect(await anyone.get('/api/labels')).toMatchObject({ status: 200, body: { data: [label] } })
    expect(await anyone.get('/api/labels?sort=ofBoth')).toMatchObject({ status: 200, body: { data: [label] } })
    const nested = await anyone.get(
      `/api/shelves/${shelf.id}?include=labels(state,mark,partId,crateId,ofBoth,ofOthers,leastOfOthers,ofOurs,part(id,state),crate(id,number))`,
    )
    const inside = { ...label, part: { id: 1, state: forged }, crate: { id: crateId, number: 1 } }
    expect(nested).toMatchObject({ status: 200, body: { code: id, state: 'b', labels: [inside] } })
    expect(await app.db.Label.aggregate({ groupBy: ['ofBoth', 'crateId'] })).toEqual([{ ofBoth: forged, crateId }])
    expect(await app.db.Label.aggregate({ groupBy: ['part.state'] })).toEqual([{ 'part.state': forged }])
    expect(await app.db.Label.aggregate({ min: ['ofOthers', 'ofOurs'] })).toEqual([
      { min: { ofOthers: forged, ofOurs: 'b' } },
    ])
    // Nor does a list of others' rows trust what it has of theirs.
    expect(await anyone.get('/api/parts?include=labels')).toMatchObject({
      body: { data: [{ id: 1, state: forged, least: null, labels: [label] }] },
    })
  })
})
