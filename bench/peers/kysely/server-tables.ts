// The tables on a database server, as Kysely's types; `Flag` is what its driver makes of a boolean.

export interface ServerTables<Flag> {
  user: { id: string; name: string; email: string; role: string; created_at: Date; updated_at: Date }
  article: {
    id: string
    title: string
    slug: string
    body: string
    state: 'draft' | 'published'
    featured: Flag
    author_id: string
    created_at: Date
    updated_at: Date
  }
  comment: { id: string; body: string; article_id: string; author_id: string; created_at: Date; updated_at: Date }
  tag: { id: string; name: string }
  article_tags: { article_id: string; tag_id: string }
}

export const listedColumns = [
  ...(['id', 'title', 'slug', 'state', 'featured'] as const),
  ...(['author_id as authorId', 'created_at as createdAt', 'updated_at as updatedAt'] as const),
] as const

export const articleColumns = [...listedColumns, 'body'] as const
