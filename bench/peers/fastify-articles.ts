// The Fastify half of the peers that ask through a query builder: routes and validation as its guide shows them, logging
// off, no response schemas (measured: JSON.stringify is up to 12% ahead on nested rows, 5% behind on the plain list).
// What a served API owes beyond that (security headers, entity tags, access log, problem documents) is left out, in
// favour of these peers.
import fastify, { type FastifyReply } from 'fastify'

import { verifyAuthorization } from '../data/token.ts'
import type { PeerSettings } from '../harness/messages.ts'
import { articleFields, listFields, nestedFields } from '../rows.ts'
import { pageBody, pageToken } from '../shape.ts'
import { portOf } from './serve.ts'

/** An article as it is answered. */
export interface Article extends ListedArticle {
  readonly body: string
}

export interface ListedArticle extends Placed {
  readonly title: string
  readonly slug: string
  readonly state: 'draft' | 'published'
  readonly featured: boolean
  readonly authorId: string
  readonly updatedAt: string | Date
}

export interface NestedArticle extends Placed {
  readonly title: string
  readonly slug: string
  readonly state: 'draft' | 'published'
  readonly author: Named | null
  readonly tags: readonly Named[]
  readonly commentCount: number
}

interface Placed {
  readonly id: string
  /** A date where the driver makes one; in JSON it is the same text. */
  readonly createdAt: string | Date
}

interface Named {
  readonly id: string
  readonly name: string
}

export interface NewArticle {
  readonly title: string
  readonly slug: string
  readonly body: string
  readonly state: 'draft' | 'published'
  readonly featured: boolean
  readonly authorId: string
}

type Answer<T> = T | Promise<T>

/** What a query builder has to answer. */
export interface ArticleQueries {
  find(id: string): Answer<Article | undefined>
  list(before: string, limit: number): Answer<readonly ListedArticle[]>
  listReadable(before: string, limit: number, caller: string): Answer<readonly ListedArticle[]>
  nested(before: string, limit: number): Answer<readonly NestedArticle[]>
  create(article: NewArticle): Answer<Article | undefined>
  update(id: string, title: string): Answer<Article | undefined>
}

const text = { type: 'string' }
const id = { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' }
const state = { type: 'string', enum: ['draft', 'published'] }
const title = { type: 'string', minLength: 1, maxLength: 200 }
const slug = { type: 'string', pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$', maxLength: 200 }

const listQuery = {
  type: 'object',
  required: ['createdAt[lt]'],
  additionalProperties: false,
  properties: {
    'createdAt[lt]': { type: 'string', format: 'date-time' },
    sort: { type: 'string', const: '-createdAt' },
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    select: { type: 'string', enum: [listFields, nestedFields] },
  },
}

interface ListQuery {
  readonly 'createdAt[lt]': string
  readonly limit: number
  readonly select?: string
}

const itemQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { select: { type: 'string', const: articleFields } },
}

const idParameter = { type: 'object', required: ['id'], properties: { id } }

const newArticle = {
  type: 'object',
  required: ['title', 'slug', 'body', 'authorId'],
  additionalProperties: false,
  properties: {
    ...{ title, slug, body: { type: 'string', maxLength: 100_000 }, authorId: id },
    ...{ state: { ...state, default: 'draft' }, featured: { type: 'boolean', default: false } },
  },
}

const articleChange = { type: 'object', required: ['title'], additionalProperties: false, properties: { title } }

/** Serves articles out of the given queries; resolves to the port. */
export async function serveArticles(queries: ArticleQueries, settings: PeerSettings): Promise<number> {
  const app = fastify({ logger: false })

  app.get('/hello', { schema: { response: { 200: { type: 'object', properties: { message: text } } } } }, () => ({
    message: 'hello',
  }))

  app.get<{ Params: { id: string } }>(
    '/api/articles/:id',
    { schema: { params: idParameter, querystring: itemQuery } },
    async (request, reply) => item(await queries.find(request.params.id), reply),
  )

  app.get<{ Querystring: ListQuery }>(
    '/api/articles',
    { schema: { querystring: listQuery } },
    async (request, reply) => {
      const { 'createdAt[lt]': before, limit, select } = request.query
      if (settings.access === 'owned') {
        const caller = verifyAuthorization(request.headers.authorization)
        if (caller === undefined) return reply.code(401).send({ message: 'A valid bearer token is needed.' })
        return page(await queries.listReadable(before, limit, caller), limit)
      }
      if (select === nestedFields) return page(await queries.nested(before, limit), limit)
      return page(await queries.list(before, limit), limit)
    },
  )

  app.post<{ Body: NewArticle }>(
    '/api/articles',
    { schema: { querystring: itemQuery, body: newArticle } },
    async (request, reply) => item(await queries.create(request.body), reply.code(201)),
  )

  app.patch<{ Params: { id: string }; Body: { title: string } }>(
    '/api/articles/:id',
    { schema: { params: idParameter, querystring: itemQuery, body: articleChange } },
    async (request, reply) => item(await queries.update(request.params.id, request.body.title), reply),
  )

  await app.listen({ port: 0, host: '127.0.0.1' })
  return portOf(app.server)
}

function item(article: Article | undefined, reply: FastifyReply) {
  return article === undefined ? reply.code(404).send({ message: 'There is no such article.' }) : article
}

function page(articles: readonly Placed[], limit: number) {
  const last = articles.at(-1)
  if (last === undefined || articles.length < limit) return pageBody(articles, null)
  const { createdAt, id: lastId } = last
  return pageBody(articles, pageToken(typeof createdAt === 'string' ? createdAt : createdAt.toISOString(), lastId))
}
