/** What only the database knows of, and refuses in its own way, is told in a coded error; so is what it looks at when a transaction ends. */
import { expect, it } from 'vitest'
import { needs } from '../services/index.ts'
import { type Answer, asking } from './asking.ts'
import { openRules, pulledProject } from './pulled-project.ts'

const codeOf = ({ status, body }: Answer): readonly unknown[] => [
  status,
  body['code'],
  body['parameters'],
  (body['errors'] as readonly { pointer: string }[] | undefined)?.[0]?.pointer,
]

it('on SQLite: indexes over expressions, triggers, and references that are deferred', { timeout: 60_000 }, async () => {
  await using project = await pulledProject('sqlite', [
    'create table ship (imo text primary key not null)',
    `create table crew (id integer primary key, email text, boss integer references crew(id) deferrable initially deferred,
      ship text references ship(imo) deferrable initially deferred)`,
    'create unique index crew_mail on crew (lower(email))',
    `create trigger polite before insert on crew when new.email = 'rude' begin select raise(abort, 'be polite'); end`,
    'create table watch (id integer primary key)',
    `create table crew_watch (crew_id integer not null references crew(id), watch_id integer not null references watch(id),
      primary key (crew_id, watch_id))`,
    'insert into watch values (1)',
    "insert into crew (id, email) values (1, 'x')",
    'insert into crew_watch values (1, 1)',
  ])
  await project.done('pull')
  project.write('src/rules.ts', openRules(['Crew', 'Ship', 'Watch'], []))
  const ask = asking(await project.serve())
  expect((await ask('POST', 'crews', { email: 'a' })).status).toBe(201)
  const unique = ['writes.unique', { model: 'Crew', fields: 'crew_mail' }, undefined]
  expect(codeOf(await ask('POST', 'crews', { email: 'A' }))).toEqual([409, ...unique])
  expect(codeOf(await ask('POST', 'crews', { email: 'rude' }))).toEqual([
    422,
    'writes.refused',
    { reason: 'be polite' },
    undefined,
  ])
  // A table that only joins two is told as the relation that it is for.
  expect(codeOf(await ask('DELETE', 'watches/1'))).toEqual([
    409,
    'writes.reference-in-use',
    { model: 'Watch', other: 'Crew.watches' },
    undefined,
  ])
  // Those that share the commit of one that cannot be made are not refused with it.
  const answers = await Promise.all([
    ask('POST', 'crews', { email: 'b', shipImo: 'none' }),
    ask('POST', 'crews', { email: 'c' }),
    ask('PATCH', 'crews/1', { bossId: 77 }),
  ])
  expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
    [409, 'writes.reference-unmet'],
    [201, undefined],
    [409, 'writes.reference-unmet'],
  ])
})

it(
  'on PostgreSQL: references of columns that are reserved words, deferred ones, indexes, triggers, and rows without a partition',
  { timeout: 60_000 },
  async context => {
    needs(context, 'postgres-15')
    await using project = await pulledProject('postgres-15', [
      'create table "user" (id integer primary key, boss integer references "user" deferrable initially deferred, email text)',
      'create unique index user_mail on "user" (lower(email))',
      'create table "order" (id integer primary key, "user" integer not null references "user", "Said" integer references "user")',
      'create table measure (day date primary key) partition by range (day)',
      `create function polite() returns trigger language plpgsql as
        $$ begin if new.email = 'rude' then raise exception 'be polite'; end if; return new; end $$`,
      'create trigger polite before insert on "user" for each row execute function polite()',
    ])
    await project.done('pull')
    expect(await project.done('migrate', 'up', '--adopt')).toContain('The database has all migrations.')
    expect(await project.done('database')).toContain('The database fits the models.')
    project.write('src/rules.ts', openRules(['User', 'Order', 'Measure'], []))
    const ask = asking(await project.serve())
    expect((await ask('POST', 'users', { id: 1, email: 'a' })).status).toBe(201)
    const missing = [409, 'writes.reference-missing', { name: 'bossId', model: 'User' }]
    expect(codeOf(await ask('PATCH', 'users/1', { bossId: 77 }))).toEqual([...missing, '/bossId'])
    expect(codeOf(await ask('POST', 'users', [{ id: 2, bossId: 77 }, { id: 3 }]))).toEqual([...missing, '/0/bossId'])
    const unique = ['writes.unique', { model: 'User', fields: 'user_mail' }, undefined]
    expect(codeOf(await ask('POST', 'users', { id: 4, email: 'A' }))).toEqual([409, ...unique])
    const refused = await ask('POST', 'users', { id: 5, email: 'rude' })
    expect(codeOf(refused)).toEqual([422, 'writes.refused', { reason: 'be polite' }, undefined])
    const homeless = await ask('POST', 'measures', { day: '2024-01-01' })
    expect(homeless).toMatchObject({ status: 422, body: { code: 'store.value-unfit' } })
  },
)

it.for(['mariadb-10.11', 'mysql-9.7'] as const)(
  'on %s: triggers, and characters that a column has not',
  { timeout: 60_000 },
  async (server, context) => {
    needs(context, server)
    await using project = await pulledProject(server, [
      'create table crew (id integer primary key, email varchar(20), latin varchar(20) character set latin1)',
      `create trigger polite before insert on crew for each row
      begin if new.email = 'rude' then signal sqlstate '45000' set message_text = 'be polite'; end if; end`,
    ])
    await project.done('pull')
    project.write('src/rules.ts', openRules(['Crew'], []))
    const ask = asking(await project.serve())
    const refused = await ask('POST', 'crews', { id: 5, email: 'rude' })
    expect(codeOf(refused)).toEqual([422, 'writes.refused', { reason: 'be polite' }, undefined])
    expect((await ask('POST', 'crews', { id: 6, latin: '漢' })).body).toMatchObject({ code: 'store.value-unfit' })
    expect((await ask('GET', `crews?latin=${encodeURIComponent('漢')}`)).status).toBeLessThan(500)
  },
)
