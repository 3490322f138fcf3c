/** Migrations that stop in the middle: what is told of them, and what does not stop one. */
import { expect, it } from 'vitest'
import { freshDatabase, needs } from '../services/index.ts'
import { application, smallProject } from './small-project.ts'

// On a server, where it waits between its steps: on SQLite it may be over before it hears of its reader.
it('a reader who has seen enough stops no migration', async context => {
  needs(context, 'postgres-18')
  await using database = await freshDatabase('postgres-18')
  const environment = { DATABASE_URL: database.url }
  using here = smallProject({
    Tag: `model({ word: field.text({ max: 40 }) })`,
    Note: `model({ text: field.text() })`,
  })
  await here.done(['migrate', 'new', 'first'], environment)

  const running = here.run(['migrate', 'up'], environment)
  running.child.stdout?.destroy()

  expect([await running.exit, running.output()]).toEqual([0, ''])
  expect(await here.done(['migrate', 'status'], environment)).toMatch(/-first {2}done\n$/u)
})

it('plinth migrate check tells of one that has begun, and how far it came', async () => {
  using here = smallProject({ Tag: `model({ kind: field.integer(), word: field.text({ max: 40 }) })` })
  await here.done(['migrate', 'new', 'first'])
  await here.done(['migrate', 'up'])
  here.write('tags.csv', 'kind,word\n1,same\n2,same\n')
  await here.done(['import', 'Tag', 'tags.csv'])
  here.write(
    'app.ts',
    application({ Tag: `model({ kind: field.integer().unique(), word: field.text({ max: 40 }).unique() })` }),
  )
  await here.done(['migrate', 'new', 'second'])
  expect(await here.command(['migrate', 'up', '--downtime'])).toMatchObject({ code: 1 })

  expect(await here.done(['migrate', 'check'])).toMatch(/-second {2}second half begun \(step 1 of 2\)\n/u)
})
