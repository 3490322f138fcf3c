/** Migrations of a SQLite file that meet a full disk, a column of somebody else, or a migration that cannot be read. */
import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { project } from '../cli/project.ts'
import { emptyDatabase } from '../fixtures/engines.ts'
import { changedSchema, migratedShop } from './migrated-shop.ts'
import { firstVersion } from './shop-versions.ts'

describe('on SQLite', { timeout: 120_000 }, () => {
  it('a runner that was killed holds nobody up, though a process has its number', async () => {
    await using database = await emptyDatabase('sqlite')
    const environment = { DATABASE_URL: database.url }
    using here = await migratedShop(environment)
    // In a container each process gets the number of the one before, and another machine's name says nothing.
    for (const host of [hostname(), 'elsewhere']) {
      const left = new DatabaseSync(database.url.slice('file:'.length))
      left
        .prepare('insert into plinth_migration_lock (one, token, host, process, since) values (1, ?, ?, ?, ?)')
        .run('killed', host, process.pid, new Date().toISOString())
      left.close()
      expect(await here.done(['migrate', 'up'], environment)).toContain('Nothing was left to run')
    }
  })

  it('a disk that fills up while a table is made anew leaves the table as it was', async () => {
    await using database = await emptyDatabase('sqlite')
    const environment = { DATABASE_URL: database.url }
    using here = await migratedShop(environment)
    const file = database.url.slice('file:'.length)
    const rows = 20_000
    {
      const other = new DatabaseSync(file)
      other.exec('begin')
      const insert = other.prepare(`insert into product (number, title, code, legacy, note) values (?, ?, ?, 'old', ?)`)
      for (let number = 1; number <= rows; number++)
        insert.run(number, 'A title of some length', `code ${number}`, 'n'.repeat(60))
      other.exec('commit')
      other.exec('create trigger noticed after delete on Product begin select 1; end')
      other.close()
    }
    here.write(
      'schema.ts',
      changedSchema('note: field.text({ max: 60 }).optional()', `note: field.text({ max: 60 }).default('none')`),
    )
    await here.done(['migrate', 'new'], environment)
    await here.done(['migrate', 'up'], environment)
    // The write-ahead log may grow to so many KiB, which is less than the new table needs.
    const limit = 512
    const full = here.run(['migrate', 'up', '--contract'], environment, { largestFile: limit })
    expect([await full.exit, full.output()]).toEqual([1, expect.stringMatching(/full|disk I\/O/iu) as string])
    {
      const other = new DatabaseSync(file)
      expect(other.prepare('select count(*) as n from product').get()).toEqual({ n: rows })
      expect(other.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
      other.close()
    }
    await here.done(['migrate', 'up', '--contract'], environment)
    const other = new DatabaseSync(file)
    expect(other.prepare('select count(*) as n from product').get()).toEqual({ n: rows })
    // Triggers, indexes and references are there as before.
    const objects = other
      .prepare(
        `select type, name from sqlite_schema where tbl_name = 'product' collate nocase and sql is not null order by name`,
      )
      .all()
    expect(objects.map(({ name }) => name)).toEqual([
      'noticed',
      'product',
      'product_code_unique',
      'product_legacy_index',
      'product_maker_id_index',
    ])
    expect(other.prepare(`select "table" from pragma_foreign_key_list('product')`).all()).toEqual([{ table: 'maker' }])
    other.close()
  })

  it('a table with a column that the models do not know of is not made anew', async () => {
    await using database = await emptyDatabase('sqlite')
    const environment = { DATABASE_URL: database.url }
    using here = await migratedShop(environment)
    const other = new DatabaseSync(database.url.slice('file:'.length))
    other.exec('alter table product add column by_hand text')
    other.close()
    here.write('schema.ts', changedSchema('weight: field.integer().default(1)', 'weight: field.integer().optional()'))
    await here.done(['migrate', 'new'], environment)
    const refused = await here.command(['migrate', 'up'], environment)
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining('would lose what the models do not know of: by_hand') as string,
    })
  })

  it('a constraint that is not seen, in a table of which not all is understood, is not taken as gone', async () => {
    await using database = await emptyDatabase('sqlite')
    const environment = { DATABASE_URL: database.url }
    using here = await migratedShop(environment)
    here.write('schema.ts', changedSchema('weight: field.integer().default(1)', 'weight: field.integer().optional()'))
    await here.done(['migrate', 'new'], environment)
    const id = readdirSync(join(here.folder, 'migrations')).find(one => one.endsWith('-change-product')) ?? ''
    const file = `migrations/${id}/sqlite.sql`
    const text = readFileSync(join(here.folder, file), 'utf8')
    here.write(file, text.replace('-- plinth:run rebuild', '-- plinth:unless no constraint "product_size_form"\n$&'))
    using other = new DatabaseSync(database.url.slice('file:'.length), { defensive: false })
    // As early versions of SQLite took it, and all later ones read it.
    other.exec(`
      pragma writable_schema = on;
      update sqlite_schema set sql = replace(sql, ') strict', ', foreign key ("note" desc) references maker) strict')
      where name = 'product'`)
    await here.done(['migrate', 'up'], environment)
    expect(other.prepare(`select "notnull" from pragma_table_info('product') where name = 'weight'`).get()).toEqual({
      notnull: 0,
    })
  })

  it('a file that cannot be read is refused with its line', async () => {
    await using database = await emptyDatabase('sqlite')
    const environment = { DATABASE_URL: database.url }
    using here = project(firstVersion)
    await here.done(['migrate', 'new'], environment)
    const [id = ''] = readdirSync(join(here.folder, 'migrations'))
    const file = `migrations/${id}/sqlite.sql`
    const text = readFileSync(join(here.folder, file), 'utf8')
    here.write(file, text.replace('-- plinth:unless table', '-- plinth:unles table'))
    const refused = await here.command(['migrate', 'up'], environment)
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringMatching(/sqlite\.sql cannot be used: in line \d+ there is no "plinth:unles"/u) as string,
    })
  })
})
