// What the two hand-written yardsticks ask of a database, and what they get: bodies that are ready to be sent.
import type { Engine } from '../../harness/messages.ts'

/** Bytes from SQLite, text from drivers that give text. */
export type Body = Uint8Array | string

/** SQLite answers at once; a promise around its answer would be felt. */
export type Answer<T> = T | Promise<T>

/** A list, with the token of the next page where there may be one. */
export interface Page {
  readonly body: Body
  readonly after?: string
}

export interface NewRow {
  readonly id: string
  readonly title: string
  readonly slug: string
  readonly body: string
  readonly state: string
  readonly featured: boolean
  readonly authorId: string
  readonly now: string
}

export interface Articles {
  find(id: string): Answer<Body | undefined>
  /** The page after a place in the order: a time and an id, empty for none. */
  list(time: string, id: string, limit: number): Answer<Page>
  nested(time: string, id: string, limit: number): Answer<Page>
  /** What a caller may read: published or own. */
  rule(time: string, id: string, limit: number, caller: string): Answer<Page>
  create(row: NewRow): Answer<Body | undefined>
  update(id: string, title: string, now: string): Answer<Body | undefined>
  /** Which constraint an error of the database speaks of. */
  brokenBy(error: unknown): 'foreign-key' | 'unique' | undefined
}

/** `paged`: lists carry the token of the next page, in the body and beside it. */
export async function openArticles(engine: Engine, database: string, paged: boolean): Promise<Articles> {
  switch (engine) {
    case 'sqlite':
      return (await import('./sqlite.ts')).sqliteArticles(database, paged)
    case 'postgres':
      return (await import('./postgres.ts')).postgresArticles(database, paged)
    case 'mariadb':
      return (await import('./mariadb.ts')).mariadbArticles(database, paged)
  }
}

const full = (rows: string, after: string | null): string =>
  `{"data":[${rows}],"page":{"after":${after === null ? 'null' : `"${after}"`},"before":null}}`

/** A list out of rows that each are the JSON of one article; the last one tells where the next page begins. */
export function pageOfRows(
  rows: readonly (readonly [string])[],
  limit: number,
  paged: boolean,
  token: (createdAt: string, id: string) => string,
): Page {
  let joined = ''
  for (const [row] of rows) joined += joined === '' ? row : `,${row}`
  if (!paged) return { body: `{"data":[${joined}]}` }
  const last = rows.at(-1)?.[0]
  if (last === undefined || rows.length < limit) return { body: full(joined, null) }
  const { createdAt, id } = JSON.parse(last) as { createdAt: string; id: string }
  const after = token(createdAt, id)
  return { body: full(joined, after), after }
}
