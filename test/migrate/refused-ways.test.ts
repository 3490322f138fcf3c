/** Tables that the server does not change beside those who write, for how they are kept: what it refuses is done by a copy, never unsaid. */
import { expect, it } from 'vitest'
import { freshDatabase, needs } from '../services/index.ts'
import { otherSession } from './other-session.ts'
import { application, type Models, smallProject } from './small-project.ts'

const tick = (fields: string): Models => ({ Tick: `model({ number: field.integer().key(), ${fields} })` })

/** 2 to the power of 17 rows: more than are copied beside those who write. */
const doublings = 17

it.for(['mariadb-10.11', 'mysql-9.7'] as const)(
  'a compressed table on %s: a small one is copied, and it is said; a large one only with --downtime',
  { timeout: 60_000 },
  async (server, context) => {
    needs(context, server)
    await using database = await freshDatabase(server)
    await using other = await otherSession(server, database)
    const environment = { DATABASE_URL: database.url }
    using here = smallProject(tick(''))
    await here.done(['migrate', 'new'], environment)
    await here.done(['migrate', 'up'], environment)
    await other.run('alter table tick row_format = compressed')
    await other.run('insert into tick (number) values (1)')
    here.write('app.ts', application(tick('size: field.integer().default(1)')))
    await here.done(['migrate', 'new'], environment)
    expect(await here.done(['migrate', 'up'], environment)).toMatch(
      /Add the column "size" of "tick"\n {8}not in the way that the file names: the database has copied the table/u,
    )

    for (let count = 1; count <= doublings; count++)
      await other.run('insert into tick (number) select number + (select count(*) from tick) from tick')
    here.write('app.ts', application(tick('size: field.integer().default(1), depth: field.integer().default(2)')))
    await here.done(['migrate', 'new', 'depth'], environment)
    const refused = await here.command(['migrate', 'up'], environment)
    expect(refused.code).toBe(1)
    expect(refused.output).toMatch(
      /Step 1 of \d of \d+-depth takes a copy of "tick", and nobody could write to it meanwhile: Add the column "depth" of "tick"\.\n.*INSTANT.*\nNothing of it has run[\s\S]*plinth migrate up --downtime/u,
    )
    expect(await here.done(['migrate', 'up', '--downtime'], environment)).toMatch(
      /has copied the table[\s\S]*The database has all migrations/u,
    )
    expect(await here.done(['migrate', 'check'], environment)).toContain('belong together')
  },
)
