// The tables that every peer serves, and how every peer opens them. The one place to change when names or types change.
//
//   user         id, name, email (unique), role, created_at, updated_at
//   article      id, title, slug (unique), body (about 1 kB), state, featured, author_id -> user, created_at, updated_at
//   comment      id, body, article_id -> article, author_id -> user, created_at, updated_at
//   tag          id, name (unique)
//   article_tags  article_id -> article, tag_id -> tag
//
// They are the tables that Plinth makes for these models, constraints and their names included, so that it can serve them
// as its own; a test notices when the two part. Keys are UUIDv7 text, times ISO 8601 text in UTC with milliseconds, booleans 0 and 1. Every foreign key has an index
// that ends in the key of its own table, and `article` one for its list order (created_at, id).
import type { DatabaseSync } from 'node:sqlite'

/** Creates the tables in an empty database. */
export function createTables(database: DatabaseSync): void {
  database.exec(`
    create table "user" (
      ${id('user', 'id')},
      "name" text not null,
      "email" text not null,
      "role" text not null default 'member' constraint "user_role_form" check ("role" in ('member', 'editor', 'admin')),
      ${time('user', 'created_at')},
      ${time('user', 'updated_at')},
      primary key ("id")
    ) strict;
    create table "article" (
      ${id('article', 'id')},
      "title" text not null,
      "slug" text not null,
      "body" text not null,
      "state" text not null default 'draft' constraint "article_state_form" check ("state" in ('draft', 'published')),
      "featured" integer not null default 0 constraint "article_featured_form" check ("featured" in (0, 1)),
      ${id('article', 'author_id')},
      ${time('article', 'created_at')},
      ${time('article', 'updated_at')},
      primary key ("id"),
      ${reference('article', 'author_id', 'user', 'no action')}
    ) strict;
    create table "comment" (
      ${id('comment', 'id')},
      "body" text not null,
      ${id('comment', 'article_id')},
      ${id('comment', 'author_id')},
      ${time('comment', 'created_at')},
      ${time('comment', 'updated_at')},
      primary key ("id"),
      ${reference('comment', 'article_id', 'article', 'cascade')},
      ${reference('comment', 'author_id', 'user', 'no action')}
    ) strict;
    create table "tag" (
      ${id('tag', 'id')},
      "name" text not null,
      primary key ("id")
    ) strict;
    create table "article_tags" (
      ${id('article_tags', 'article_id')},
      ${id('article_tags', 'tag_id')},
      primary key ("article_id", "tag_id"),
      ${reference('article_tags', 'article_id', 'article', 'cascade')},
      ${reference('article_tags', 'tag_id', 'tag', 'cascade')}
    ) strict, without rowid;
  `)
}

/** Creates the indexes. A step of its own: filling a table is faster without them. */
export function createIndexes(database: DatabaseSync): void {
  database.exec(`
    create unique index "user_email_unique" on "user" ("email");
    create unique index "article_slug_unique" on "article" ("slug");
    create index "article_author_id_index" on "article" ("author_id", "id");
    create index "article_created_at_id_index" on "article" ("created_at", "id");
    create index "comment_article_id_index" on "comment" ("article_id", "id");
    create index "comment_author_id_index" on "comment" ("author_id", "id");
    create unique index "tag_name_unique" on "tag" ("name");
    create index "article_tags_tag_id_index" on "article_tags" ("tag_id", "article_id");
  `)
}

function id(table: string, column: string): string {
  const form = `length("${column}") = 36 and "${column}" not glob '*[^-0-9a-f]*'`
  return `"${column}" text not null constraint "${table}_${column}_form" check (${form})`
}

function time(table: string, column: string): string {
  const digits = (count: number) => '[0-9]'.repeat(count)
  const date = `${digits(4)}-${digits(2)}-${digits(2)}`
  const form = `${date}T${digits(2)}:${digits(2)}:${digits(2)}.${digits(3)}Z`
  return `"${column}" text not null constraint "${table}_${column}_form" check ("${column}" glob '${form}')`
}

function reference(table: string, column: string, target: string, onDelete: 'no action' | 'cascade'): string {
  const name = `"${table}_${column}_reference"`
  return `constraint ${name} foreign key ("${column}") references "${target}" ("id") on delete ${onDelete}`
}

/**
 * What every peer sets on every connection. `synchronous=full` makes an acknowledged write survive a power loss; the
 * page cache is larger than SQLite's 2 MB because each of the peers would be set up so by someone who cares.
 */
export const pragmas = ['journal_mode = wal', 'synchronous = full', 'foreign_keys = on', 'cache_size = -65536'] as const

/** The pragmas as one script. */
export const pragmaScript: string = pragmas.map(pragma => `pragma ${pragma};`).join('\n')
