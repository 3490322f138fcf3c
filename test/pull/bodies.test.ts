/** Triggers and routines of MariaDB and MySQL, each written in a mode of its own, made again by the first migration. */
import { expect, it } from 'vitest'
import { emptyDatabase, needsEngine } from '../fixtures/engines.ts'
import { answersOf } from '../services/administration.ts'
import { pulledProject } from './pulled-project.ts'

const statements: readonly string[] = [
  `set session sql_mode = ''`,
  'create table `odd` (id int primary key auto_increment, u varchar(40), v varchar(40))',
  `create trigger \`fil\`\`led\` before insert on odd for each row begin set new.u = concat("<", \`new\`.\`u\`, '\\\\n;
');
 set @seen = 1; end`,
  `create function twice(n int) returns int deterministic begin declare m int; set m = n;
-- it's twice
 return m * 2; end`,
  `create procedure spoken(in a varchar(10), out b int) comment 'it''s' sql security invoker begin set b = length("x;
"); end`,
  `set session sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'`,
  `create trigger "an""si" before insert on "odd" for each row set "new"."v" = 'a\\' || "new"."u"`,
  `set session sql_mode = ''`,
  `create view twices as select id, twice(id) as t from odd`,
]

const questions: readonly string[] = [
  `select trigger_name, event_object_table, action_timing, event_manipulation, action_order, action_statement, sql_mode from information_schema.triggers
   where trigger_schema = database() order by trigger_name`,
  `select routine_name, routine_type, routine_definition, dtd_identifier, is_deterministic, security_type, routine_comment, sql_mode
   from information_schema.routines where routine_schema = database() order by routine_name`,
]

it.for(['mariadb-10.11', 'mysql-9.7'] as const)(
  'triggers and routines of %s are made in the mode that they were written in',
  { timeout: 60_000 },
  async (engine, context) => {
    needsEngine(context, engine)
    await using project = await pulledProject(engine, statements)
    expect(await project.done('pull')).not.toContain('does not make')
    await project.done('migrate', 'up', '--adopt')

    await using empty = await emptyDatabase(engine)
    const made = await project.plinthOn(empty.url, 'migrate', 'up')
    expect([made.code, made.output]).toEqual([0, expect.stringContaining('The database has all migrations')])
    const used = [
      `insert into odd (u) values ('x')`,
      'call spoken("a", @b)',
      'select id, u, v, twice(4) as t, @b from odd',
    ]
    const answers = await answersOf('mysql', empty.url, [...questions, ...used])
    expect(answers).toEqual(await answersOf('mysql', project.url, [...questions, ...used]))
    expect(JSON.stringify(answers.at(-1))).toContain('<x')
  },
)
