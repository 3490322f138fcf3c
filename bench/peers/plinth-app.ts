// The application that the peer "plinth" serves: the tables of ../data/schema.ts as models, and the rules of the rows.
import { anyOf, createApp, defineRules, defineSchema, everyone, field, hmacKey, model, routesOf } from 'plinth'

import { tokenAudience, tokenIssuer, tokenSecret } from '../data/token.ts'
import type { Access } from '../rows.ts'

const User = model(
  {
    name: field.text({ max: 80 }),
    email: field.email().unique(),
    role: field.enum(['member', 'editor', 'admin']).default('member'),
  },
  { timestamps: true },
)

const Article = model(
  {
    id: field.id(),
    title: field.text({ min: 1, max: 200 }),
    slug: field.text({ min: 1, max: 200, pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/u }).unique(),
    body: field.text({ max: 100_000 }),
    state: field.enum(['draft', 'published']).default('draft'),
    featured: field.boolean().default(false),
    author: field.belongsTo('User'),
    tags: field.manyToMany('Tag'),
    comments: field.hasMany('Comment', 'article'),
  },
  { timestamps: true, index: [['createdAt', 'id']] },
)

const Comment = model(
  {
    body: field.text({ max: 10_000 }),
    article: field.belongsTo('Article', { onDelete: 'cascade' }),
    author: field.belongsTo('User'),
  },
  { timestamps: true },
)

const Tag = model({ name: field.text({ max: 50 }).unique() })

const schema = defineSchema(
  { User, Article, Comment, Tag },
  { caller: 'User', computed: { Article: ({ row }) => ({ commentCount: row.comments.count() }) } },
)

const readable = () => ({ read: everyone })

const shared = { User: readable, Comment: readable, Tag: readable }

const open = defineRules(schema, {
  ...shared,
  Article: () => ({ read: everyone, create: everyone, update: everyone }),
})

const owned = defineRules(schema, {
  ...shared,
  Article: ({ row, user }) => ({ read: anyOf(row.state.is('published'), row.author.is(user.id)) }),
})

const { group, get } = routesOf(schema)

const hello = group({ prefix: '' }, [
  get('/hello', { allow: everyone, output: { message: field.text() }, run: () => ({ message: 'hello' }) }),
])

/** The application under the rule of a row. */
export function benchApp(access: Access) {
  return createApp({
    name: tokenIssuer,
    schema,
    routes: [hello],
    rules: access === 'open' ? open : owned,
    auth: { key: hmacKey(tokenSecret), issuer: tokenIssuer, audience: tokenAudience },
    server: { port: 0, host: '127.0.0.1' },
  })
}
