// Fastify + Kysely 0.29 over better-sqlite3, the fastest wiring that Kysely's own interfaces allow.
//
// Kysely has no prepared queries: each request builds its query, as the guide shows, and the dialect prepares it. A
// small adapter keeps the prepared statements. Measured under the same adapter, rows as objects come a third faster from
// better-sqlite3 than from node:sqlite (list of 20: 180 against 271 µs of CPU a request).
import Database from 'better-sqlite3'
import { Kysely, ParseJSONResultsPlugin, SqliteDialect, sql, type SqliteDatabase, type SqliteStatement } from 'kysely'
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/sqlite'

import { pragmas } from '../../data/schema.ts'
import { uuid } from '../../data/uuid.ts'
import type { ArticleQueries } from '../fastify-articles.ts'

interface Tables {
  user: { id: string; name: string; email: string; role: string; created_at: string; updated_at: string }
  article: {
    id: string
    title: string
    slug: string
    body: string
    state: 'draft' | 'published'
    featured: number
    author_id: string
    created_at: string
    updated_at: string
  }
  comment: { id: string; body: string; article_id: string; author_id: string; created_at: string; updated_at: string }
  tag: { id: string; name: string }
  article_tags: { article_id: string; tag_id: string }
}

const listedColumns = [
  ...(['id', 'title', 'slug', 'state', 'featured'] as const),
  ...(['author_id as authorId', 'created_at as createdAt', 'updated_at as updatedAt'] as const),
] as const
const articleColumns = [...listedColumns, 'body'] as const

export function sqliteQueries(database: string): ArticleQueries {
  const client = new Database(database)
  for (const pragma of pragmas) client.pragma(pragma)
  return queries(new Kysely<Tables>({ dialect: new SqliteDialect({ database: keepingStatements(client) }) }))
}

function queries(db: Kysely<Tables>): ArticleQueries {
  // Only the nested list has JSON to parse in its results.
  const parsing = db.withPlugin(new ParseJSONResultsPlugin())

  function page(before: string, limit: number) {
    return (
      db
        .selectFrom('article')
        .select(listedColumns)
        .where('created_at', '<', before)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        // SQLite prepares a statement anew whenever the value of a bare `limit ?` is bound.
        .limit(sql<number>`${limit} + 0`)
    )
  }

  return {
    async find(id) {
      const row = await db.selectFrom('article').select(articleColumns).where('id', '=', id).executeTakeFirst()
      return row && { ...row, featured: row.featured === 1 }
    },
    async list(before, limit) {
      return (await page(before, limit).execute()).map(row => ({ ...row, featured: row.featured === 1 }))
    },
    async listReadable(before, limit, caller) {
      const rows = await page(before, limit)
        .where(where => where.or([where('state', '=', 'published'), where('author_id', '=', caller)]))
        .execute()
      return rows.map(row => ({ ...row, featured: row.featured === 1 }))
    },
    nested(before, limit) {
      return parsing
        .selectFrom('article')
        .select(['id', 'title', 'slug', 'state', 'created_at as createdAt'])
        .select(article => [
          jsonObjectFrom(
            article.selectFrom('user').select(['user.id', 'user.name']).whereRef('user.id', '=', 'article.author_id'),
          ).as('author'),
          jsonArrayFrom(
            article
              .selectFrom('article_tags')
              .innerJoin('tag', 'tag.id', 'article_tags.tag_id')
              .select(['tag.id', 'tag.name'])
              .whereRef('article_tags.article_id', '=', 'article.id')
              .orderBy('article_tags.tag_id'),
          ).as('tags'),
          article
            .selectFrom('comment')
            .select(comment => comment.fn.countAll<number>().as('count'))
            .whereRef('comment.article_id', '=', 'article.id')
            .$asScalar()
            .$notNull()
            .as('commentCount'),
        ])
        .where('created_at', '<', before)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(sql<number>`${limit} + 0`)
        .execute()
    },
    async create({ title, slug, body, state, featured, authorId }) {
      const now = new Date().toISOString()
      const row = await db
        .insertInto('article')
        .values({
          ...{ id: uuid(), title, slug, body, state, featured: featured ? 1 : 0, author_id: authorId },
          ...{ created_at: now, updated_at: now },
        })
        .returning(articleColumns)
        .executeTakeFirst()
      return row && { ...row, featured: row.featured === 1 }
    },
    async update(id, title) {
      const row = await db
        .updateTable('article')
        .set({ title, updated_at: new Date().toISOString() })
        .where('id', '=', id)
        .returning(articleColumns)
        .executeTakeFirst()
      return row && { ...row, featured: row.featured === 1 }
    },
  }
}

/** Keeps one prepared statement for each SQL text, which the dialect would prepare at every run. */
function keepingStatements(client: Database.Database): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  return {
    prepare(text) {
      let statement = kept.get(text)
      if (statement === undefined) {
        statement = client.prepare(text)
        kept.set(text, statement)
      }
      return statement
    },
    close: () => void client.close(),
  }
}
