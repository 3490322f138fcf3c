// Kysely over pg with a pool of ten, as its guide shows: JSON helpers for the nested list. Kysely names no statements.
import { Kysely, PostgresDialect, sql } from 'kysely'
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres'
import { Pool } from 'pg'

import { uuid } from '../../data/uuid.ts'
import type { ArticleQueries } from '../fastify-articles.ts'
import { articleColumns, listedColumns, type ServerTables } from './server-tables.ts'

export function postgresQueries(url: string): ArticleQueries {
  const pool = new Pool({ connectionString: url, max: 10 })
  const db = new Kysely<ServerTables<boolean>>({ dialect: new PostgresDialect({ pool }) })

  function page(before: string, limit: number) {
    return db
      .selectFrom('article')
      .select(listedColumns)
      .where('created_at', '<', new Date(before))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
  }

  return {
    find: id => db.selectFrom('article').select(articleColumns).where('id', '=', id).executeTakeFirst(),
    list: (before, limit) => page(before, limit).execute(),
    listReadable: (before, limit, caller) =>
      page(before, limit)
        .where(where => where.or([where('state', '=', 'published'), where('author_id', '=', caller)]))
        .execute(),
    nested(before, limit) {
      return db
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
            .select(sql<number>`count(*)::integer`.as('count'))
            .whereRef('comment.article_id', '=', 'article.id')
            .$asScalar()
            .$notNull()
            .as('commentCount'),
        ])
        .where('created_at', '<', new Date(before))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
    },
    create({ title, slug, body, state, featured, authorId }) {
      const now = new Date()
      return db
        .insertInto('article')
        .values({
          id: uuid(),
          title,
          slug,
          body,
          state,
          featured,
          author_id: authorId,
          created_at: now,
          updated_at: now,
        })
        .returning(articleColumns)
        .executeTakeFirst()
    },
    update: (id, title) =>
      db
        .updateTable('article')
        .set({ title, updated_at: new Date() })
        .where('id', '=', id)
        .returning(articleColumns)
        .executeTakeFirst(),
  }
}
