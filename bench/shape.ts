// The shape of response bodies: one row as it is, or a list under `data` with the tokens of the pages around it.
// Everything that the hand-written peers answer is built here, as a value or as SQL, and everything compared is read here.

/** A body with a page of rows; `after` is null when nothing can follow. The peers page forwards only: `before` is null. */
export interface PageBody<Row> {
  readonly data: readonly Row[]
  readonly page: { readonly after: string | null; readonly before: null }
}

/** A page as a body. */
export function pageBody<Row>(rows: readonly Row[], after: string | null): PageBody<Row> {
  return { data: rows, page: { after, before: null } }
}

/** The token of the page after a row: its place in the order (createdAt, id), both of fixed width. */
export function pageToken(createdAt: string, id: string): string {
  return `${createdAt}_${id}`
}

/** Reads {@link pageToken}; undefined when the text is none. */
export function readPageToken(token: string): [createdAt: string, id: string] | undefined {
  const [createdAt, id, ...more] = token.split('_')
  return createdAt === undefined || id === undefined || more.length > 0 ? undefined : [createdAt, id]
}

/** SQL that hands the JSON of one row over as a body of UTF-8 bytes. */
export function itemBodySql(row: string): string {
  return `cast(${row} as blob)`
}

/** SQL that wraps JSON objects, joined by commas or null, into a body without a page token, as UTF-8 bytes. */
export function listBodySql(rows: string): string {
  return `cast(concat('{"data":[', ${rows}, ']}') as blob)`
}

/** The same with the token of the next page: SQL of a text or null. */
export function pageBodySql(rows: string, after: string): string {
  return `cast(concat('{"data":[', ${rows}, '],"page":{"after":', json_quote(${after}), ',"before":null}}') as blob)`
}

/** SQL for {@link pageToken}. */
export function pageTokenSql(createdAt: string, id: string): string {
  return `${createdAt} || '_' || ${id}`
}

/** The part of a body that has to be the same whoever serves it. A body without `data` is compared whole. */
export function comparable(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'data' in body ? body.data : body
}
