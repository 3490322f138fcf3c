// Fastify + Drizzle 0.45 (its stable line) over better-sqlite3, the synchronous driver that line has: it has none for
// node:sqlite. All queries are prepared; the nested list uses the relational queries.
import Database from 'better-sqlite3'
import { and, desc, eq, lt, or, relations, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

import { pragmas } from '../../data/schema.ts'
import { uuid } from '../../data/uuid.ts'
import type { ArticleQueries } from '../fastify-articles.ts'

const user = sqliteTable('user', {
  id: text().primaryKey(),
  name: text().notNull(),
  email: text().notNull(),
  role: text({ enum: ['member', 'editor', 'admin'] }).notNull(),
  createdAt: text('created_at').notNull(),
  updatedAt: text('updated_at').notNull(),
})

const article = sqliteTable('article', {
  id: text().primaryKey(),
  title: text().notNull(),
  slug: text().notNull(),
  body: text().notNull(),
  state: text({ enum: ['draft', 'published'] }).notNull(),
  featured: integer({ mode: 'boolean' }).notNull(),
  authorId: text('author_id').notNull(),
  createdAt: text('created_at').notNull(),
  updatedAt: text('updated_at').notNull(),
})

const tag = sqliteTable('tag', { id: text().primaryKey(), name: text().notNull() })

const articleTag = sqliteTable(
  'article_tags',
  { articleId: text('article_id').notNull(), tagId: text('tag_id').notNull() },
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

export function sqliteQueries(database: string): ArticleQueries {
  const client = new Database(database)
  for (const pragma of pragmas) client.pragma(pragma)
  return queries(client)
}

function queries(client: Database.Database): ArticleQueries {
  const schema = { user, article, tag, articleTag, articleRelations, articleTagRelations }
  const db = drizzle(client, { schema })
  const { body: _, ...listedColumns } = columns()

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
        // Names are written out: Drizzle renders a column inside an extra without its table, and `id` would be comment's.
        commentCount: sql<number>`(select count(*) from "comment" where "comment"."article_id" = "article"."id")`.as(
          'comment_count',
        ),
      },
      where: lt(article.createdAt, sql.placeholder('before')),
      orderBy: [desc(article.createdAt), desc(article.id)],
      limit: sql.placeholder('limit'),
    })
    .prepare()

  const create = db
    .insert(article)
    .values({
      ...{ id: sql.placeholder('id'), title: sql.placeholder('title'), slug: sql.placeholder('slug') },
      ...{ body: sql.placeholder('body'), state: sql.placeholder('state'), featured: sql.placeholder('featured') },
      authorId: sql.placeholder('authorId'),
      ...{ createdAt: sql.placeholder('now'), updatedAt: sql.placeholder('now') },
    })
    .returning()
    .prepare()

  const update = db
    .update(article)
    .set({ title: sql`${sql.placeholder('title')}`, updatedAt: sql`${sql.placeholder('now')}` })
    .where(eq(article.id, sql.placeholder('id')))
    .returning()
    .prepare()

  return {
    find: id => find.get({ id }),
    list: (before, limit) => list.all({ before, limit }),
    listReadable: (before, limit, caller) => listReadable.all({ before, limit, caller }),
    nested(before, limit) {
      const rows = nested.all({ before, limit })
      return rows.map(({ articleTags, ...row }) => ({ ...row, tags: articleTags.map(link => link.tag) }))
    },
    // Behind `get` SQLite does not move its log into the database: see the statements of the yardsticks.
    create: input => create.all({ ...input, id: uuid(), now: new Date().toISOString() })[0],
    update: (id, title) => update.all({ id, title, now: new Date().toISOString() })[0],
  }
}

function columns() {
  const { id, title, slug, body, state, featured, authorId, createdAt, updatedAt } = article
  return { id, title, slug, body, state, featured, authorId, createdAt, updatedAt }
}
