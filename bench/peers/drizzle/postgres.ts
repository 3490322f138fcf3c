// Drizzle over pg with a pool of ten: prepared queries with names, relational queries for the nested list.
import { and, desc, eq, lt, or, relations, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { boolean, pgTable, primaryKey, text, timestamp, uuid as uuidColumn } from 'drizzle-orm/pg-core'
import { Pool } from 'pg'

import { uuid } from '../../data/uuid.ts'
import type { ArticleQueries } from '../fastify-articles.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

const user = pgTable('user', {
  id: uuidColumn().primaryKey(),
  name: text().notNull(),
})

const article = pgTable('article', {
  id: uuidColumn().primaryKey(),
  title: text().notNull(),
  slug: text().notNull(),
  body: text().notNull(),
  state: text({ enum: ['draft', 'published'] }).notNull(),
  featured: boolean().notNull(),
  authorId: uuidColumn('author_id').notNull(),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
})

const tag = pgTable('tag', { id: uuidColumn().primaryKey(), name: text().notNull() })

const articleTag = pgTable(
  'article_tags',
  { articleId: uuidColumn('article_id').notNull(), tagId: uuidColumn('tag_id').notNull() },
  table => [primaryKey({ columns: [table.articleId, table.tagId] })],
)

const articleRelations = relations(article, ({ one, many }) => ({
  author: one(user, { fields: [article.authorId], references: [user.id] }),
  articleTags: many(articleTag),
}))

const articleTagRelations = relations(articleTag, ({ one }) => ({
  article: one(article, { fields: [articleTag.articleId], references: [article.id] }),
  tag: one(tag, { fields: [articleTag.tagId], references: [tag.id] }),
}))

export function postgresQueries(url: string): ArticleQueries {
  const pool = new Pool({ connectionString: url, max: 10 })
  const schema = { user, article, tag, articleTag, articleRelations, articleTagRelations }
  const db = drizzle(pool, { schema })
  const { id, title, slug, state, featured, authorId, createdAt, updatedAt } = article
  const listedColumns = { id, title, slug, state, featured, authorId, createdAt, updatedAt }

  const find = db
    .select()
    .from(article)
    .where(eq(article.id, sql.placeholder('id')))
    .prepare('find')

  const list = db
    .select(listedColumns)
    .from(article)
    .where(lt(article.createdAt, sql.placeholder('before')))
    .orderBy(desc(article.createdAt), desc(article.id))
    .limit(sql.placeholder('limit'))
    .prepare('list')

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
    .prepare('list_readable')

  const nested = db.query.article
    .findMany({
      columns: { id: true, title: true, slug: true, state: true, createdAt: true },
      with: {
        author: { columns: { id: true, name: true } },
        articleTags: {
          columns: {},
          with: { tag: { columns: { id: true, name: true } } },
          orderBy: articleTag.tagId,
        },
      },
      extras: {
        commentCount:
          sql<number>`(select count(*)::integer from "comment" where "comment"."article_id" = "article"."id")`.as(
            'comment_count',
          ),
      },
      where: lt(article.createdAt, sql.placeholder('before')),
      orderBy: [desc(article.createdAt), desc(article.id)],
      limit: sql.placeholder('limit'),
    })
    .prepare('nested')

  const create = db
    .insert(article)
    .values({
      ...{ id: sql.placeholder('id'), title: sql.placeholder('title'), slug: sql.placeholder('slug') },
      ...{ body: sql.placeholder('body'), state: sql.placeholder('state'), featured: sql.placeholder('featured') },
      authorId: sql.placeholder('authorId'),
      ...{ createdAt: sql.placeholder('now'), updatedAt: sql.placeholder('now') },
    })
    .returning()
    .prepare('create')

  const update = db
    .update(article)
    .set({ title: sql`${sql.placeholder('title')}`, updatedAt: sql`${sql.placeholder('now')}` })
    .where(eq(article.id, sql.placeholder('id')))
    .returning()
    .prepare('update')

  return {
    find: async key => (await find.execute({ id: key }))[0],
    list: (before, limit) => list.execute({ before: new Date(before), limit }),
    listReadable: (before, limit, caller) => listReadable.execute({ before: new Date(before), limit, caller }),
    async nested(before, limit) {
      const rows = await nested.execute({ before: new Date(before), limit })
      return rows.map(({ articleTags, ...row }) => ({ ...row, tags: articleTags.map(link => link.tag) }))
    },
    create: async input => (await create.execute({ ...input, id: uuid(), now: new Date() }))[0],
    update: async (key, changed) =>
      (await update.execute({ id: key, title: changed, now: new Date().toISOString() }))[0],
  }
}
