/** Bounds on what one request may ask for; each has a default that fits an ordinary application. */

export interface Limits {
  /** Rows of a page when the request names no limit; 20 by default. */
  readonly defaultPage: number
  /** The most rows that one page may have; 200 by default. */
  readonly maximumPage: number
  /** Rows of an included to-many relation when the request names no limit; 20 by default. */
  readonly defaultNested: number
  /** The most rows that the nested limits of a request may multiply to; 10,000 by default. */
  readonly maximumRows: number
  /** How deep includes may nest; 5 by default. */
  readonly includeDepth: number
  /** How deep filters may nest, relations and groups together; 5 by default. */
  readonly filterDepth: number
  /** The most conditions in one request; 50 by default. */
  readonly conditions: number
  /** The most entries in one list of a filter; 1,000 by default. */
  readonly listLength: number
  /** The most rows that a page may skip; 100,000 by default. */
  readonly offset: number
  /** The most rows that a bulk update or delete, or an array of creates, may touch; 10,000 by default. */
  readonly bulkRows: number
  /** The most bytes of an answer's JSON; 8 MiB by default. */
  readonly responseBytes: number
  /** How many shapes of requests are kept compiled; 1,000 by default. */
  readonly planCache: number
  /** Milliseconds that a request may take; 30,000 by default. */
  readonly requestTime: number
  /** Milliseconds that a transaction may stay open; 5,000 by default. */
  readonly transactionTime: number
  /** Milliseconds that a handler of an event may take; 300,000 by default. */
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
