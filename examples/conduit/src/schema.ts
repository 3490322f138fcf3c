/** What there is: people, their articles, comments and tags. */
import { defineSchema, field, model } from 'plinth'

/** What people tell of themselves: stored of a User, and what the routes of accounts take and give. */
export const account = {
  email: field.text({ min: 1, max: 254 }),
  username: field.text({ min: 1, max: 60 }),
  bio: field.text({ max: 10_000 }).optional(),
  image: field.text({ max: 2000 }).optional(),
}

const User = model({
  ...account,
  email: account.email.unique({ ignoreCase: true }).maskable(),
  username: account.username.unique({ ignoreCase: true }),
  passwordHash: field.text().private(),
  articles: field.hasMany('Article', 'author'),
  favorites: field.manyToMany('Article', { inverse: 'favoritedBy' }),
  following: field.manyToMany('User', { inverse: 'followers' }),
  followers: field.manyToMany('User', { inverse: 'following' }),
})

const Article = model(
  {
    slug: field.slug('title').unique(),
    title: field.text({ min: 1, max: 200 }),
    description: field.text({ min: 1 }),
    body: field.text({ min: 1, max: 100_000 }),
    author: field
      .belongsTo('User')
      .default(caller => caller.id)
      .immutable(),
    tags: field.manyToMany('Tag', { inverse: 'articles' }),
    comments: field.hasMany('Comment', 'article'),
    favoritedBy: field.manyToMany('User', { inverse: 'favorites' }),
  },
  { timestamps: true, index: [['-createdAt', '-id']] },
)

const Comment = model(
  {
    id: field.sequence(),
    body: field.text({ min: 1, max: 10_000 }),
    article: field.belongsTo('Article', { onDelete: 'cascade' }).immutable(),
    author: field
      .belongsTo('User')
      .default(caller => caller.id)
      .immutable(),
  },
  { timestamps: true },
)

const Tag = model({
  name: field.text({ min: 1, max: 60 }).unique(),
  articles: field.manyToMany('Article', { inverse: 'tags' }),
})

export const schema = defineSchema({ User, Article, Comment, Tag }, { caller: 'User' })
