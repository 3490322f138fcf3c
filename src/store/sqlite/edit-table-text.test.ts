/** Every form of CREATE TABLE that SQLite takes is read, and changed in nothing but what is meant. */
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { editTableText, readEdit } from './edit-table-text.ts'

/** Each has a column `b`, which is no part of a key. */
const accepted: readonly string[] = [
  'CREATE TABLE t(a,b)',
  'CREATE TABLE t (a integer primary key desc on conflict fail, b)',
  `CREATE TABLE 't' ('a' 'some type' (1, -2) default -1, "b" unsigned big int default +1.5e3)`,
  'CREATE TABLE [t] (`a` text collate nocase constraint x unique on conflict replace constraint y, [b] not null default (1 + (2)))',
  `CREATE TABLE t (a default 'it''s -- no comment', /* , b */ b default x'00' -- , c
   )`,
  'CREATE TABLE t (a as (b + 1), b null unique, c int generated always as (a) virtual not null, d as (1) stored)',
  'CREATE TABLE t (a constraint f references o on delete set null on update no action match full not deferrable initially immediate, b text references o(id) deferrable initially deferred check (b <> char(44)))',
  'CREATE TABLE t (a, b, constraint c1 primary key (a asc) on conflict abort constraint c2 check (a > b) on conflict ignore unique (a, b collate nocase) foreign key (a, b) references o (id, n) on delete cascade) without rowid',
  'CREATE TABLE t (a text primary key, b any) strict, without rowid',
  'CREATE TABLE t (a real default .5e-3, b int default 1e+2 check(b>0)unique)',
  'CREATE TABLE t ("a"unique, b varchar(9)null check(b>0)collate nocase)',
  'CREATE TABLE t (a current_timestamp default current_timestamp, b default true, constraint none)',
  'CREATE TABLE t (a references o not null deferrable constraint d not deferrable initially immediate, b int default 1.e+5 deferrable)',
]

const isRequired = (database: DatabaseSync): unknown =>
  database.prepare(`select "notnull" as is_required from pragma_table_info('t') where name = 'b'`).get()?.[
    'is_required'
  ]

describe.each(accepted)('%s', sql => {
  it('is changed, and SQLite takes what comes of it', () => {
    using database = new DatabaseSync(':memory:')
    database.exec('create table o (id, n, primary key (id, n))')
    database.exec(sql)
    const edits = [
      'alter table t alter column b set not null',
      `alter table t add constraint "t_check" check (b is not 'no')`,
      'alter table t add constraint "t_ref" foreign key ("b") references "p" ("id") on delete cascade',
    ]
    const edited = edits.map(readEdit).reduce(editTableText, sql)
    // What is there already is not added again.
    expect(edits.map(readEdit).reduce(editTableText, edited)).toBe(edited)
    database.exec('drop table t')
    database.exec(edited)
    expect(isRequired(database)).toBe(1)
    const back = [
      'alter table t drop foreign key ("b")',
      'alter table t drop constraint "t_check"',
      'alter table t alter column "b" drop not null',
    ]
    const restored = back.map(readEdit).reduce(editTableText, edited)
    database.exec('drop table t')
    database.exec(restored)
    expect(isRequired(database)).toBe(0)
    expect(restored).not.toMatch(/t_check|t_ref/u)
  })
})

it('words that stood behind a bracket or a quote stay words of their own', () => {
  const sql = 'CREATE TABLE t ("a"unique, b varchar(9)collate nocase, c int check(c>0)constraint d check(c<9)not null)'
  const edits = [
    'alter table t alter column a type text',
    'alter table t alter column b type text',
    'alter table t drop constraint d',
  ]
  expect(edits.map(readEdit).reduce(editTableText, sql)).toBe(
    'CREATE TABLE t ("a" text unique, b text collate nocase, c int check(c>0) not null)',
  )
})

it('a reference that goes takes along when it is to be looked at, wherever that stands', () => {
  const sql = 'CREATE TABLE t (a references o, b references o not null deferrable initially deferred unique)'
  expect(editTableText(sql, readEdit('alter table t drop foreign key ("b")'))).toBe(
    'CREATE TABLE t (a references o, b not null unique)',
  )
})

it('a comma goes with all that stands behind it', () => {
  const sql = 'CREATE TABLE t (a, constraint c check (a > 0) constraint d unique (a), check (a < 9))'
  const without = (...names: readonly string[]): string =>
    names.map(name => readEdit(`alter table t drop constraint ${name}`)).reduce(editTableText, sql)
  expect(without('c')).toBe('CREATE TABLE t (a, constraint d unique (a), check (a < 9))')
  expect(without('d')).toBe('CREATE TABLE t (a, constraint c check (a > 0), check (a < 9))')
  expect(without('c', 'd')).toBe('CREATE TABLE t (a, check (a < 9))')
})
