/** SQL by hand, through the db. */
import { sql as raw } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { SystemDb } from '../../src/operation/index.ts'
import type { newsroomSchema } from '../fixtures/newsroom.ts'
import { openNewsroom } from '../fixtures/open-newsroom.ts'

const code = (value: string) => expect.objectContaining({ code: value })

describe('typed SQL', () => {
  test('speaks of models and fields, and is typed by them', async () => {
    await using room = await openNewsroom()
    await room.as(room.editor).Article.create([{ title: 'One' }, { title: 'Two' }])
    const db = room.system as unknown as SystemDb<typeof newsroomSchema>
    const sql = await db.sql('Article', 'User')
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

  test('takes part in the transaction of its db', async () => {
    await using room = await openNewsroom()
    const db = room.system as unknown as SystemDb<typeof newsroomSchema>
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

  test('is for the system alone, and wants to know what it touches', async () => {
    await using room = await openNewsroom()
    await expect(room.as(room.ann).sql('Tag')).rejects.toThrow(code('writes.sql-needs-system'))
    await expect(room.system.sql()).rejects.toThrow(code('writes.sql-needs-models'))
    await expect(room.system.sql('Tagg')).rejects.toThrow(code('writes.sql-unknown-model'))
  })
})
