/** Tables of strangers that a pull or a migration after it once took for something else: each with the least that shows it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { defineSchema, field, graphOf, model } from '../../src/model/index.ts'
import { mysqlStore } from '../../src/store/mysql/index.ts'
import { needs } from '../services/index.ts'
import { openRules, pulledProject } from './pulled-project.ts'

it('keys called "hostid" name a relation without "id", and keep their own name', { timeout: 60_000 }, async context => {
  needs(context, 'postgres-18')
  await using project = await pulledProject('postgres-18', [
    'create table hosts (hostid bigint primary key)',
    'create table items (itemid bigint primary key, hostid bigint not null references hosts, parentid bigint references items)',
  ])
  await project.done('pull')
  const item = project.read('src/models/item.ts')
  expect(item).toContain("host: field.belongsTo('Host', { field: 'hostid' })")
  expect(item).toContain("parent: field.belongsTo('Item', { field: 'parentid' })")
  expect(project.read('src/models/host.ts')).toContain("items: field.hasMany('Item', 'host')")
})

it(
  'what is unique with nulls that equal each other is not unique to a model, and is told',
  { timeout: 60_000 },
  async context => {
    needs(context, 'postgres-18')
    await using project = await pulledProject('postgres-18', [
      'create table seat (id integer primary key, hall text, number integer, label text, unique nulls not distinct (hall, number))',
      'create unique index seat_number on seat (number) nulls not distinct',
      'create unique index seat_label on seat (label)',
    ])
    expect(await project.done('pull')).toContain(
      'Indexes of "seat" that models have no word for stay: seat_hall_number_key, seat_number.',
    )
    const uniques = project.read('src/models/seat.ts').match(/^.*unique.*$/gmu) ?? []
    expect(uniques).toEqual([expect.stringMatching(/^ {4}label: .*\.unique\(\)/u)])
  },
)

it(
  'a table of MariaDB with days that are none grows, and keeps them and its defaults',
  { timeout: 60_000 },
  async context => {
    needs(context, 'mariadb-10.11')
    const zero = "'0000-00-00'"
    await using project = await pulledProject('mariadb-10.11', [
      `set statement sql_mode = '' for create table visit (id int primary key auto_increment, note varchar(20),
        begun datetime not null default '0000-00-00 00:00:00', day date not null default ${zero})`,
      `set statement sql_mode = '' for insert into visit (note) values ('old')`,
    ])
    const kept = async (): Promise<unknown> => [
      await project.sql(`select column_default from information_schema.columns where table_schema = database()
        and table_name = 'visit' and column_name in ('begun', 'day') order by column_name`),
      await project.sql(`select count(*) from visit where note = 'old' and begun = 0 and day = 0`),
    ]
    const before = await kept()
    expect(before).toEqual([["'0000-00-00 00:00:00'", zero], ['1']])
    await project.done('pull')
    await project.done('migrate', 'up', '--adopt')
    const file = 'src/models/visit.ts'
    project.edit(file, 'model(\n  {\n', 'model(\n  {\n    rating: field.integer().default(3),\n')
    // That makes the table anew.
    project.edit(file, 'varchar(20)', 'varchar(300)')
    project.edit(file, 'max: 20', 'max: 300')
    await project.done('migrate', 'new')
    await project.done('migrate', 'up')
    await project.done('migrate', 'up', '--contract')
    expect(await project.done('migrate', 'check')).toContain('belong together')
    expect(await kept()).toEqual(before)
  },
)

it.for(['mariadb-10.11', 'mysql-9.7'] as const)(
  'lists and JSON in texts are known by their check, also by that of Plinth: %s',
  { timeout: 60_000 },
  async (engine, context) => {
    needs(context, engine)
    await using project = await pulledProject(engine, [
      "create table lamp (id int primary key, tags longtext, note longtext, check (json_type(tags) = 'ARRAY'))",
      `insert into lamp values (1, '["a"]', '["a"]')`,
    ])
    const graph = graphOf(defineSchema({ Shade: model({ id: field.integer().key(), form: field.json() }) }))
    const store = mysqlStore({ url: project.url })
    await store.open(graph)
    await store.applySchema(await store.compareSchema(graph))
    await store.close()
    for (const wrong of ['tall', '{"a":1'])
      await expect(project.sql(`insert into shade values (1, '${wrong}')`)).rejects.toThrow(/shade_form_form/u)
    await project.done('pull')
    expect(project.read('src/models/shade.ts')).toMatch(/form: field\s*\.json/u)
    const lamp = project.read('src/models/lamp.ts')
    expect(lamp).toMatch(/tags: field\s*\.json/u)
    expect(lamp).toMatch(/note: field\s*\.text/u)
    project.write('src/rules.ts', openRules(['Lamp', 'Shade'], []))
    const answer = await fetch(`${await project.serve()}/api/lamps`)
    expect(await answer.json()).toMatchObject({ data: [{ id: 1, tags: ['a'], note: '["a"]' }] })
  },
)

it('checks of SQLite are what the table refuses, not what a comment or a text says', { timeout: 60_000 }, async () => {
  await using project = await pulledProject('sqlite', [
    `create table lamp (
      id integer primary key, -- it was check (colour in ('red'))
      colour text default 'check (colour in (''red''))',
      size text check ((size in ('big')) or colour is null),
      [shape] text constraint formed check (([shape] in ('round', 'it''s (square)'))))`,
    `create table shade (id integer primary key, "check" text default 'check (1)') -- check (2)`,
  ])
  const told = await project.done('pull')
  expect(told).toContain('Checks of "lamp" stay with the database')
  expect(told).not.toContain('Checks of "shade"')
  const model = project.read('src/models/lamp.ts')
  expect(model.match(/^ +\w+: field\.enum\(.*$/gmu)).toEqual([
    expect.stringContaining(`shape: field.enum(['round', "it's (square)"])`),
  ])
  expect(model).toMatch(/size: field\s*\.text/u)
})

it(
  'types of PostgreSQL that take a new copy of the table are not said to be changed at once',
  { timeout: 60_000 },
  async context => {
    needs(context, 'postgres-15')
    await using project = await pulledProject('postgres-15', [
      'create table crate (id integer primary key, size smallint, code char(5), label varchar(20))',
      "insert into crate values (1, 7, 'ab', 'x')",
    ])
    await project.done('pull')
    await project.done('migrate', 'up', '--adopt')
    const file = 'src/models/crate.ts'
    project.edit(file, /\{ min: -32768, max: 32767 \}/u, '')
    project.edit(file, "'smallint'", "'integer'")
    project.edit(file, 'character varying(20)', 'text')
    await project.done('migrate', 'new', 'more-room')
    const folder = readdirSync(join(project.folder, 'migrations')).find(name => name.endsWith('-more-room'))
    const steps = project.read(`migrations/${folder}/postgres.sql`)
    expect(steps.match(/^-- plinth:on .*$/gmu)).toEqual([
      '-- plinth:on "crate" lock=all work=rewrite',
      '-- plinth:on "crate" lock=moment work=instant',
    ])
    await project.done('migrate', 'up')
    expect(await project.done('migrate', 'up', '--contract')).toContain('The database has all migrations.')
    expect(await project.sql("select size || '|' || code || '|' || label from crate")).toEqual(['7|ab|x'])
  },
)

it('what a table generates is exported, and an import says how to pass over it', { timeout: 60_000 }, async () => {
  await using project = await pulledProject('sqlite', [
    "create table parcel (id integer primary key, kilos integer, label text generated always as (kilos || ' kg'))",
    'insert into parcel (kilos) values (3)',
  ])
  await project.done('pull')
  await project.done('migrate', 'up', '--adopt')
  await project.done('export', 'Parcel', '--to', 'parcels.csv')
  expect(project.read('parcels.csv')).toBe('id,kilos,label\n1,3,3 kg\n')
  await project.sql('delete from parcel')
  const { code, output } = await project.plinth('import', 'Parcel', 'parcels.csv')
  expect([code, output]).toEqual([1, expect.stringContaining('--ignore "label" passes over it.') as string])
  expect(await project.done('import', 'Parcel', 'parcels.csv', '--ignore', 'label')).toContain('1 row created.')
  expect(await project.sql('select kilos, label from parcel')).toEqual([{ kilos: 3, label: '3 kg' }])
})

it('of an index that is to go and is not there nobody is told that it is', { timeout: 60_000 }, async () => {
  await using project = await pulledProject('sqlite', [
    'create table seat (id integer primary key, hall text, row text, unique (hall, row))',
  ])
  await project.done('pull')
  await project.done('migrate', 'up', '--adopt')
  project.edit('src/models/seat.ts', /^ +row: field\..*\n/mu, '')
  project.edit('src/models/seat.ts', /unique: \[\['hall', 'row'\]\], /u, '')
  await project.done('migrate', 'new', '--drop', 'Seat.row')
  expect(await project.done('migrate', 'up')).toMatch(/Drop the index .*\n +is gone already\n/u)
})

it(
  'what JSON has no word for is null in it, and a default that no key can be keeps nobody from pulling',
  { timeout: 60_000 },
  async context => {
    needs(context, 'postgres-18')
    await using project = await pulledProject('postgres-18', [
      'create table meter (id serial primary key, value double precision, least real not null)',
      "insert into meter (value, least) values ('NaN', '-Infinity'), ('Infinity', 0.1)",
      `create table contract (id integer primary key, meter_id integer not null default 0 references meter (id),
        ends timestamptz not null default 'infinity')`,
      'insert into contract (id, meter_id) values (1, 2)',
    ])
    await project.done('pull')
    expect(project.read('src/models/contract.ts')).toContain("meter: field.belongsTo('Meter')")
    project.write('src/rules.ts', openRules(['Contract', 'Meter'], []))
    expect([project.typecheck(), project.format()]).toEqual([null, null])
    const address = await project.serve()
    const at = async (path: string): Promise<unknown> => (await fetch(`${address}/api/${path}`)).json()
    expect(await at('contracts?include=meter&ends[gt]=2024-01-01T00:00:00Z')).toMatchObject({
      data: [{ id: 1, meterId: 2, ends: null, meter: { id: 2, value: null, least: 0.1 } }],
    })
    expect(await at('meters')).toMatchObject({ data: [{ value: null, least: null }, { value: null }] })
    const made = await fetch(`${address}/api/contracts`, {
      method: 'POST',
      body: '{"id":2}',
      headers: { 'content-type': 'application/json' },
    })
    expect([made.status, await made.json()]).toEqual([422, expect.objectContaining({ code: 'values.invalid' })])
  },
)

it(
  'numbers of SQLite without an end are null, and what an empty view computes is text',
  { timeout: 60_000 },
  async () => {
    await using project = await pulledProject('sqlite', [
      'create table meter (id integer primary key, value real)',
      'create view total as select sum(value) as whole, max(date(value)) as latest from meter where value < 9e999 having count(*) > 0',
    ])
    await project.done('pull')
    project.write('src/rules.ts', openRules(['Meter'], ['Total']))
    await project.sql('insert into meter (value) values (9e999), (-9e999), (1.5)', 'delete from meter where id = 2')
    const address = await project.serve()
    const at = async (path: string): Promise<unknown> => (await fetch(`${address}/api/${path}`)).json()
    expect(await at('meters')).toMatchObject({ data: [{ value: null }, { value: 1.5 }] })
    expect(await at('totals')).toMatchObject({ data: [{ whole: '1.5', latest: '-4713-11-26' }] })
  },
)
