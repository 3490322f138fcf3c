/** The REST surface: generated routes and the grammar of their query strings. */
export { parseRowsQuery, type RowsQuery } from './rows-query.ts'
export { restRoutes } from './rest-routes.ts'
