/**
 * What goes: models that refer to one another together, in whatever order they stand, also in a circle; and nothing, no word of an enum either, before the
 * migration's own code has moved what is there.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { otherSession } from './other-session.ts'
import { application, type Models, smallProject } from './small-project.ts'

const kept: Models = { Kept: `model({ name: field.text() })` }
const going: Models = {
  Author: `model({ name: field.text(), best: field.belongsTo('Book').optional(), books: field.hasMany('Book', 'author') })`,
  Book: `model({ author: field.belongsTo('Author'), copies: field.hasMany('Copy', 'book') })`,
  Copy: `model({ book: field.belongsTo('Book') })`,
}

/** One field becomes two, one table a field of another, and an enum loses a word. */
const split = {
  before: {
    Person: `model({ number: field.integer().key(), name: field.text({ max: 80 }).index(), state: field.enum(['here', 'away', 'gone']) })`,
    Place: `model({ person: field.integer().key(), town: field.text({ max: 80 }) })`,
  },
  after: {
    Person: `model({
      number: field.integer().key(),
      first: field.text({ max: 80 }),
      last: field.text({ max: 80 }),
      town: field.text({ max: 80 }).optional(),
      state: field.enum(['here', 'gone']),
    })`,
  },
  code: `export default async ({ db }) => {
  for (const { number, name } of await db.selectFrom('person').selectAll().where('first', 'is', null).execute()) {
    const { town } = await db.selectFrom('place').select('town').where('person', '=', number).executeTakeFirstOrThrow()
    const [first, last] = name.split(' ')
    await db.updateTable('person').set({ first, last, town, state: 'gone' }).where('number', '=', number).execute()
  }
}
`,
} as const

describe.each(serverFamilies)('on %s', { timeout: 60_000 }, engine => {
  it.for([
    ['those that are referred to first', { ...kept, ...going }],
    ['those that are referred to last', Object.fromEntries(Object.entries({ ...kept, ...going }).toReversed())],
  ] as const)('with %s', async ([, models], context) => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    using here = smallProject(models)
    const done = (...words: readonly string[]): Promise<string> => here.done(words, { DATABASE_URL: database.url })
    await done('migrate', 'new')
    await done('migrate', 'up')
    here.write('app.ts', application(kept))
    await done('migrate', 'new')
    await done('migrate', 'up')
    await done('migrate', 'up', '--contract')
    expect(await done('migrate', 'check')).toContain('belong together')
  })

  it('after code has moved what the old version wrote meanwhile', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    using here = smallProject(split.before)
    const done = (...words: readonly string[]): Promise<string> => here.done(words, { DATABASE_URL: database.url })
    await done('migrate', 'new')
    await done('migrate', 'up')
    here.write('app.ts', application(split.after))
    await done('migrate', 'new', 'split', '--data', '--drop', 'Person.name', '--drop', 'Place')
    const folder = readdirSync(join(here.folder, 'migrations')).find(name => name.endsWith('split')) ?? ''
    here.write(`migrations/${folder}/data.ts`, split.code)
    await done('migrate', 'up')
    await using other = await otherSession(engine, database)
    await other.run(`insert into person (number, name, state) values (1, 'Anna Old', 'away')`)
    await other.run(`insert into place (person, town) values (1, 'Rome')`)
    await done('migrate', 'up', '--contract')
    const found = JSON.stringify(await other.run('select first, last, town, state from person'))
    for (const value of ['Anna', 'Old', 'Rome', 'gone']) expect(found).toContain(value)
    expect(await done('migrate', 'check')).toContain('belong together')
  })
})
