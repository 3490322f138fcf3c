/** The REST surface: generated routes and the grammar of their query strings. */
export { type Idempotency, readIdempotency } from './idempotency-key.ts'
export { restRoutes, type RestOptions } from './rest-routes.ts'
