// The repositories of the Nest peer: TypeORM's entities for the tables of the suite, and the queries of its guide.
import { DataSource, EntitySchema, type EntitySchemaColumnOptions, LessThan } from 'typeorm'

import { uuid } from '../../data/uuid.ts'
import type { Engine } from '../../harness/messages.ts'

export interface ArticleRow {
  readonly id: string
  readonly title: string
  readonly slug: string
  readonly body: string
  readonly state: 'draft' | 'published'
  readonly featured: boolean
  readonly authorId: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

interface NamedRow {
  readonly id: string
  readonly name: string
}

interface ArticleEntity extends ArticleRow {
  readonly author?: NamedRow
  readonly tags?: NamedRow[]
  readonly commentCount?: number
}

type Listed = Omit<ArticleRow, 'body'>

export interface Articles {
  find(id: string): Promise<ArticleRow | null>
  list(before: Date, limit: number): Promise<readonly Listed[]>
  listReadable(before: Date, limit: number, caller: string): Promise<readonly Listed[]>
  nested(before: Date, limit: number): Promise<readonly { readonly id: string; readonly createdAt: Date }[]>
  create(article: Omit<ArticleRow, 'id' | 'createdAt' | 'updatedAt'>): Promise<ArticleRow | null>
  update(id: string, title: string): Promise<ArticleRow | null>
}

const listed = ['id', 'title', 'slug', 'state', 'featured', 'authorId', 'createdAt', 'updatedAt'] as const

export async function openArticles(engine: Engine, url: string): Promise<Articles> {
  if (engine === 'sqlite') throw new TypeError('this peer takes part on servers only')
  const { article, user, tag } = entities(engine)
  const source = new DataSource({
    ...(engine === 'postgres'
      ? { type: 'postgres', url, poolSize: 10 }
      : { type: 'mariadb', url, poolSize: 10, timezone: 'Z', charset: 'utf8mb4' }),
    entities: [article, user, tag],
    logging: false,
  })
  await source.initialize()
  const articles = source.getRepository(article)
  const order = { createdAt: 'desc', id: 'desc' } as const
  return {
    find: id => articles.findOneBy({ id }),
    list: (before, limit) =>
      articles.find({ select: fields(listed), where: { createdAt: LessThan(before) }, order, take: limit }),
    listReadable(before, limit, caller) {
      const earlier = { createdAt: LessThan(before) }
      const where = [
        { ...earlier, state: 'published' as const },
        { ...earlier, authorId: caller },
      ]
      return articles.find({ select: fields(listed), where, order, take: limit })
    },
    async nested(before, limit) {
      const rows = await articles.find({
        select: {
          ...fields(['id', 'title', 'slug', 'state', 'createdAt', 'commentCount']),
          author: { id: true, name: true },
          tags: { id: true, name: true },
        },
        relations: { author: true, tags: true },
        // Joined, `take` would first look for the distinct ids of half the table.
        relationLoadStrategy: 'query',
        where: { createdAt: LessThan(before) },
        order,
        take: limit,
      })
      return rows.map(({ commentCount, tags = [], ...row }) => ({
        ...row,
        tags: tags.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        commentCount: Number(commentCount),
      }))
    },
    async create(input) {
      const now = new Date()
      const row = { ...input, id: uuid(), createdAt: now, updatedAt: now }
      await articles.insert(row)
      return await articles.findOneBy({ id: row.id })
    },
    async update(id, title) {
      await articles.update({ id }, { title, updatedAt: new Date() })
      return await articles.findOneBy({ id })
    },
  }
}

function fields<Name extends string>(names: readonly Name[]): Record<Name, true> {
  return Object.fromEntries(names.map(name => [name, true])) as Record<Name, true>
}

function entities(engine: 'postgres' | 'mariadb') {
  const onPostgres = engine === 'postgres'
  const key: EntitySchemaColumnOptions = onPostgres ? { type: 'uuid' } : { type: 'char', length: 36 }
  const moment: EntitySchemaColumnOptions = { type: onPostgres ? 'timestamptz' : 'datetime', precision: 3 }
  const text: EntitySchemaColumnOptions = { type: onPostgres ? 'text' : 'varchar' }
  const quoted = onPostgres ? '"' : '`'
  const name = (word: string) => `${quoted}${word}${quoted}`
  const user = new EntitySchema<NamedRow>({
    name: 'User',
    tableName: 'user',
    columns: { id: { ...key, primary: true }, name: text },
  })
  const tag = new EntitySchema<NamedRow>({
    name: 'Tag',
    tableName: 'tag',
    columns: { id: { ...key, primary: true }, name: text },
  })
  const article = new EntitySchema<ArticleEntity>({
    name: 'Article',
    tableName: 'article',
    columns: {
      id: { ...key, primary: true },
      title: text,
      slug: text,
      body: { type: onPostgres ? 'text' : 'longtext' },
      state: text,
      featured: { type: 'boolean' },
      authorId: { ...key, name: 'author_id' },
      createdAt: { ...moment, name: 'created_at' },
      updatedAt: { ...moment, name: 'updated_at' },
      commentCount: {
        type: 'integer',
        select: false,
        virtualProperty: true,
        query: alias => `select count(*) from comment where comment.article_id = ${alias}.${name('id')}`,
      },
    },
    relations: {
      author: { type: 'many-to-one', target: 'User', joinColumn: { name: 'author_id' } },
      tags: {
        type: 'many-to-many',
        target: 'Tag',
        joinTable: {
          name: 'article_tags',
          joinColumn: { name: 'article_id' },
          inverseJoinColumn: { name: 'tag_id' },
        },
      },
    },
  })
  return { article, user, tag }
}
