/** Models that refer to one another go together, in whatever order they stand, also in a circle. */
import { describe, expect, it } from 'vitest'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { application, type Models, smallProject } from './small-project.ts'

const kept: Models = { Kept: `model({ name: field.text() })` }
const going: Models = {
  Author: `model({ name: field.text(), best: field.belongsTo('Book').optional(), books: field.hasMany('Book', 'author') })`,
  Book: `model({ author: field.belongsTo('Author'), copies: field.hasMany('Copy', 'book') })`,
  Copy: `model({ book: field.belongsTo('Book') })`,
}

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
})
