/** First rows, so that there is something to read: the same ones each time. */
import { hashPassword, type SystemDb } from 'plinth'
import { articles, remarks } from '../data/articles.ts'
import { people } from '../data/people.ts'
import type { schema } from './schema.ts'

export const demoPassword = 'conduit-demo'

const firstDay = Date.UTC(2026, 0, 5, 7)
const hour = 3_600_000

export async function seed(db: SystemDb<typeof schema>): Promise<void> {
  const names = people.map(({ username }) => ({ username }))
  const passwordHash = await hashPassword(demoPassword)
  await db.User.create(people.map(({ email, username, bio }) => ({ email, username, bio, passwordHash })))
  for (const { username, follows } of people) {
    await db.User.update({ username }, { following: { connect: follows.map(followed => ({ username: followed })) } })
  }
  const written = Object.entries(articles).flatMap(([author, texts]) =>
    texts.map((text, index) => ({ author, index, text })),
  )
  const inTurn = written.toSorted((one, other) => one.index - other.index)
  await db.Article.create(
    inTurn.map(({ author, text: [title, description, tags, body] }, turn) => {
      const createdAt = new Date(firstDay + turn * 41 * hour)
      const readers = names.filter(
        ({ username }, index) => username !== author && (turn * 7 + index * 3) % 5 < turn % 4,
      )
      return {
        title,
        description,
        body,
        createdAt,
        updatedAt: createdAt,
        author: { connect: { username: author } },
        tags: { connectOrCreate: tags.map(name => ({ name })) },
        favoritedBy: { connect: readers },
      }
    }),
  )
  const [rows, users] = [await db.Article.find({ sort: 'createdAt', limit: 200 }), await db.User.find({ sort: 'id' })]
  const comments = rows.flatMap((article, turn) =>
    users.slice(0, turn % 3).map((_, index) => ({
      body: remarks[(turn + index * 4) % remarks.length] ?? '',
      articleId: article.id,
      authorId: users[(turn * 3 + index * 5 + 1) % users.length]?.id ?? article.authorId,
      createdAt: new Date(article.createdAt.getTime() + (index + 2) * hour),
    })),
  )
  await db.Comment.create(comments)
}
