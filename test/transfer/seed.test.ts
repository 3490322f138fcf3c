// `plinth seed`: on demand, all or nothing, and not over rows that are there unless that is said.
import { describe, expect, it } from 'vitest'
import { emptyDatabase } from '../fixtures/engines.ts'
import { commands, project } from './projects.ts'

const garden = (seed: string): Readonly<Record<string, string>> => ({
  'package.json': '{ "name": "garden", "private": true, "type": "module" }',
  'app.ts': `import { createApp, defineSchema, field, model } from 'plinth'

const Plant = model({ name: field.text({ min: 1 }) })
const Bed = model({ number: field.integer() })
export default createApp({ schema: defineSchema({ Plant, Bed })${seed} })
`,
})

const works = `, seed: async db => {
  await db.Plant.create([{ name: 'fern' }, { name: 'moss' }])
  await db.Bed.create({ number: 1 })
}`

describe('plinth seed', { timeout: 60_000 }, () => {
  it('makes the first rows and tells what it made; over rows that are there only when that is said', async () => {
    using here = project(garden(works))
    await using database = await emptyDatabase('sqlite')
    const { run, done, rows } = commands(here, database.url)
    expect(await done('seed')).toBe('Plant: 2 created\nBed: 1 created\n')
    const again = await run('seed')
    expect(again.code).toBe(1)
    expect(again.output).toContain('The database has rows already: Plant 2, Bed 1.')
    expect(again.output).toContain('plinth seed --add')
    expect(JSON.parse(await done('seed', '--add', '--json'))).toEqual({
      models: [
        { model: 'Plant', changes: { create: 2 } },
        { model: 'Bed', changes: { create: 1 } },
      ],
    })
    expect(await rows('Plant', 'name')).toHaveLength(4)
  })

  it('keeps nothing of a seed that fails, and says where there is none', async () => {
    using here = project(garden(works.replace('number: 1', "number: 'one' as never")))
    await using database = await emptyDatabase('sqlite')
    const { run, rows } = commands(here, database.url)
    const failed = await run('seed')
    expect(failed.code).toBe(1)
    expect(failed.output).toContain('/number This has to be a whole number.')
    expect(await rows('Plant', 'name')).toEqual([])

    here.write('app.ts', garden('')['app.ts'] ?? '')
    const none = await run('seed')
    expect(none.code).toBe(1)
    expect(none.output).toContain('The application has no seed.')
  })

  it('waits for the migrations of an application that has some', async () => {
    using here = project(garden(works))
    await using database = await emptyDatabase('sqlite')
    const { run, done, rows } = commands(here, database.url)
    await done('migrate', 'new', 'first')
    const early = await run('seed')
    expect(early.code).toBe(1)
    expect(early.output).toContain('plinth migrate up')
    here.write('plants.csv', 'name\nfern\n')
    const imported = await run('import', 'Plant', 'plants.csv')
    expect(imported.code).toBe(1)
    expect(imported.output).toContain('plinth migrate up')
    await done('migrate', 'up')
    expect(await done('seed')).toBe('Plant: 2 created\nBed: 1 created\n')
    await done('import', 'Plant', 'plants.csv')
    expect(await rows('Plant', 'name')).toHaveLength(3)
  })

  it('may have so many rows that they are only counted', async () => {
    using here = project(
      garden(`, seed: async db => {
  await db.Bed.create({ number: 1 })
  for (let part = 0; part < 3; part++) await db.Plant.create(Array.from({ length: 9000 }, () => ({ name: 'moss' })))
}`),
    )
    await using database = await emptyDatabase('sqlite')
    expect(await commands(here, database.url).done('seed')).toBe('Plant: 27,000 changed\nBed: 1 created\n')
  })
})
