/** The specification's routes. */
import { everyone, fail, field, hashPassword, partial, routesOf, verifyPassword } from 'plinth'
import { errorSchema, presentError } from './errors.ts'
import { Article, ArticlePreview, Comment, Profile, Tag } from './projections.ts'
import { account, schema } from './schema.ts'

const { group, list, one, create, update, remove, link, unlink, get, post, put } = routesOf(schema)

const { email, username } = account
const password = field.text({ min: 8 })
const accountRoute = {
  envelope: 'user',
  output: { ...account, token: field.text() },
  // Passwords take long to hash: nobody else has to wait with their writes meanwhile.
  transaction: false,
} as const

const nullIfEmpty = (value: string | null | undefined): string | null | undefined => (value === '' ? null : value)

export const api = group({ prefix: '/api', name: 'Conduit', presentError, errorSchema }, [
  post('/users', {
    ...accountRoute,
    status: 201,
    input: { username, email, password },
    allow: everyone,
    run: async ({ db, input: { password, ...names }, issueToken }) => {
      const passwordHash = await hashPassword(password)
      const user = await db.asSystem('anybody may register').User.create({ ...names, passwordHash })
      return { ...user, token: issueToken(user.id) }
    },
  }),
  post('/users/login', {
    ...accountRoute,
    input: { email, password: field.text({ min: 1 }) },
    allow: everyone,
    run: async ({ db, input: { email, password }, issueToken }) => {
      const user = await db.asSystem('passwords are private').User.first({ where: { email: { iequals: email } } })
      const isRight = await verifyPassword(password, user?.passwordHash ?? null)
      if (user === null || !isRight) throw fail('unauthenticated', 'invalid', { pointer: '/credentials' })
      return { ...user, token: issueToken(user.id) }
    },
  }),
  get('/user', {
    ...accountRoute,
    allow: ({ user }) => user.isSignedIn,
    run: async ({ db, caller, issueToken }) => {
      const user = await db.asSystem('people see all of themselves').User.get(caller.key)
      return { ...user, token: issueToken(user.id) }
    },
  }),
  put('/user', {
    ...accountRoute,
    input: partial({ ...account, password }),
    allow: ({ user }) => user.isSignedIn,
    run: async ({ db, input: { password, bio, image, ...names }, caller, issueToken }) => {
      const passwordHash = password === undefined ? undefined : await hashPassword(password)
      const changes = { ...names, passwordHash, bio: nullIfEmpty(bio), image: nullIfEmpty(image) }
      const user = await db.asSystem('passwords are private').User.update(caller.key, changes)
      return { ...user, token: issueToken(user.id) }
    },
  }),

  one('/profiles/{username}', Profile),
  link('/profiles/{username}/follow', Profile, 'followers'),
  unlink('/profiles/{username}/follow', Profile, 'followers'),

  list('/articles', ArticlePreview, {
    filters: { tag: 'tags.name', author: 'author.username', favorited: 'favoritedBy.username' },
    sort: '-createdAt',
    paging: 'offset',
  }),
  list('/articles/feed', ArticlePreview, {
    allow: ({ user }) => user.isSignedIn,
    where: ({ row, user }) => row.author.followers.some(follower => follower.id.is(user.id)),
    sort: '-createdAt',
    paging: 'offset',
  }),
  create('/articles', Article, { input: ['title', 'description', 'body', 'tagList'] }),
  one('/articles/{slug}', Article),
  update('/articles/{slug}', Article, { method: 'PUT', input: ['title', 'description', 'body', 'tagList'] }),
  remove('/articles/{slug}', 'Article'),
  link('/articles/{slug}/favorite', Article, 'favoritedBy'),
  unlink('/articles/{slug}/favorite', Article, 'favoritedBy'),

  list('/articles/{article.slug}/comments', Comment, { sort: 'id' }),
  create('/articles/{article.slug}/comments', Comment, { input: ['body'] }),
  remove('/articles/{article.slug}/comments/{id}', 'Comment'),

  list('/tags', Tag, { where: ({ row }) => row.articles.some(), sort: 'name' }),
])
