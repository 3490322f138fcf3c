/** A schema to write rules for, and what becomes of a read rule of its articles. */
import { PlinthError } from '../../src/error/index.ts'
import { concat, defineRules, defineSchema, field, model, type Predicate } from '../../src/model/index.ts'

const User = model({
  name: field.text(),
  role: field.enum(['member', 'editor', 'admin']).default('member'),
  teams: field.array(field.text()),
  articles: field.hasMany('Article', 'author'),
  profile: field.hasOne('Profile', 'user'),
})
const Profile = model({ user: field.belongsTo('User'), public: field.boolean() })
const Article = model(
  {
    title: field.text(),
    state: field.enum(['draft', 'published']),
    author: field.belongsTo('User'),
    editor: field.belongsTo('User').optional(),
    comments: field.hasMany('Comment', 'article'),
    tags: field.manyToMany('Tag'),
    labels: field.array(field.text()).optional(),
    publishedAt: field.datetime().optional(),
    price: field.decimal({ precision: 12, scale: 2 }),
    stock: field.integer(),
    weight: field.float(),
  },
  { softDelete: true },
)
const Comment = model({ body: field.text(), article: field.belongsTo('Article'), author: field.belongsTo('User') })
const Tag = model({ name: field.text({ max: 50 }).key(), articles: field.manyToMany('Article') })
const Line = model(
  { order: field.text(), number: field.integer(), notes: field.hasMany('Note', 'line') },
  { key: ['order', 'number'] },
)
const Note = model({ line: field.belongsTo('Line') })

export const schema = defineSchema(
  { User, Profile, Article, Comment, Tag, Line, Note },
  {
    caller: 'User',
    computed: {
      Article: ({ row, user }) => ({
        commentCount: row.comments.count(),
        mine: row.author.is(user.id),
        byline: concat(row.title, ' by ', row.author.name),
        talkative: row.author.articles.some(other => other.comments.count().gt(10)),
      }),
    },
  },
)

export type Symbols = Parameters<
  NonNullable<Parameters<typeof defineRules<(typeof schema)['~schema'], 'Article'>>[1]['Article']>
>[0]
export type Read = ReturnType<
  NonNullable<Parameters<typeof defineRules<(typeof schema)['~schema'], 'Article'>>[1]['Article']>
>['read']

/** The read rule that a function makes. */
export function readRule(build: (symbols: Symbols) => Read): Predicate {
  const rules = defineRules(schema, { Article: symbols => ({ read: build(symbols) as NonNullable<Read> }) })
  const predicate = rules.models['Article']?.read
  if (predicate === undefined) throw new Error('No rule')
  return predicate
}

/** What was refused. */
export function refusal(declare: () => unknown): PlinthError {
  try {
    declare()
  } catch (error) {
    if (error instanceof PlinthError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}
