// The tables that every peer serves, and how every peer opens them. The one place to change when names or types change.
//
//   user         id, name, email (unique), role, created_at, updated_at
//   article      id, title, slug (unique), body (about 1 kB), state, featured, author_id -> user, created_at, updated_at
//   comment      id, body, article_id -> article, author_id -> user, created_at, updated_at
//   tag          id, name (unique)
//   article_tag  article_id -> article, tag_id -> tag
//
// Keys are UUIDv7 text, times ISO 8601 text in UTC with milliseconds, booleans 0 and 1. Every foreign key has an index
// that ends in the key of its own table, and `article` one for its list order (created_at, id).
import type { DatabaseSync } from 'node:sqlite'

/** Creates the tables in an empty database. */
export function createTables(database: DatabaseSync): void {
  database.exec(`
    create table user (
      id text not null primary key,
      name text not null,
      email text not null unique,
      role text not null check (role in ('member', 'editor', 'admin')),
      created_at text not null,
      updated_at text not null
    ) strict;
    create table article (
      id text not null primary key,
      title text not null,
      slug text not null unique,
      body text not null,
      state text not null check (state in ('draft', 'published')),
      featured integer not null check (featured in (0, 1)),
      author_id text not null references user (id),
      created_at text not null,
      updated_at text not null
    ) strict;
    create table comment (
      id text not null primary key,
      body text not null,
      article_id text not null references article (id) on delete cascade,
      author_id text not null references user (id),
      created_at text not null,
      updated_at text not null
    ) strict;
    create table tag (
      id text not null primary key,
      name text not null unique
    ) strict;
    create table article_tag (
      article_id text not null references article (id) on delete cascade,
      tag_id text not null references tag (id) on delete cascade,
      primary key (article_id, tag_id)
    ) strict, without rowid;
  `)
}

/** Creates the indexes. A step of its own: filling a table is faster without them. */
export function createIndexes(database: DatabaseSync): void {
  database.exec(`
    create index article_author_id on article (author_id, id);
    create index article_created_at on article (created_at, id);
    create index comment_article_id on comment (article_id, id);
    create index comment_author_id on comment (author_id, id);
    create index article_tag_tag_id on article_tag (tag_id, article_id);
  `)
}

/**
 * What every peer sets on every connection. `synchronous=full` makes an acknowledged write survive a power loss; the
 * page cache is larger than SQLite's 2 MB because each of the peers would be set up so by someone who cares.
 */
export const pragmas = ['journal_mode = wal', 'synchronous = full', 'foreign_keys = on', 'cache_size = -65536'] as const

/** The pragmas as one script. */
export const pragmaScript: string = pragmas.map(pragma => `pragma ${pragma};`).join('\n')
