/** Columns with types of their own that change: by hand before a second pull, or by the models. */
import { expect, it } from 'vitest'
import { needs } from '../services/index.ts'
import { type PulledProject, pulledProject } from '../pull/pulled-project.ts'

const typeOf = async (project: PulledProject, column: string): Promise<unknown> =>
  project.sql(
    `select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'book'::regclass and attname = '${column}'`,
  )

it(
  'what was changed by hand is adopted; more room is instant, and less cuts nothing',
  { timeout: 60_000 },
  async context => {
    needs(context, 'postgres-18')
    await using project = await pulledProject('postgres-18', [
      'create table book (id integer primary key, title varchar(80) not null, pages integer, sort varchar(10) collate "C")',
      "insert into book (id, title) values (1, 'A title of more than twenty characters')",
    ])
    await project.done('pull')
    await project.done('migrate', 'up', '--adopt')
    await project.sql(
      'alter table book alter title type varchar(200), alter pages type bigint, alter sort type text collate "C"',
    )
    await project.done('pull')
    expect(await project.done('migrate', 'new')).toContain('the column "title" of "book" character varying(200)')
    const adopted = await project.done('migrate', 'up', '--adopt')
    expect(adopted.match(/there already/gu)).toHaveLength(3)
    expect(await project.done('migrate', 'check')).toContain('belong together')

    const file = 'src/models/book.ts'
    project.edit(file, 'character varying(200)', 'character varying(300)')
    project.edit(file, 'max: 200', 'max: 300')
    expect(await project.done('migrate', 'new', 'more-room')).toContain('character varying(300)')
    await project.done('migrate', 'up')
    expect(await typeOf(project, 'title')).toEqual(['character varying(300)'])

    project.edit(file, 'character varying(300)', 'character varying(20)')
    project.edit(file, 'max: 300', 'max: 20')
    await project.done('migrate', 'new', 'less-room')
    await project.done('migrate', 'up')
    expect(await typeOf(project, 'title')).toEqual(['character varying(300)'])
    expect(await project.plinth('migrate', 'up', '--contract')).toMatchObject({
      code: 1,
      output: expect.stringContaining('too long') as string,
    })
    await project.sql("update book set title = 'short'")
    await project.done('migrate', 'up', '--contract')
    expect(await typeOf(project, 'title')).toEqual(['character varying(20)'])
  },
)

it.for(['mariadb-10.11', 'mysql-9.7'] as const)(
  'on %s, too, what was changed by hand is adopted, and not done once more',
  { timeout: 60_000 },
  async (server, context) => {
    needs(context, server)
    await using project = await pulledProject(server, [
      "create table book (id integer primary key, title varchar(80) not null, pages integer, sort varchar(10) character set latin1, price decimal(5, 2), state enum ('new', 'old'))",
      "insert into book (id, title) values (1, 'A title of more than twenty characters')",
    ])
    const typesOf = (): Promise<unknown> =>
      project.sql(
        "select column_type, character_set_name from information_schema.columns where table_schema = database() and table_name = 'book' order by ordinal_position",
      )
    await project.done('pull')
    await project.done('migrate', 'up', '--adopt')
    await project.sql(
      "alter table book modify title varchar(200) not null, modify pages bigint, modify sort varchar(30) character set utf8mb4, modify price decimal(8, 3), modify state enum ('new', 'old', 'lost')",
    )
    const byHand = await typesOf()
    await project.done('pull')
    const written = await project.done('migrate', 'new')
    expect(written).toContain('Make the column "title" of "book" varchar(200)')
    const adopted = `${await project.done('migrate', 'up', '--adopt')}${await project.done('migrate', 'up', '--contract')}`
    expect(adopted.match(/Make the column/gu)).toHaveLength(5)
    expect(adopted.match(/there already/gu)).toHaveLength(5)
    expect(await typesOf()).toEqual(byHand)
    expect(await project.done('migrate', 'check')).toContain('belong together')

    const file = 'src/models/book.ts'
    project.edit(file, 'varchar(200)', 'varchar(300)')
    project.edit(file, 'max: 200', 'max: 300')
    expect(await project.done('migrate', 'new', 'more-room')).toContain('varchar(300)')
    await project.done('migrate', 'up')
    expect(JSON.stringify(await typesOf())).toContain('varchar(300)')
    project.edit(file, 'varchar(300)', 'varchar(20)')
    project.edit(file, 'max: 300', 'max: 20')
    await project.done('migrate', 'new', 'less-room')
    await project.done('migrate', 'up')
    expect(JSON.stringify(await typesOf())).toContain('varchar(300)')
    expect(await project.plinth('migrate', 'up', '--contract')).toMatchObject({
      code: 1,
      output: expect.stringContaining('Data too long') as string,
    })
    await project.sql("update book set title = 'short'")
    await project.done('migrate', 'up', '--contract')
    expect(JSON.stringify(await typesOf())).toContain('varchar(20)')
  },
)
