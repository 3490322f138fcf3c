/** Bounds on what one request may ask for; each has a default that fits an ordinary application. */

export interface Limits {
  /** Rows of a page when the request names no limit. */
  readonly defaultPage: number
  /** The most rows that one page may have. */
  readonly maximumPage: number
  /** Rows of an included to-many relation when the request names no limit. */
  readonly defaultNested: number
  /** The most rows that the nested limits of a request may multiply to. */
  readonly maximumRows: number
  /** How deep includes may nest. */
  readonly includeDepth: number
  /** How deep filters may nest, relations and groups together. */
  readonly filterDepth: number
  /** Conditions in one request. */
  readonly conditions: number
  /** Entries in one list of a filter. */
  readonly listLength: number
  /** The largest offset. */
  readonly offset: number
  /** Rows that a bulk update or delete, or an array of creates, may touch. */
  readonly bulkRows: number
  /** Bytes of an answer's JSON. */
  readonly responseBytes: number
  /** Plan shapes kept compiled. */
  readonly planCache: number
  /** Milliseconds that a request may take. */
  readonly requestTime: number
  /** Milliseconds that a transaction may stay open. */
  readonly transactionTime: number
  /** Milliseconds that a handler of an event may take. */
  readonly eventTime: number
}

export const defaultLimits: Limits = Object.freeze({
  defaultPage: 20,
  maximumPage: 200,
  defaultNested: 20,
  maximumRows: 10_000,
  includeDepth: 5,
  filterDepth: 5,
  conditions: 50,
  listLength: 1000,
  offset: 100_000,
  bulkRows: 10_000,
  responseBytes: 8 * 1024 * 1024,
  planCache: 1000,
  requestTime: 30_000,
  transactionTime: 5000,
  eventTime: 300_000,
})
