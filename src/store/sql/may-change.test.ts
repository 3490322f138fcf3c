import {
  type Dialect,
  DummyDriver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { describe, expect, test } from 'vitest'
import { mayChange } from './may-change.ts'

const onServer = (text: string): boolean => mayChange({ sql: text }, { routines: true })
const onSqlite = (text: string): boolean => mayChange({ sql: text }, { routines: false })

describe('what only reads', () => {
  test.each([
    'select 1',
    '  SELECT a FROM t WHERE updated > 1',
    'with x as (select 1) select * from x',
    'with x as not materialized (select 1) select * from x',
    'values (1), (2)',
    'values row(1)',
    'table x',
    'show server_version',
    '(select 1) union (select 2)',
    '-- why\n/* and\n how */ select 1',
    'select 1;',
    'select 1; ; \n',
    'explain select 1',
    'explain analyze select 1',
    'explain (analyze, buffers) select 1',
    'explain analyze verbose select 1',
    'explain format=json select 1',
    'explain query plan select 1',
    'select a from t for update skip locked',
    'select a from t for no key update of t',
    'select count(*), lower (a), t.b::numeric(9, 2) from t where a in (1, 2) and exists (select 1)',
    'select 1 from account where pg_sleep(2) is not null',
  ])('%s', text => {
    expect([onServer(text), onSqlite(text)]).toEqual([false, false])
  })
})

describe('what changes rows, or may', () => {
  test.each([
    'insert into t values (1)',
    'replace into t values (1)',
    'update t set a = 1',
    'delete from t',
    'merge into t using s on true when matched then delete',
    'truncate t',
    'create table t (a int)',
    'drop table t',
    'call p()',
    'do $$ begin end $$',
    'execute s',
    'handler t open',
    'pragma user_version = 5',
    'pragma user_version',
    'vacuum',
    '',
    'with x as (delete from t returning *) select * from x',
    'with x as (\nselect 1), y as (Update t set a = 1 returning *) select * from y',
    'with x as (select 1) insert into t select * from x',
    'select a into s from t',
    "select a from t into outfile 'f'",
    'table t into outfile x',
    'explain analyze delete from t',
    'EXPLAIN ANALYSE delete from t',
    'explain (analyze, verbose) update t set a = 1',
    'explain analyze execute s',
    'explain analyze create table s as select 1',
    'explain (analyze) (with x as (delete from t returning 1) select 1)',
    'analyze delete from t',
    'explain t',
    '/* select */ delete from t',
    '-- select\ndelete from t',
    '-- select 1\r truncate t',
    '/* /* */ select 1 */ truncate t',
    '/*! truncate t */',
    '/*M! truncate t */ select 1',
    'select 1; drop table t',
    'select 1;\n-- more',
    'select a from t for update; truncate t',
  ])('%s', text => {
    expect([onServer(text), onSqlite(text)]).toEqual([true, true])
  })
})

test.each([
  'select f()',
  'select f (1)',
  'select f\n(1)',
  'select "f"(1)',
  'select `f`(1)',
  'select app.count(1)',
  'select "app"."count"(1)',
  'select f/* in */(1)',
  'select f -- in\n(1)',
  'select f # in\n(1)',
  'select /*! f( */ 1 /*! ) */',
  'select * from f(1)',
  'values (f(1))',
  'explain select f()',
  "select nextval('s')",
  "select set_config('a', 'b', false)",
])('a function of the application may change rows, where there are any: %s', text => {
  expect([onServer(text), onSqlite(text)]).toEqual([true, false])
})

test('a long text costs no more than it is long', () => {
  const started = performance.now()
  expect(onServer(`select '${'x'.repeat(1_000_000)}' as a, '${' '.repeat(1_000_000)}' as b`)).toBe(false)
  expect(performance.now() - started).toBeLessThan(1000)
})

interface Tables {
  t: { id: number; name: string; updateId: number }
  s: { id: number; tId: number }
}

const compiling = (parts: Omit<Dialect, 'createDriver'>): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: { createDriver: () => new DummyDriver(), ...parts } })

const dialects = {
  postgres: compiling({
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: db => new PostgresIntrospector(db),
  }),
  mysql: compiling({
    createQueryCompiler: () => new MysqlQueryCompiler(),
    createAdapter: () => new MysqlAdapter(),
    createIntrospector: db => new MysqlIntrospector(db),
  }),
  sqlite: compiling({
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: db => new SqliteIntrospector(db),
  }),
}

describe.each(Object.entries(dialects))('as Kysely writes it for %s', (name, db) => {
  const habits = { routines: name !== 'sqlite' }
  const changes = (query: { compile(): { sql: string } }): boolean => mayChange(query.compile(), habits)

  test('reads', () => {
    const joined = db
      .with('x', one => one.selectFrom('s').select(['id', 'tId']))
      .selectFrom('t')
      .leftJoin('x', 'x.tId', 't.id')
      .select(eb => ['t.updateId', eb.fn.countAll().as('many'), eb.fn.coalesce('t.name', eb.val('')).as('named')])
      .where('t.id', 'in', [1, 2])
      .where(eb => eb.exists(eb.selectFrom('s').select('s.id').whereRef('s.tId', '=', 't.id')))
      .groupBy('t.updateId')
      .orderBy('t.name', 'desc')
      .limit(3)
    expect(changes(joined)).toBe(false)
    expect(changes(db.selectFrom('t').select('id').union(db.selectFrom('s').select('id')))).toBe(false)
    expect(changes(db.selectFrom('t').selectAll().forUpdate())).toBe(false)
    const numbered = db.selectFrom('t').select(eb =>
      eb.fn
        .agg('row_number')
        .over(over => over.partitionBy('name').orderBy('id'))
        .as('n'),
    )
    expect(changes(numbered)).toBe(false)
    expect(changes(db.selectNoFrom(sql`now()`.as('at')))).toBe(false)
  })

  test('changes', () => {
    expect(changes(db.insertInto('t').values({ id: 1, name: 'a', updateId: 1 }))).toBe(true)
    expect(changes(db.replaceInto('t').values({ id: 1, name: 'a', updateId: 1 }))).toBe(true)
    expect(changes(db.updateTable('t').set({ name: 'a' }))).toBe(true)
    expect(changes(db.deleteFrom('t').where('id', '=', 1))).toBe(true)
    const merge = db.mergeInto('t').using('s', 's.tId', 't.id').whenMatched().thenDelete()
    expect(changes(merge)).toBe(true)
    expect(changes(db.schema.createTable('u').addColumn('id', 'integer'))).toBe(true)
    expect(changes(db.schema.alterTable('t').dropColumn('name'))).toBe(true)
    expect(changes(db.schema.dropTable('t'))).toBe(true)
    const gone = db
      .with('gone', one => one.deleteFrom('t').returningAll())
      .selectFrom('gone')
      .selectAll()
    expect(changes(gone)).toBe(true)
    expect(changes({ compile: () => sql`with x as (delete from t returning *) select * from x`.compile(db) })).toBe(
      true,
    )
    expect(changes(db.selectNoFrom(eb => eb.fn('settle', [eb.val(1)]).as('done')))).toBe(habits.routines)
  })
})

test("Kysely's helpers for JSON only read", () => {
  const nested = dialects.postgres
    .selectFrom('t')
    .select(eb => jsonArrayFrom(eb.selectFrom('s').selectAll().whereRef('s.tId', '=', 't.id')).as('all'))
  expect(onServer(nested.compile().sql)).toBe(false)
})
