/** A column that somebody has changed by hand, as no command keeps its values: pulled, said to be so, and asked of every other database. */
import { describe, expect, it } from 'vitest'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'
import { familyOf } from '../pull/awkward.ts'
import { openRules, pulledProject } from '../pull/pulled-project.ts'

/** One server of each family. */
const families = engines.filter(engine => engine !== 'postgres-15')

const book = (code: string): string =>
  `create table book (id integer not null primary key, code ${code} not null, title varchar(80) not null)`

/** What the administrator does: codes are numbers from now on. */
const byHand = {
  sqlite: [
    'alter table book rename to old_book',
    book('integer'),
    'insert into book select id, cast(code as integer), title from old_book',
    'drop table old_book',
  ],
  postgres: ['alter table book alter column code type integer using code::integer'],
  mysql: ['alter table book modify code integer not null'],
} as const

describe.each(families)('on %s', { timeout: 120_000 }, engine => {
  it('is pulled again, named in a migration, and asked of every other database', async context => {
    needsEngine(context, engine)
    await using project = await pulledProject(engine, [
      book('varchar(20)'),
      `insert into book (id, code, title) values (1, '17', 'First'), (2, '4', 'Second')`,
    ])
    await project.done('pull')
    await project.done('migrate', 'up', '--adopt')
    await project.sql(...byHand[familyOf(engine)])
    await project.done('pull')
    expect(project.read('src/models/book.ts')).toContain('code: field.integer(')

    const refused = await project.plinth('migrate', 'new')
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.output).toContain('Book.code: what is stored cannot become "integer"')
    expect(refused.output).toContain('plinth migrate new --by-hand')
    const idle = await project.plinth('migrate', 'new', '--by-hand', 'Book.title')
    expect(idle).toMatchObject({ code: 1 })
    const written = await project.done('migrate', 'new', '--by-hand', 'Book.code')
    expect(written).toMatch(/Make the column "code" of "book" \S.*, by hand/u)

    // Here it is done.
    expect(await project.done('migrate', 'up')).toContain('is there already')
    expect(await project.done('migrate', 'check')).toContain('belong together')
    project.write('src/rules.ts', openRules(['Book'], []))
    const url = await project.serve()
    const answer = await fetch(`${url}/api/books?sort=code&select=code,title`)
    expect(await answer.json()).toMatchObject({
      data: [
        { code: 4, title: 'Second' },
        { code: 17, title: 'First' },
      ],
    })

    // Elsewhere it is not, until somebody does it or writes down how.
    await using other = await emptyDatabase(engine)
    const missing = await project.plinthOn(other.url, 'migrate', 'up')
    expect(missing).toMatchObject({ code: 1 })
    expect(missing.output).toMatch(/is done by hand, and here it is not done yet: Make the column "code" of "book"/u)
    expect(missing.output).toContain("Do it, or write its commands into the migration's file")
    const [, file = ''] = /^wrote {2}(migrations\/\S+\.sql)$/mu.exec(written) ?? []
    // A comment alone does nothing.
    project.edit(file, /-- Do it in each database.*\n/u, '\n-- Ask the owner of the table.\n$&')
    expect((await project.plinthOn(other.url, 'migrate', 'up')).output).toContain('is done by hand, and here it is not')
    const commands = byHand[familyOf(engine)].map(command => `${command};`).join('\n')
    project.edit(file, /-- Do it in each database.*\n/u, `${commands}\n`)
    const done = await project.plinthOn(other.url, 'migrate', 'up')
    expect([done.code, done.output]).toEqual([0, expect.not.stringContaining('differs') as string])
    expect((await project.plinthOn(other.url, 'migrate', 'check')).code).toBe(0)
  })
})
