// Drizzle over mysql2 with a pool of ten: prepared queries. Its relational queries need LATERAL or correlated derived tables, and MariaDB has
// neither: the nested list is a join with the author, then the tags and the counts of all twenty at once.
import { and, asc, count, desc, eq, inArray, lt, or, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import { boolean, char, datetime, longtext, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core'
import { createPool } from 'mysql2'

import { uuid } from '../../data/uuid.ts'
import type { ArticleQueries } from '../fastify-articles.ts'
import { gathered } from '../gather.ts'

const key = (name: string) => char(name, { length: 36 })
const moment = (name: string) => datetime(name, { fsp: 3, mode: 'date' })

const user = mysqlTable('user', { id: key('id').primaryKey(), name: varchar({ length: 80 }).notNull() })

const article = mysqlTable('article', {
  id: key('id').primaryKey(),
  title: varchar({ length: 200 }).notNull(),
  slug: varchar({ length: 200 }).notNull(),
  body: longtext().notNull(),
  state: varchar({ length: 9, enum: ['draft', 'published'] }).notNull(),
  featured: boolean().notNull(),
  authorId: key('author_id').notNull(),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
})

const comment = mysqlTable('comment', { id: key('id').primaryKey(), articleId: key('article_id').notNull() })

const tag = mysqlTable('tag', { id: key('id').primaryKey(), name: varchar({ length: 50 }).notNull() })

const articleTag = mysqlTable(
  'article_tags',
  { articleId: key('article_id').notNull(), tagId: key('tag_id').notNull() },
  table => [primaryKey({ columns: [table.articleId, table.tagId] })],
)

export function mariadbQueries(url: string): ArticleQueries {
  const pool = createPool({ uri: url, connectionLimit: 10, timezone: 'Z', charset: 'utf8mb4' })
  const db = drizzle(pool)
  const { id, title, slug, state, featured, authorId, createdAt, updatedAt } = article
  const listedColumns = { id, title, slug, state, featured, authorId, createdAt, updatedAt }

  const find = db
    .select()
    .from(article)
    .where(eq(article.id, sql.placeholder('id')))
    .prepare()

  const list = db
    .select(listedColumns)
    .from(article)
    .where(lt(article.createdAt, sql.placeholder('before')))
    .orderBy(desc(article.createdAt), desc(article.id))
    .limit(sql.placeholder('limit'))
    .prepare()

  const listReadable = db
    .select(listedColumns)
    .from(article)
    .where(
      and(
        lt(article.createdAt, sql.placeholder('before')),
        or(eq(article.state, 'published'), eq(article.authorId, sql.placeholder('caller'))),
      ),
    )
    .orderBy(desc(article.createdAt), desc(article.id))
    .limit(sql.placeholder('limit'))
    .prepare()

  const withAuthor = db
    .select({ id, title, slug, state, createdAt, authorId, authorName: user.name })
    .from(article)
    .innerJoin(user, eq(user.id, article.authorId))
    .where(lt(article.createdAt, sql.placeholder('before')))
    .orderBy(desc(article.createdAt), desc(article.id))
    .limit(sql.placeholder('limit'))
    .prepare()

  const create = db
    .insert(article)
    .values({
      ...{ id: sql.placeholder('id'), title: sql.placeholder('title'), slug: sql.placeholder('slug') },
      ...{ body: sql.placeholder('body'), state: sql.placeholder('state'), featured: sql.placeholder('featured') },
      authorId: sql.placeholder('authorId'),
      ...{ createdAt: sql.placeholder('now'), updatedAt: sql.placeholder('now') },
    })
    .prepare()

  const findOne = async (one: string) => (await find.execute({ id: one }))[0]
  return {
    find: findOne,
    list: (before, limit) => list.execute({ before: new Date(before), limit }),
    listReadable: (before, limit, caller) => listReadable.execute({ before: new Date(before), limit, caller }),
    async nested(before, limit) {
      const articles = await withAuthor.execute({ before: new Date(before), limit })
      const ids = articles.map(row => row.id)
      if (ids.length === 0) return []
      const [tags, counts] = await Promise.all([
        db
          .select({ articleId: articleTag.articleId, id: tag.id, name: tag.name })
          .from(articleTag)
          .innerJoin(tag, eq(tag.id, articleTag.tagId))
          .where(inArray(articleTag.articleId, ids))
          .orderBy(asc(articleTag.articleId), asc(articleTag.tagId)),
        db
          .select({ articleId: comment.articleId, count: count() })
          .from(comment)
          .where(inArray(comment.articleId, ids))
          .groupBy(comment.articleId),
      ])
      return gathered(articles, tags, counts)
    },
    async create(input) {
      const one = uuid()
      await create.execute({ ...input, id: one, now: new Date() })
      return await findOne(one)
    },
    async update(one, changed) {
      await db.update(article).set({ title: changed, updatedAt: new Date() }).where(eq(article.id, one))
      return await findOne(one)
    },
  }
}
