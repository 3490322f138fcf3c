// A schema with a bit of everything, served in process: what the tests of the REST surface ask.
import { refusal } from '../../src/error/index.ts'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import {
  allOf,
  anyOf,
  defineRules,
  defineSchema,
  everyone,
  field,
  graphOf,
  model,
  type Value,
} from '../../src/model/index.ts'
import { createRows } from '../../src/operation/index.ts'
import { anonymous, type Caller } from '../../src/query/index.ts'
import { type HttpServer, createHttpServer, type ServerOptions } from '../../src/surface/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import { memoryStore } from '../../src/store/memory/index.ts'
import { systemContext } from '../fixtures/system-context.ts'

const User = model({
  email: field.email().unique().private(),
  name: field.text({ max: 80 }),
  password: field.text().writeOnly().optional(),
  role: field.enum(['member', 'editor', 'admin']).default('member').readOnly(),
  articles: field.hasMany('Article', 'author'),
})

const Article = model(
  {
    title: field.text({ min: 1, max: 200 }),
    slug: field.slug('title').unique(),
    state: field.enum(['draft', 'published']).default('draft'),
    price: field.decimal({ precision: 10, scale: 2 }).optional(),
    views: field.bigint().default('0'),
    rating: field.float().optional(),
    rank: field.integer({ min: 0, max: 1000 }).default(0),
    featured: field.boolean().default(false),
    publishedAt: field.datetime().optional(),
    day: field.date().optional(),
    labels: field.array(field.text({ max: 20 })).optional(),
    meta: field.json({ type: 'object' }).optional(),
    secret: field.text().optional(),
    note: field.text().optional(),
    author: field.belongsTo('User'),
    tags: field.manyToMany('Tag'),
    comments: field.hasMany('Comment', 'article'),
  },
  {
    timestamps: true,
    version: true,
    softDelete: true,
    index: [['-createdAt']],
    description: 'What is written and read.',
  },
)

const Comment = model(
  {
    body: field.text({ min: 1, max: 1000 }),
    state: field.enum(['hidden', 'shown']).default('shown'),
    article: field.belongsTo('Article'),
    author: field.belongsTo('User').optional(),
  },
  { timestamps: true },
)

const Tag = model({ name: field.text({ max: 40 }).key(), color: field.text().optional() })

const Line = model(
  { order: field.integer(), code: field.text({ max: 20 }), amount: field.decimal({ precision: 8, scale: 2 }) },
  { key: ['order', 'code'] },
)

const Log = model({ at: field.datetime(), text: field.text() }, { key: [] })

const schema = defineSchema(
  { User, Article, Comment, Tag, Line, Log },
  {
    caller: 'User',
    computed: { Article: ({ row }) => ({ commentCount: row.comments.count() }) },
  },
)

const rules = defineRules(schema, {
  User: ({ row, user }) => ({ read: everyone, update: row.id.is(user.id) }),
  Article: ({ row, user }) => ({
    read: anyOf(row.state.is('published'), row.author.is(user.id), user.role.in(['editor', 'admin'])),
    create: row.author.is(user.id),
    update: row.author.is(user.id),
    delete: anyOf(row.author.is(user.id), user.role.is('admin')),
    withDeleted: user.role.is('admin'),
    fields: {
      secret: { read: user.role.is('admin'), write: user.role.is('admin') },
      note: { read: row.author.is(user.id) },
    },
  }),
  Comment: ({ row, user }) => ({
    read: row.state.is('shown'),
    create: allOf(user.isSignedIn, row.state.is('shown')),
    update: row.author.is(user.id),
    delete: row.author.is(user.id),
  }),
  Tag: ({ user }) => ({
    read: everyone,
    create: user.isSignedIn,
    update: user.role.is('admin'),
    delete: user.role.is('admin'),
  }),
  Line: ({ user }) => ({ read: everyone, create: user.isSignedIn, update: user.isSignedIn, delete: user.isSignedIn }),
  Log: () => ({ read: everyone }),
})

export const graph = graphOf(schema, rules)

export interface Blog {
  readonly engine: Engine
  readonly server: HttpServer
  readonly ann: string
  readonly bob: string
  readonly admin: string
  /** Sends a request; `as` is one of the ids, or nobody. */
  ask(request: Asked): Promise<Told>
  system(modelName: string, rows: readonly Record<string, Value>[]): Promise<void>
  close(): Promise<void>
}

export interface Asked {
  readonly method?: string
  readonly url: string
  readonly as?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Untyped: what came back is what the test looks at. */
  readonly json: ReturnType<JSON['parse']>
}

const id = (last: number): string => `01890000-0000-7000-8000-${String(last).padStart(12, '0')}`

export async function openBlog(options: Partial<ServerOptions> = {}, store: Store = memoryStore()): Promise<Blog> {
  const engine = createEngine({ graph, store })
  await store.open(engine.graph)
  await store.applySchema(await store.compareSchema(engine.graph))
  const [ann, bob, admin] = [id(1), id(2), id(3)]
  const users: Record<string, Caller> = {
    [ann]: signedIn(ann, 'member'),
    [bob]: signedIn(bob, 'member'),
    [admin]: signedIn(admin, 'admin'),
  }
  const server = createHttpServer({
    engine,
    resolveCaller(request) {
      const header = request.header('authorization')
      const caller = header === undefined ? anonymous : users[header.replace('Bearer ', '')]
      if (caller === undefined) throw refusal('identity.token-invalid', {})
      return caller
    },
    ...options,
  })
  const system = async (modelName: string, rows: readonly Record<string, Value>[]): Promise<void> => {
    await createRows(engine, { model: modelName, form: 'json', select: null, rows, many: true }, systemContext())
  }
  await system('User', [
    { id: ann, email: 'ann@example.com', name: 'Ann' },
    { id: bob, email: 'bob@example.com', name: 'Bob' },
    { id: admin, email: 'admin@example.com', name: 'Root', role: 'admin' },
  ])
  await system('Tag', [{ name: 'red', color: '#f00' }, { name: 'blue' }])
  return {
    engine,
    server,
    ann,
    bob,
    admin,
    system,
    async ask({ method = 'GET', url, as, body, headers = {} }) {
      const answer = await server.fastify.inject({
        method: method as 'GET',
        url,
        headers: {
          ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const isJson = String(answer.headers['content-type'] ?? '').includes('json')
      return {
        status: answer.statusCode,
        headers: answer.headers as Record<string, string>,
        text: answer.body,
        json: isJson && answer.body !== '' ? JSON.parse(answer.body) : undefined,
      }
    },
    async close() {
      await server.close()
      engine.close()
      await store.close()
    },
  }
}

const signedIn = (key: string, role: string): Caller => ({
  class: 'signedIn',
  key: [key],
  attributes: { id: key, role },
  reason: null,
})
