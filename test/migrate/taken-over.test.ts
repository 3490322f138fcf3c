/** An existing database, taken over and then migrated: pull, a rule, a rename, a required field, a new model, beside the rows that were there. */
import { describe, expect, it } from 'vitest'
import { emptyDatabase, type Engine, engines, needsEngine } from '../fixtures/engines.ts'
import { awkward, familyOf } from '../pull/awkward.ts'
import { catalogue } from '../pull/catalogue.ts'
import { openRules, type PulledProject, pulledProject } from '../pull/pulled-project.ts'
import { unspeakable } from '../pull/unspeakable.ts'

/** One server of each family. */
const families = engines.filter(engine => engine !== 'postgres-15')

const tables: readonly string[] = [
  `create table genre (id integer not null primary key, label varchar(40) not null)`,
  `create table book (id integer not null primary key, title varchar(80) not null, genre_id integer not null references genre (id), pages integer)`,
  `insert into genre (id, label) values (1, 'Crime'), (2, 'Poetry')`,
  `insert into book (id, title, genre_id, pages) values (10, 'First', 1, 100), (11, 'Second', 2, null)`,
]

/** The project with these tables, pulled and adopted. */
async function takenOver(engine: Engine): Promise<PulledProject> {
  const project = await pulledProject(engine, tables)
  await project.done('pull')
  await project.done('migrate', 'up', '--adopt')
  return project
}

function leaveOutModel(project: PulledProject, name: string): void {
  project.edit('src/schema.ts', `  ${name},\n`, '')
  project.edit('src/schema.ts', `import { ${name} } from './models/${name.toLowerCase()}.ts'\n`, '')
}

function leaveOutField(project: PulledProject, file: string, field: string): void {
  project.edit(file, new RegExp(`^ {4}${field}: .*\\n`, 'mu'), '')
}

/** What models have no word for, and how the catalogue is asked, is written for one server of a kind. */
const described = families.filter(engine => !engine.startsWith('mysql'))

describe.each(described)('on %s', { timeout: 120_000 }, engine => {
  it('a database as nobody would design it is adopted, and from nothing the migrations make the very same', async context => {
    needsEngine(context, engine)
    const family = familyOf(engine)
    await using project = await pulledProject(engine, [...awkward(engine), ...unspeakable[family]])
    await project.done('pull')
    expect(await project.done('migrate', 'new')).toContain('have not changed')
    const before = await catalogue(family, project.url)
    await project.done('migrate', 'up', '--adopt')
    expect(await project.done('migrate', 'check')).toContain('belong together')
    expect(await catalogue(family, project.url)).toEqual(before)

    await using empty = await emptyDatabase(engine)
    const { code, output } = await project.plinthOn(empty.url, 'migrate', 'up')
    expect([code, output]).toEqual([0, expect.not.stringContaining('differs') as string])
    expect(await catalogue(family, empty.url)).toEqual(before)
    expect(await project.plinthOn(empty.url, 'migrate', 'check')).toMatchObject({ code: 0 })
  })
})

describe.each(families)('on %s', { timeout: 120_000 }, engine => {
  it('a pulled database is adopted, and grows by migrations', async context => {
    needsEngine(context, engine)
    await using project = await pulledProject(engine, tables)
    const pulled = await project.done('pull')
    expect(pulled).toMatch(/src\/rules\.ts, then: plinth migrate up --adopt/u)
    project.write('src/rules.ts', openRules(['Book', 'Genre'], []))
    expect(await project.done('migrate', 'new')).toContain('have not changed')
    // No model has all that the first migration makes.
    expect(await project.plinth('migrate', 'rebase')).toMatchObject({
      code: 1,
      output: expect.stringContaining('was written by a pull') as string,
    })
    const { output } = await project.plinth('migrate', 'status')
    expect(output).toMatch(/^Database: .+ \((?:SQLite|PostgreSQL|MariaDB or MySQL)\)\n/u)
    // Not the address, which may have a password.
    expect(output).not.toContain(project.url)
    for (const looks of ['status', 'check'])
      expect((await project.plinth('migrate', looks)).output).toContain('Next: plinth migrate up --adopt')
    const refused = await project.plinth('migrate', 'up')
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.output).toContain('plinth migrate up --adopt')
    expect(await project.done('migrate', 'up', '--adopt')).toContain('is there already')
    expect(await project.done('migrate', 'check')).toContain('belong together')

    // A table that comes to the database by other ways is adopted, too.
    await project.sql('create table shelf (id integer not null primary key)')
    expect(await project.done('pull')).toContain('Next: plinth migrate new, then plinth migrate up --adopt')
    expect(await project.done('pull')).toMatch(/Nothing has changed\.\n\n3 models\.\n/u)
    await project.done('migrate', 'new')
    expect((await project.plinth('migrate', 'status')).output).toContain('Next: plinth migrate up --adopt')
    await project.done('migrate', 'up', '--adopt')
    expect(await project.done('migrate', 'check')).toContain('belong together')

    // A field is renamed in code alone, one is added that is required, and a model.
    project.edit('src/models/book.ts', 'title:', 'headline:')
    project.edit('src/models/book.ts', 'headline:', `rating: field.integer().default(3),\n  headline:`)
    project.edit('src/schema.ts', 'defineSchema({', 'defineSchema({ Note,')
    project.edit(
      'src/schema.ts',
      'export const schema',
      `const Note = model({ text: field.text({ max: 100 }), book: field.belongsTo('Book').optional() })\n\nexport const schema`,
    )
    project.edit('src/schema.ts', `from 'plinth'`, `from 'plinth'\nimport { field, model } from 'plinth'`)
    await nameTheOld(project)
    expect(await project.done('migrate', 'new')).toContain('Add the column "rating" of "book"')
    await project.done('migrate', 'up')
    await project.plinth('migrate', 'up', '--contract')
    expect(await project.done('migrate', 'check')).toContain('belong together')
    project.write('src/rules.ts', openRules(['Book', 'Genre', 'Note'], []))
    const url = await project.serve()
    const answer = await fetch(`${url}/api/books?sort=id&select=id,headline,rating,genre(label)`)
    expect(await answer.json()).toMatchObject({
      data: [
        { id: 10, headline: 'First', rating: 3, genre: { label: 'Crime' } },
        { id: 11, headline: 'Second', rating: 3, genre: { label: 'Poetry' } },
      ],
    })
  })

  it('a model or a field that goes leaves its table and column to others, unless it is dropped by name', async context => {
    needsEngine(context, engine)
    await using project = await takenOver(engine)
    // A name that nothing has is refused, though nothing else has changed.
    for (const [words, says] of [
      [['--drop', 'Nope'], 'No model or field is gone, so "Nope" cannot be dropped'],
      [['--drop', 'Book.pages'], 'Book.pages is still in the models'],
      [['--fill', 'Book.page=1'], 'Did you mean "Book.pages"?'],
    ] as const)
      expect(await project.plinth('migrate', 'new', ...words)).toMatchObject({
        code: 1,
        output: expect.stringContaining(says) as string,
      })
    leaveOutField(project, 'src/models/book.ts', 'pages')
    expect(await project.done('migrate', 'new')).toContain('plinth migrate new --drop Book.pages')
    leaveOutModel(project, 'Book')
    leaveOutField(project, 'src/models/genre.ts', 'books')
    await project.done('migrate', 'new')
    await project.done('migrate', 'up')
    await project.done('migrate', 'up', '--contract')
    expect(JSON.stringify(await project.sql('select pages from book where id = 10'))).toContain('100')

    leaveOutModel(project, 'Genre')
    project.edit('src/schema.ts', 'defineSchema({', 'defineSchema({ Note: model({ text: field.text() }),')
    project.edit('src/schema.ts', `from 'plinth'`, `from 'plinth'\nimport { field, model } from 'plinth'`)
    const { output } = await project.plinth('migrate', 'new', '--drop', 'Genre')
    expect(output).toContain('Drop the table "genre" and its rows')
  })

  it('a required column that others have filled keeps its values, though a fill is named', async context => {
    needsEngine(context, engine)
    await using project = await takenOver(engine)
    await project.sql(
      `alter table book add column rating integer default 5 not null`,
      ...(familyOf(engine) === 'sqlite' ? [] : [`alter table book alter column rating drop default`]),
    )
    await project.done('pull')
    const isSaid = (await project.plinth('migrate', 'new')).output.includes(
      '"--fill Book.rating=<value>" (what is there already is kept)',
    )
    // SQLite cannot take the default away.
    expect(isSaid).toBe(familyOf(engine) !== 'sqlite')
    await project.done('migrate', 'new', ...(isSaid ? ['--fill', 'Book.rating=9'] : []))
    await project.done('migrate', 'up', '--adopt')
    await project.plinth('migrate', 'up', '--contract')
    expect(await project.done('migrate', 'check')).toContain('belong together')
    expect(JSON.stringify(await project.sql('select rating from book'))).toMatch(/5[\s\S]*5/u)
    expect(JSON.stringify(await project.sql('select rating from book'))).not.toContain('9')
  })

  it('a pull after own migrations has nothing to settle where both mean the same', async context => {
    needsEngine(context, engine)
    await using project = await takenOver(engine)
    const label = /^ {4}label: [\s\S]*?,\n(?= {4}\w+: )/mu.exec(project.read('src/models/genre.ts'))?.[0] ?? ''
    expect(label).not.toBe('')
    project.edit(
      'src/models/genre.ts',
      label,
      `${label.replace('.column(', '.unique().column(')}    mood: field.text({ max: 9 }).unique().optional(),\n`,
    )
    await project.done('migrate', 'new')
    await project.done('migrate', 'up')
    await project.done('migrate', 'up', '--contract')
    const mine = project.read('src/models/genre.ts')
    await project.done('pull')
    expect(project.read('src/models/genre.ts')).toBe(mine)
    expect(await project.done('pull')).toContain('Nothing has changed.')
  })

  it('what was left can be dropped at any time later', async context => {
    needsEngine(context, engine)
    await using project = await takenOver(engine)
    leaveOutField(project, 'src/models/book.ts', 'pages')
    await project.done('migrate', 'new')
    await project.done('migrate', 'up')

    const wrong = await project.plinth('migrate', 'new', '--drop', 'Book.page')
    expect(wrong.output).toContain('Did you mean "Book.pages"?')
    const written = await project.done('migrate', 'new', '--drop', 'Book.pages')
    expect(written).toMatch(/-drop-book-pages\/[\s\S]*When only the new version runs:\n.*Drop the column "pages"/u)
    expect(written).not.toContain('While the old version still runs')
    await project.plinth('migrate', 'up')
    await project.done('migrate', 'up', '--contract')
    await expect(project.sql('select pages from book')).rejects.toThrow('pages')
    expect(await project.done('migrate', 'check')).toContain('belong together')
    // It is gone for good.
    expect(await project.plinth('migrate', 'new', '--drop', 'Book.pages')).toMatchObject({
      code: 1,
      output: expect.stringContaining('No model or field is gone') as string,
    })

    leaveOutModel(project, 'Book')
    leaveOutField(project, 'src/models/genre.ts', 'books')
    await project.done('migrate', 'new')
    expect(await project.done('migrate', 'new', '--drop', 'Book')).toContain('Drop the table "book" and its rows')
    await project.plinth('migrate', 'up')
    await project.done('migrate', 'up', '--contract')
    await expect(project.sql('select id from book')).rejects.toThrow('book')
    expect(await project.done('migrate', 'check')).toContain('belong together')
  })
})

/** The name moves where it has not moved by the column's own name already. */
async function nameTheOld(project: PulledProject): Promise<void> {
  const { code, output } = await project.plinth('migrate', 'rename', 'Book.title', 'headline')
  if (code !== 0) expect(output).toContain('no field that is gone')
}
