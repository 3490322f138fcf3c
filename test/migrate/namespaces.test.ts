/** A table that was there before its model, in a namespace: most databases have none, and make it a part of the table's name. */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { application, type Models, smallProject } from './small-project.ts'

const note = (fields: string): Models => ({
  Note: `model({ ${fields} }, { namespace: 'office', table: 'note', adopted: true })`,
})
const keyed = 'id: field.integer().key(), code: field.integer(), title: field.text({ max: 20 })'

it('is taken over with what it has, and is not made anew', { timeout: 60_000 }, async () => {
  using here = smallProject(note(`${keyed}.unique()`))
  const file = join(here.folder, 'data/app.db')
  here.write('data/.keep', '')
  const database = new DatabaseSync(file)
  database.exec(`create table office_note (id integer not null primary key, code integer not null, title text not null, check (code > 0));
    create unique index their_titles on office_note (title)`)
  const indexes = (): readonly unknown[] =>
    database
      .prepare("select name from sqlite_schema where type = 'index' order by name")
      .all()
      .map(({ name }) => name)
  await here.done(['migrate', 'new'])
  await here.done(['migrate', 'up', '--adopt'])
  expect(indexes()).toEqual(expect.arrayContaining(['their_titles']))
  expect(indexes()).not.toContain('note_title_unique')
  database.close()

  // A check of its own would be gone.
  const other = note('id: field.integer(), code: field.integer().key(), title: field.text({ max: 20 }).unique()')
  here.write('app.ts', application(other))
  const { code, output } = await here.command(['migrate', 'new'])
  expect(output).toContain('"office_note" was there before its model')
  expect(code).toBe(1)
})
