/** SQL by hand, through the db, on every engine. */
import { sql as raw } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import type { SystemDb } from '../../src/operation/index.ts'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'
import type { newsroomSchema } from '../fixtures/newsroom.ts'
import { type Newsroom, openNewsroom } from '../fixtures/open-newsroom.ts'

const code = (value: string) => expect.objectContaining({ code: value })
const systemOf = (room: Newsroom) => room.system as unknown as SystemDb<typeof newsroomSchema>
const id = (end: number): string => `01900000-0000-7000-8000-${String(end).padStart(12, '0')}`

describe.each(engines)('typed SQL on %s', engine => {
  beforeEach(context => needsEngine(context, engine))

  test('speaks of models and fields, and is typed by them', async () => {
    await using room = await openNewsroom({ on: engine })
    await room.as(room.editor).Article.create([{ title: 'One' }, { title: 'Two' }])
    const sql = await systemOf(room).sql('Article', 'User')
    const rows = await sql
      .selectFrom('Article as a')
      .innerJoin('User as u', 'u.id', 'a.authorId')
      .select(['a.title', 'a.authorId', 'u.name as authorName'])
      .orderBy('a.title')
      .execute()
    const titles: string[] = rows.map(row => row.title)
    expect(titles).toEqual(['One', 'Two'])
    expect(rows[0]).toEqual({ title: 'One', authorId: room.editor['id'], authorName: 'eve' })
    // @ts-expect-error the model has no such field
    const wrong = sql.selectFrom('Article').select('titel')
    expect(() => wrong.compile()).not.toThrow()
  })

  test('finds tables of models with a namespace, under other names and under their own', async () => {
    await using database = await emptyDatabase(engine)
    const trade = defineSchema({
      Shop: model({ name: field.text({ max: 40 }) }, { namespace: 'trade', table: 'sites' }),
      Crate: model({ weight: field.integer(), shop: field.belongsTo('Shop') }, { namespace: 'trade' }),
    })
    const rules = defineRules(trade, { Shop: () => ({ read: everyone }), Crate: () => ({ read: everyone }) })
    await using app = await createTestApp(createApp({ schema: trade, rules }), { store: database.store() })
    const { id: shopId } = await app.db.Shop.create({ name: 'Tea' })
    const sql = await app.db.sql('Shop', 'Crate')
    const crates = [1, 2].map(end => ({ id: id(end), shopId, weight: end }))
    await sql.insertInto('Crate').values(crates).execute()
    await sql.updateTable('Crate').set({ weight: 3 }).where('Crate.weight', '=', 1).execute()
    await sql.deleteFrom('Crate').where('weight', '=', 2).execute()
    const joined = sql.selectFrom('Crate').innerJoin('Shop', 'Shop.id', 'Crate.shopId')
    expect(await joined.select(['Shop.name', 'Crate.weight']).execute()).toEqual([{ name: 'Tea', weight: 3 }])
    const named = sql.selectFrom('Crate as c').innerJoin('Shop as s', 's.id', 'c.shopId')
    expect(await named.select('c.weight').selectAll('s').execute()).toEqual([{ id: shopId, name: 'Tea', weight: 3 }])
    // An alias may be the name of another model.
    const shops = sql.selectFrom('Shop as Crate').select('Crate.name')
    expect(await shops.execute()).toEqual([{ name: 'Tea' }])
  })

  test('inserts, changes and deletes by the names of fields, and tells how many', async () => {
    await using room = await openNewsroom({ on: engine })
    const db = systemOf(room)
    const sql = await db.sql('Tag', 'Comment', 'Article')
    const inserted = await sql
      .insertInto('Tag')
      .values([
        { id: id(1), name: 'salt' },
        { id: id(2), name: 'bread' },
      ])
      .executeTakeFirst()
    expect(inserted.numInsertedOrUpdatedRows).toBe(2n)
    const changed = await sql
      .updateTable('Tag')
      .set({ name: 'rye bread' })
      .where('name', '=', 'bread')
      .executeTakeFirst()
    expect(changed.numUpdatedRows).toBe(1n)
    const deleted = await sql.deleteFrom('Tag').where('name', '=', 'salt').executeTakeFirst()
    expect(deleted.numDeletedRows).toBe(1n)
    expect(await db.Tag.find()).toEqual([{ id: id(2), name: 'rye bread' }])

    const article = await db.Article.create({ title: 'One', author: { connect: room.ann['id'] as string } })
    await db.Comment.create({ body: 'first', articleId: article.id, authorId: room.bob['id'] as string })
    await sql.updateTable('Comment').set({ body: 'changed' }).where('articleId', '=', article.id).execute()
    expect(await db.Comment.find({ select: { body: true } })).toEqual([{ body: 'changed' }])
  })

  test('takes part in the transaction of its db', async () => {
    await using room = await openNewsroom({ on: engine })
    const db = systemOf(room)
    const work = db.transaction(async inside => {
      const sql = await inside.sql('Tag')
      await inside.Tag.create({ name: 'mine' })
      await sql.updateTable('Tag').set({ name: 'changed' }).execute()
      const { rows } = await raw<{ name: string }>`select name from tag`.execute(sql)
      expect(rows).toEqual([{ name: 'changed' }])
      throw new Error('undo')
    })
    await expect(work).rejects.toThrow('undo')
    expect(await db.Tag.count()).toBe(0)
  })

  test('is refused with the codes of everything else when a row breaks a constraint, and can go on', async () => {
    await using room = await openNewsroom({ on: engine })
    const db = systemOf(room)
    await db.Tag.create({ name: 'salt' })
    const sql = await db.sql('Tag', 'Comment', 'Article', 'User')
    const twice = (over: typeof sql) =>
      over
        .insertInto('Tag')
        .values({ id: id(1), name: 'salt' })
        .execute()
    await expect(twice(sql)).rejects.toThrow(code('writes.unique'))
    const nowhere = sql
      .insertInto('Comment')
      .values({ id: id(2), body: 'x', hidden: false, articleId: id(8), authorId: id(9) })
      .execute()
    await expect(nowhere).rejects.toThrow(code('writes.reference-missing'))
    const article = await db.Article.create({ title: 'One', author: { connect: room.ann['id'] as string } })
    const astray = sql
      .updateTable('Article')
      .set({ authorId: id(9) })
      .where('id', '=', article.id)
      .execute()
    await expect(astray).rejects.toThrow(code('writes.reference-missing'))
    const inUse = sql
      .deleteFrom('User')
      .where('id', '=', room.ann['id'] as string)
      .execute()
    await expect(inUse).rejects.toThrow(code('writes.reference-in-use'))
    const nothing = sql
      .updateTable('Tag')
      .set({ name: null as never })
      .execute()
    await expect(nothing).rejects.toThrow(code('values.not-nullable'))
    await sql
      .insertInto('Tag')
      .values({ id: id(3), name: 'bread' })
      .execute()
    expect(await db.Tag.count()).toBe(2)
    await expect(
      db.transaction(async inside => twice(await inside.sql('Tag', 'Comment', 'Article', 'User'))),
    ).rejects.toThrow(code('writes.unique'))
    expect(await db.Tag.count()).toBe(2)
  })

  test('numbers are numbers, wide ones lose no digit, and days are texts', async () => {
    await using database = await emptyDatabase(engine)
    const counted = defineSchema({ Count: model({ views: field.integer(), total: field.bigint(), day: field.date() }) })
    const rules = defineRules(counted, { Count: () => ({ read: everyone }) })
    await using app = await createTestApp(createApp({ schema: counted, rules }), { store: database.store() })
    await app.db.Count.create([
      { views: Number.MAX_SAFE_INTEGER, total: 9_007_199_254_740_993n, day: '2028-02-29' },
      { views: -5, total: 5n, day: '0001-01-01' },
    ])
    const sql = await app.db.sql('Count')
    const rows = await sql.selectFrom('Count').select(['views', 'total', 'day']).orderBy('views').execute()
    const wide = engine === 'sqlite' ? 9_007_199_254_740_993n : '9007199254740993'
    expect(rows).toEqual([
      { views: -5, total: 5, day: '0001-01-01' },
      { views: Number.MAX_SAFE_INTEGER, total: wide, day: '2028-02-29' },
    ])
    const { many } = await sql
      .selectFrom('Count')
      .select(eb => eb.fn.countAll().as('many'))
      .executeTakeFirstOrThrow()
    expect(many).toBe(2)
  })

  test('raw SQL binds its values', async () => {
    await using room = await openNewsroom({ on: engine })
    const sql = await systemOf(room).sql('Tag')
    const hostile = `'; delete from tag; --`
    await raw`insert into tag (id, name) values (${id(1)}, ${hostile})`.execute(sql)
    const { rows } = await raw<{ name: string }>`select name from tag where name = ${hostile}`.execute(sql)
    expect(rows).toEqual([{ name: hostile }])
    await expect(raw`select id from nowhere`.execute(sql)).rejects.toThrow(/nowhere/)
    expect((await raw<{ n: number }>`select 1 as n`.execute(sql)).rows.length).toBe(1)
  })

  test('tells who listens to commits what may have changed rows, and of no read', async () => {
    await using room = await openNewsroom({ on: engine })
    const db = systemOf(room)
    const told: string[] = []
    room.engine.transactions.onCommit(({ crowds }) => told.push(...crowds.keys()))
    const sql = await db.sql('Tag')
    const tellsOf = async (query: string, on: typeof sql = sql): Promise<string[]> => {
      await raw.raw(query).execute(on)
      return told.splice(0)
    }
    await sql
      .selectFrom('Tag')
      .select(eb => [eb.fn.countAll().as('many'), eb.fn.max('name').as('last')])
      .execute()
    expect(told).toEqual([])
    expect(await tellsOf('select count(*) as many from tag')).toEqual([])
    expect(await tellsOf('/* how many */ with x as (select 1 as a) select a from x')).toEqual([])
    expect(await tellsOf('explain select name from tag')).toEqual([])
    expect(await tellsOf('-- all of them\ndelete from tag')).toEqual(['Tag'])
    await sql.deleteFrom('Tag').execute()
    expect(told.splice(0)).toEqual(['Tag'])
    await db.transaction(async inside => {
      const within = await inside.sql('Tag')
      expect(await tellsOf('select count(*) as many from tag', within)).toEqual([])
      expect(await tellsOf('delete from tag', within)).toEqual([])
    })
    expect(told.splice(0)).toEqual(['Tag'])

    const insert = (name: string): string => `insert into tag (id, name) values ('${id(7)}', '${name}')`
    if (engine === 'sqlite') return
    if (engine.startsWith('postgres')) {
      await raw.raw(insert('one')).execute(sql)
      expect(told.splice(0)).toEqual(['Tag'])
      expect(await tellsOf('explain analyze delete from tag')).toEqual(['Tag'])
      expect(await tellsOf(`with x as (${insert('two')} returning name) select name from x`)).toEqual(['Tag'])
      const body = `language sql as $$ delete from tag; select 1 $$`
      await tellsOf(`create function forget_tags() returns integer ${body}`)
      expect(await tellsOf('select forget_tags()')).toEqual(['Tag'])
      const partly = `begin ${insert('three')}; commit; raise exception 'too late'; end`
      await tellsOf(`create procedure fail_late() language plpgsql as $$ ${partly} $$`)
      await expect(tellsOf('call fail_late()')).rejects.toThrow('too late')
    } else {
      await tellsOf(
        `create procedure fail_late() begin ${insert('three')}; signal sqlstate '45000' set message_text = 'too late'; end`,
      )
      await expect(tellsOf('call fail_late()')).rejects.toThrow('too late')
    }
    expect(told.splice(0)).toEqual(['Tag'])
    expect(await db.Tag.count()).toBe(1)
  })

  test('is for the system alone, and wants to know what it touches', async () => {
    await using room = await openNewsroom({ on: engine })
    await expect(room.as(room.ann).sql('Tag')).rejects.toThrow(code('writes.sql-needs-system'))
    await expect(room.system.sql()).rejects.toThrow(code('writes.sql-needs-models'))
    await expect(room.system.sql('Tagg')).rejects.toThrow(code('writes.sql-unknown-model'))
  })
})
