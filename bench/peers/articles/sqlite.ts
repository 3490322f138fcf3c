// The statements of the two hand-written yardsticks: one per request, and SQLite builds the body as UTF-8 bytes.
//
// Chosen by measuring on the full data set (CPU µs in process): bytes instead of text spare the way through a
// JavaScript string (a fifth of a list); concat() with group_concat() takes 35 for a list, json_object() with
// json_group_array() 43, rows as arrays and templates in JavaScript 53; joining the author inside the page beats a
// subquery for each row. concat() is safe here because ids, times and states can hold nothing that JSON escapes.
// A bare `limit ?` would be prepared anew at every run, since SQLite plans with its value: 25 more; hence `+ 0`.
// `cross join` fixes the order of the tables, so the tags of an article come off the key of the link table sorted.
import { DatabaseSync, type StatementSync } from 'node:sqlite'

import { pragmaScript } from '../../data/schema.ts'
import { itemBodySql, listBodySql, pageBodySql, pageTokenSql } from '../../shape.ts'
import type { Articles, Page } from './articles.ts'

const featuredThenAuthor = `iif(featured, '","featured":true,"authorId":"', '","featured":false,"authorId":"'), author_id`

const article = `concat('{"id":"', id, '","title":', json_quote(title), ',"slug":', json_quote(slug),
  ',"body":', json_quote(body), ',"state":"', state, ${featuredThenAuthor},
  '","createdAt":"', created_at, '","updatedAt":"', updated_at, '"}')`

const listedArticle = `concat('{"id":"', id, '","title":', json_quote(title), ',"slug":', json_quote(slug),
  ',"state":"', state, ${featuredThenAuthor}, '","createdAt":"', created_at, '","updatedAt":"', updated_at, '"}')`

const tags = `(select group_concat(concat('{"id":"', id, '","name":', json_quote(name), '}')) from (
    select tag.id, tag.name from article_tags cross join tag on tag.id = article_tags.tag_id
    where article_tags.article_id = page.id order by article_tags.tag_id
  ))`

const nestedArticle = `concat('{"id":"', id, '","title":', json_quote(title), ',"slug":', json_quote(slug),
  ',"state":"', state, '","createdAt":"', created_at,
  '","author":{"id":"', author_id, '","name":', json_quote(author_name), '},"tags":[', ${tags},
  '],"commentCount":', (select count(*) from comment where comment.article_id = page.id), '}')`

const listPage = `select id, title, slug, state, featured, author_id, created_at, updated_at from article
  where (created_at, id) < (?1, ?2) order by created_at desc, id desc limit ?3 + 0`

const rulePage = `select id, title, slug, state, featured, author_id, created_at, updated_at from article
  where (created_at, id) < (?1, ?2) and (state = 'published' or author_id = ?4)
  order by created_at desc, id desc limit ?3 + 0`

const nestedPage = `select article.id, title, slug, state, article.created_at, author_id, user.name as author_name
  from article join user on user.id = article.author_id
  where (article.created_at, article.id) < (?1, ?2) order by article.created_at desc, article.id desc limit ?3 + 0`

/** Opens the database as every peer does, and prepares the statements. */
export function sqliteArticles(file: string, paged: boolean): Articles {
  const database = new DatabaseSync(file)
  database.exec(pragmaScript)
  const statements = prepareStatements(database, paged ? pagedList : plainList)
  return {
    find: id => bodyOf(statements.find, id),
    list: (time, id, limit) => pageOf(statements.list, time, id, limit),
    nested: (time, id, limit) => pageOf(statements.nested, time, id, limit),
    rule: (time, id, limit, caller) => pageOf(statements.rule, time, id, limit, caller),
    create: ({ id, title, slug, body, state, featured, authorId, now }) =>
      writtenBodyOf(statements.create, id, title, slug, body, state, featured ? 1 : 0, authorId, now),
    update: (id, title, now) => writtenBodyOf(statements.update, id, title, now),
    // Extended result codes of SQLite.
    brokenBy: error => broken[error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0],
  }
}

const broken: Readonly<Record<number, 'foreign-key' | 'unique' | undefined>> = {
  787: 'foreign-key',
  1555: 'unique',
  2067: 'unique',
}

/** The result columns of a list, from the SQL of its rows and of the token of the next page. */
type ListColumns = (rows: string, after: string) => string

/** A list and nothing else. */
const plainList: ListColumns = rows => listBodySql(rows)

/** A list with the token of the next page in the body, and in a column for the link. */
const pagedList: ListColumns = (rows, after) => `${pageBodySql(rows, after)}, ${after}`

/** Prepares the statements on a connection; each gives one row with the body as its first column, or no row. */
function prepareStatements(database: DatabaseSync, listColumns: ListColumns) {
  // The last row of the page has the smallest place in the order. A full page is followed by another, which can turn
  // out empty: looking ahead would cost every page a row.
  const after = `iif(count(*) = ?3, min(${pageTokenSql('created_at', 'id')}), null)`
  const list = (row: string, page: string) =>
    `select ${listColumns(`group_concat(${row})`, after)} from (${page}) as page`
  const prepare = (sql: string) => {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  return {
    find: prepare(`select ${itemBodySql(article)} from article where id = ?1`),
    list: prepare(list(listedArticle, listPage)),
    rule: prepare(list(listedArticle, rulePage)),
    nested: prepare(list(nestedArticle, nestedPage)),
    create: prepare(`insert into article (id, title, slug, body, state, featured, author_id, created_at, updated_at)
      values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) returning ${itemBodySql(article)}`),
    update: prepare(`update article set title = ?2, updated_at = ?3 where id = ?1 returning ${itemBodySql(article)}`),
  }
}

/** Runs a statement and gives the bytes of the body, or undefined when it found no row. */
function bodyOf(statement: StatementSync, ...values: (string | number)[]): Uint8Array | undefined {
  const body = columnsOf(statement, values)?.[0]
  return body instanceof Uint8Array ? body : undefined
}

/**
 * Runs a write to its end and gives the bytes of the body. `get` leaves a statement after its first row, and SQLite moves its log into the
 * database only behind one that has come to its end: the log grows without bounds, and every sync takes half as long again.
 */
function writtenBodyOf(statement: StatementSync, ...values: (string | number)[]): Uint8Array | undefined {
  const [row] = statement.all(...values) as unknown as readonly (readonly unknown[])[]
  const body = row?.[0]
  return body instanceof Uint8Array ? body : undefined
}

/** Runs a list and gives the bytes of the body and the token of the next page. */
function pageOf(statement: StatementSync, ...values: (string | number)[]): Page {
  const [body, after] = columnsOf(statement, values) ?? []
  if (!(body instanceof Uint8Array)) throw new TypeError('a list has a body')
  return typeof after === 'string' ? { body, after } : { body }
}

// With setReturnArrays a row is an array of columns, which the types of Node do not say.
function columnsOf(statement: StatementSync, values: readonly (string | number)[]): readonly unknown[] | undefined {
  const row: unknown = statement.get(...values)
  return Array.isArray(row) ? row : undefined
}
