import { expect, it } from 'vitest'
import { commandsIn } from './commands-in.ts'

it.each([
  ['one command', 'create table a (id int)', ['create table a (id int)']],
  ['several', 'drop index a;\ncreate index b;  \ncreate index c', ['drop index a', 'create index b', 'create index c']],
  ['a semicolon in a line', 'select 1; select 2', ['select 1; select 2']],
  [
    'quotes',
    `create table a (b int comment 'one;\ntwo''s;\n');\nselect ";\n"`,
    [`create table a (b int comment 'one;\ntwo''s;\n')`, `select ";\n"`],
  ],
  ['a comment with an apostrophe', `-- it's\nselect 1;\nselect 2`, [`-- it's\nselect 1`, 'select 2']],
  [
    'a comment in the middle',
    `select 1 /* it's\n;\n */;\nselect '/*';\nselect 2 -- */`,
    [`select 1 /* it's\n;\n */`, `select '/*'`, 'select 2 -- */'],
  ],
  [
    'a body',
    'create trigger t before insert on a for each row begin set @a = 1;\nset @b = 2; end',
    ['create trigger t before insert on a for each row begin set @a = 1;\nset @b = 2; end'],
  ],
  [
    'a body in its mode',
    `set statement sql_mode = 'ANSI_QUOTES' for create or replace function f() returns int begin return 1;\nend`,
    [`set statement sql_mode = 'ANSI_QUOTES' for create or replace function f() returns int begin return 1;\nend`],
  ],
  [
    'a body behind its mode',
    `set session sql_mode = 'ANSI_QUOTES';\nCREATE TRIGGER IF NOT EXISTS t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1;\nEND`,
    [
      `set session sql_mode = 'ANSI_QUOTES'`,
      'CREATE TRIGGER IF NOT EXISTS t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1;\nEND',
    ],
  ],
])('%s', (_what, sql, commands) => {
  expect(commandsIn(sql)).toEqual(commands)
})
