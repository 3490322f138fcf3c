/** The models of the type tests: no blog alone, but composite and natural keys, two relations to one model, self-relations. */
import { defineSchema, field, model } from '../../src/model/index.ts'
import { concat } from '../../src/model/index.ts'

export const User = model({
  email: field.email().unique().private(),
  name: field.text({ max: 80 }),
  bio: field.text().optional(),
  role: field.enum(['member', 'editor', 'admin']).default('member').readOnly(),
  secret: field.text().writeOnly(),
  articles: field.hasMany('Article', 'author'),
  edited: field.hasMany('Article', 'editor'),
  profile: field.hasOne('Profile', 'user'),
  following: field.manyToMany('User', { inverse: 'followers' }),
  followers: field.manyToMany('User', { inverse: 'following' }),
})

export const Profile = model({
  user: field.belongsTo('User', { onDelete: 'cascade' }),
  views: field.bigint().default(0n),
})

export const Article = model(
  {
    title: field.text({ min: 1, max: 200 }),
    slug: field.slug('title').unique(),
    state: field.enum(['draft', 'published']).default('draft'),
    author: field
      .belongsTo('User')
      .default(caller => caller.id!)
      .immutable(),
    editor: field.belongsTo('User').optional(),
    country: field.belongsTo('Country'),
    tags: field.manyToMany('Tag'),
    comments: field.hasMany('Comment', 'article'),
    labels: field.array(field.text()).optional(),
    publishedAt: field.datetime().optional(),
    price: field.decimal({ precision: 12, scale: 2 }),
    stock: field.integer().default(0),
    picture: field.bytes().optional(),
    settings: field.json<{ theme: string }>().optional(),
  },
  { timestamps: true, version: true, softDelete: true, unique: [['authorId', 'title']], index: [['-createdAt']] },
)

export const Comment = model({
  id: field.sequence(),
  body: field.text(),
  article: field.belongsTo('Article', { onDelete: 'cascade' }),
  author: field.belongsTo('User'),
})

export const Tag = model({ name: field.text({ max: 50 }).key(), articles: field.manyToMany('Article') })
export const Country = model({ code: field.text({ max: 2 }).key(), name: field.text() })

export const Line = model(
  {
    order: field.text({ max: 20 }),
    line: field.integer(),
    amount: field.decimal({ precision: 10, scale: 2 }),
    parts: field.hasMany('Part', 'of'),
  },
  { key: ['order', 'line'] },
)
export const Part = model({ of: field.belongsTo('Line', { onDelete: 'cascade' }), weight: field.float() })

export const schema = defineSchema(
  { User, Profile, Article, Comment, Tag, Country, Line, Part },
  {
    caller: 'User',
    computed: {
      Article: ({ row, user }) => ({
        commentCount: row.comments.count(),
        favourite: row.author.followers.some(follower => follower.id.is(user.id)),
        byline: concat(row.title, ' by ', row.author.name),
        editorName: row.editor.name,
      }),
    },
  },
)
