// Kysely over mysql2 with a pool of ten. Its JSON helpers for MySQL do not run on MariaDB, whose derived tables cannot look at the row around
// them: the nested list is a join with the author, then the tags and the counts of all twenty at once.
import { Kysely, MysqlDialect } from 'kysely'
import { createPool } from 'mysql2'

import { uuid } from '../../data/uuid.ts'
import type { ArticleQueries } from '../fastify-articles.ts'
import { gathered } from '../gather.ts'
import { articleColumns, listedColumns, type ServerTables } from './server-tables.ts'

export function mariadbQueries(url: string): ArticleQueries {
  const pool = createPool({ uri: url, connectionLimit: 10, timezone: 'Z', charset: 'utf8mb4' })
  const db = new Kysely<ServerTables<number>>({ dialect: new MysqlDialect({ pool }) })

  function page(before: string, limit: number) {
    return db
      .selectFrom('article')
      .select(listedColumns)
      .where('created_at', '<', new Date(before))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
  }

  async function find(id: string) {
    const row = await db.selectFrom('article').select(articleColumns).where('id', '=', id).executeTakeFirst()
    return row && { ...row, featured: row.featured === 1 }
  }

  return {
    find,
    async list(before, limit) {
      return (await page(before, limit).execute()).map(row => ({ ...row, featured: row.featured === 1 }))
    },
    async listReadable(before, limit, caller) {
      const rows = await page(before, limit)
        .where(where => where.or([where('state', '=', 'published'), where('author_id', '=', caller)]))
        .execute()
      return rows.map(row => ({ ...row, featured: row.featured === 1 }))
    },
    async nested(before, limit) {
      const articles = await db
        .selectFrom('article')
        .innerJoin('user', 'user.id', 'article.author_id')
        .select(['article.id', 'title', 'slug', 'state', 'article.created_at as createdAt'])
        .select(['author_id as authorId', 'user.name as authorName'])
        .where('article.created_at', '<', new Date(before))
        .orderBy('article.created_at', 'desc')
        .orderBy('article.id', 'desc')
        .limit(limit)
        .execute()
      const ids = articles.map(({ id }) => id)
      if (ids.length === 0) return []
      const [tags, counts] = await Promise.all([
        db
          .selectFrom('article_tags')
          .innerJoin('tag', 'tag.id', 'article_tags.tag_id')
          .select(['article_id as articleId', 'tag.id', 'tag.name'])
          .where('article_id', 'in', ids)
          .orderBy('article_id')
          .orderBy('tag_id')
          .execute(),
        db
          .selectFrom('comment')
          .select(['article_id as articleId', comment => comment.fn.countAll<number>().as('count')])
          .where('article_id', 'in', ids)
          .groupBy('article_id')
          .execute(),
      ])
      return gathered(articles, tags, counts)
    },
    async create({ title, slug, body, state, featured, authorId }) {
      const now = new Date()
      const id = uuid()
      await db
        .insertInto('article')
        .values({
          ...{ id, title, slug, body, state, featured: featured ? 1 : 0, author_id: authorId },
          ...{ created_at: now, updated_at: now },
        })
        .execute()
      return await find(id)
    },
    async update(id, title) {
      await db.updateTable('article').set({ title, updated_at: new Date() }).where('id', '=', id).execute()
      return await find(id)
    },
  }
}
