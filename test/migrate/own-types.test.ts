/** Columns with types of their own that change: by hand before a second pull, or by the models. */
import { expect, it } from 'vitest'
import { needs } from '../services/index.ts'
import { type PulledProject, pulledProject } from '../pull/pulled-project.ts'

/** Room for 300 characters in a title that has 200 is made at once, and room for 20 only when the second half can: it cuts nothing. */
async function roomIsMadeAndTaken(
  project: PulledProject,
  type: string,
  typeOfTitle: string,
  refusal: string,
): Promise<void> {
  const sized = (size: number): string => `${type}(${size})`
  const migrated = async (from: number, to: number, name: string): Promise<string> => {
    project.edit('src/models/book.ts', sized(from), sized(to))
    project.edit('src/models/book.ts', `max: ${from}`, `max: ${to}`)
    const written = await project.done('migrate', 'new', name)
    await project.done('migrate', 'up')
    return written
  }
  expect(await migrated(200, 300, 'more-room')).toContain(sized(300))
  expect(await project.sql(typeOfTitle)).toEqual([sized(300)])
  await migrated(300, 20, 'less-room')
  expect(await project.sql(typeOfTitle)).toEqual([sized(300)])
  expect(await project.plinth('migrate', 'up', '--contract')).toMatchObject({
    code: 1,
    output: expect.stringContaining(refusal) as string,
  })
  await project.sql("update book set title = 'short'")
  await project.done('migrate', 'up', '--contract')
  expect(await project.sql(typeOfTitle)).toEqual([sized(20)])
}

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

    const typeOfTitle =
      "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'book'::regclass and attname = 'title'"
    await roomIsMadeAndTaken(project, 'character varying', typeOfTitle, 'too long')
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

    const typeOfTitle =
      "select column_type from information_schema.columns where table_schema = database() and table_name = 'book' and column_name = 'title'"
    await roomIsMadeAndTaken(project, 'varchar', typeOfTitle, 'Data too long')
  },
)
