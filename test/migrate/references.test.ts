/** References among rows that are there: what every row gets has to lead somewhere. */
import { describe, expect, it } from 'vitest'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { otherSession } from './other-session.ts'
import { application, type Models, smallProject } from './small-project.ts'

const people = (fields: string): Models => ({
  Team: `model({ number: field.integer().key() })`,
  Person: `model({ number: field.integer().key()${fields} })`,
})

describe.each(serverFamilies)('on %s', { timeout: 60_000 }, engine => {
  it('a required relation comes with one row for all, which has to be there', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    using here = smallProject(people(''))
    const environment = { DATABASE_URL: database.url }
    await here.done(['migrate', 'new'], environment)
    await here.done(['migrate', 'up'], environment)
    await using other = await otherSession(engine, database)
    await other.run('insert into person (number) values (1)')
    here.write('app.ts', application(people(`, team: field.belongsTo('Team')`)))
    await here.done(['migrate', 'new', '--fill', 'Person.teamNumber=7'], environment)
    expect((await here.command(['migrate', 'up'], environment)).output).toMatch(/Step \d+ of \d+ of .* failed/u)
    await other.run('insert into team (number) values (7)')
    await here.done(['migrate', 'up'], environment)
    await here.done(['migrate', 'up', '--contract'], environment)
    expect(JSON.stringify(await other.run('select team_number from person'))).toMatch(/"team_number":"?7/u)
    expect(await here.done(['migrate', 'check'], environment)).toContain('belong together')
  })
})
