/** Models that refer to one another go together, in whatever order they stand, also in a circle. */
import { describe, expect, it } from 'vitest'
import { project } from '../cli/project.ts'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'

const app = (models: string, names: string): Readonly<Record<string, string>> => ({
  'package.json': '{ "name": "shop", "private": true, "type": "module" }',
  'app.ts': `import { createApp, defineSchema, field, model } from 'plinth'
${models}
export default createApp({ name: 'Shop', schema: defineSchema({ ${names} }) })
`,
})

const kept = `const Kept = model({ name: field.text() })`
const going = `const Author = model({ name: field.text(), best: field.belongsTo('Book').optional(), books: field.hasMany('Book', 'author') })
const Book = model({ author: field.belongsTo('Author'), copies: field.hasMany('Copy', 'book') })
const Copy = model({ book: field.belongsTo('Book') })`

describe.each(serverFamilies)('on %s', { timeout: 60_000 }, engine => {
  it.for([
    ['those that are referred to first', 'Kept, Author, Book, Copy'],
    ['those that are referred to last', 'Copy, Book, Author, Kept'],
  ] as const)('with %s', async ([, names], context) => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    using here = project(app(`${kept}\n${going}`, names))
    const done = (...words: readonly string[]): Promise<string> => here.done(words, { DATABASE_URL: database.url })
    await done('migrate', 'new')
    await done('migrate', 'up')
    for (const [file, text] of Object.entries(app(kept, 'Kept'))) here.write(file, text)
    await done('migrate', 'new')
    await done('migrate', 'up')
    await done('migrate', 'up', '--contract')
    expect(await done('migrate', 'check')).toContain('belong together')
  })
})
