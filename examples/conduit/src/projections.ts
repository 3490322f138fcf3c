/** How rows look in the specification's JSON. */
import { projection } from 'plinth'
import { schema } from './schema.ts'

export const Profile = projection(
  schema,
  'User',
  ({ row, user }) => ({
    username: row.username,
    bio: row.bio,
    image: row.image,
    following: row.followers.some(follower => follower.id.is(user.id)),
  }),
  { one: 'profile' },
)

export const Article = projection(
  schema,
  'Article',
  ({ row, user, include, pluck }) => ({
    slug: row.slug,
    title: row.title,
    description: row.description,
    body: row.body,
    tagList: pluck('tags', 'name'),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    favorited: row.favoritedBy.some(reader => reader.id.is(user.id)),
    favoritesCount: row.favoritedBy.count(),
    author: include('author', Profile),
  }),
  { one: 'article', many: 'articles', count: 'articlesCount' },
)

export const ArticlePreview = Article.without('body')

export const Comment = projection(
  schema,
  'Comment',
  ({ row, include }) => ({
    id: row.id,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    body: row.body,
    author: include('author', Profile),
  }),
  { one: 'comment', many: 'comments' },
)

export const Tag = projection(schema, 'Tag', ({ row }) => row.name, { many: 'tags' })
