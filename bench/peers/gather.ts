// Puts nested articles together from the rows of three queries.
import type { NestedArticle } from './fastify-articles.ts'

interface WithAuthor {
  readonly id: string
  readonly title: string
  readonly slug: string
  readonly state: 'draft' | 'published'
  readonly createdAt: Date
  readonly authorId: string
  readonly authorName: string
}

interface Tagged {
  readonly articleId: string
  readonly id: string
  readonly name: string
}

/** Tags come in the order in which they are to stand. */
export function gathered(
  articles: readonly WithAuthor[],
  tags: readonly Tagged[],
  counts: readonly { readonly articleId: string; readonly count: number }[],
): NestedArticle[] {
  const tagsOf = new Map<string, { id: string; name: string }[]>()
  for (const { articleId, id, name } of tags) {
    const known = tagsOf.get(articleId)
    if (known === undefined) tagsOf.set(articleId, [{ id, name }])
    else known.push({ id, name })
  }
  const countOf = new Map(counts.map(({ articleId, count }) => [articleId, count]))
  return articles.map(({ authorId, authorName, ...article }) => ({
    ...article,
    author: { id: authorId, name: authorName },
    tags: tagsOf.get(article.id) ?? [],
    commentCount: countOf.get(article.id) ?? 0,
  }))
}
