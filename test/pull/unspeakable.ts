/** What models have no word for, in the words of each engine: it stays with the database, and a database made from nothing has it too. */
import type { Family } from './awkward.ts'

const sqlite = [
  `create table "a b" (id integer primary key autoincrement, "x;y" text default 'it''s;
z' collate nocase, [br] blob default x'01', \`bt\` any, g as (id * 2) stored, h text generated always as (upper("x;y")) virtual,
    unique ("x;y", bt) on conflict ignore, check (length(bt) < 5)) -- the end`,
  `create table exact (k text, v real, primary key (k, v)) strict, without rowid`,
  `create index by_expression on "a b" (lower("x;y") desc) where id > 3`,
  `create view a_view as select * from of_view`,
  `create view of_view as select id, h from "a b"`,
  `create trigger after_insert after insert on "a b" when new.id > 3 begin update "a b" set bt = 1 where id = new.id; -- it's
 select 2;
end`,
  `create virtual table words using fts5(body, tokenize = 'porter')`,
  `create table refers (id int, a int references "a b" deferrable initially deferred, p text, q real,
    foreign key (p, q) references exact (k, v) on update cascade)`,
]

const postgres = [
  `create type pair as (a integer, "B c" text)`,
  `create domain share as integer default 3 not null constraint above check (value > 0) check (value < 1000)`,
  `create function next_code() returns text language plpgsql as $$ begin return 'c' || (select count(*) from "Odd"); end $$`,
  `create sequence counter start 10 increment 5 cycle maxvalue 100`,
  `create table "Odd" (id integer generated always as identity (start with 7 increment by 3), code text primary key default next_code(), "from" varchar(10) default 'a''b;
c', part share, both_of pair, n numeric(5,2) default 1.5, price money default 12.34, doc xml, r int4range, ip inet, bits bit(3),
    words tsvector generated always as (to_tsvector('simple', code)) stored, nr integer default nextval('counter'), big bigserial,
    unique (n) deferrable, exclude using gist (r with &&), check (n > 0 and code <> ';'))`,
  `comment on column "Odd"."from" is 'It''s odd; \\ and
two lines'`,
  `create index on "Odd" (lower(code)) where n > 1`,
  `create index including on "Odd" (n desc nulls first) include (code)`,
  `create index words_gin on "Odd" using gin (words)`,
  `create table child (extra text) inherits ("Odd")`,
  `create unlogged table pieces (a int, b int, primary key (a, b), odd text references "Odd" on update cascade on delete set default
    deferrable initially deferred, pa int, pb int, foreign key (pa, pb) references pieces (a, b) match full) with (fillfactor = 70)`,
  `create table measure (id int not null, at date not null, v float, primary key (id, at)) partition by range (at)`,
  `create table measure_1 partition of measure for values from ('2024-01-01') to ('2025-01-01')`,
  `create table measure_rest partition of measure default`,
  `create index on measure (v)`,
  // Older than what it is a part of.
  `create table measure_old (id int not null, at date not null, v float, primary key (id, at))`,
  `create table measured (id int not null, at date not null, v float, primary key (id, at)) partition by range (at)`,
  `alter table measured attach partition measure_old for values from ('2000-01-01') to ('2001-01-01')`,
  `create view older as select 1 as id`,
  `create view newer as select 1 as id`,
  `create or replace view older as select id from newer`,
  `create function of_newer() returns setof newer language sql as 'select * from newer'`,
  `create view v1 as select code, n from "Odd" where n > 1 with local check option`,
  `create view a_view with (security_barrier) as select * from v1`,
  `create materialized view counted as select count(*) as k from a_view`,
  `create unique index on counted (k)`,
  `create function of_row(one "Odd") returns text language sql as 'select one.code'`,
  `create view of_rows as select of_row(o) as r from "Odd" o`,
  `create function touched() returns trigger language plpgsql as $$ begin new.v := 1; return new; end $$`,
  `create trigger touch before insert on measure for each row execute function touched()`,
  `create rule stays as on delete to pieces do instead nothing`,
]

const mysql = [
  `create table odd (id int primary key auto_increment, b binary(3) default '\\0\\0\\0', u varchar(20) default 'a\\\\b' comment 'x\\\\y;
z', q varchar(20) default 'it''s; "ok"', e enum('a\\\\b', 'c''d'), g varchar(40) generated always as (concat(u, '\\\\', 'n;')) stored,
    at datetime default (now() + interval 1 day), check (u <> 'z\\\\'))`,
  `create table pieces (a int, b int, unique (a), key k (b desc), c text, fulltext (c), p point ref_system_id=4326 not null, spatial index (p)) comment 'it''s; 
two lines'`,
  `create table refers (x int, constraint \`a"b\` foreign key (x) references pieces (a) on update cascade on delete set null)`,
  `create table versions (id int primary key, v int) with system versioning`,
  `create table measure (id int not null, y int not null, primary key (id, y)) partition by range (y)
    (partition p0 values less than (10), partition p1 values less than maxvalue)`,
  `set statement sql_mode = '' for create table stay (id int primary key auto_increment, at datetime not null default '0000-00-00 00:00:00',
    day date not null default '0000-00-00')`,
  `set statement sql_mode = '' for insert into stay () values ()`,
  `create sequence counter start with 5`,
  `create table counted (id int primary key default (nextval(counter)))`,
  `create view of_view as select id, concat(u, '\\\\;
') as w from odd`,
  `create view a_view as select * from of_view`,
  `create function twice(n int) returns int deterministic begin declare m int; set m = n;
 return m * 2; end`,
  `create view twices as select twice(id) as t from odd`,
  `create trigger filled before insert on odd for each row begin set new.u = concat("<", \`new\`.\`u\`);
 set @seen = 1; end`,
]

/** No key, and what is as good as one. */
const keyless = [`create table mark (place varchar(20) not null, label varchar(20), unique (place))`]

export const unspeakable = {
  sqlite: [...sqlite, ...keyless],
  postgres: [...postgres, ...keyless],
  mysql: [...mysql, ...keyless],
} satisfies Record<Family, readonly string[]>
