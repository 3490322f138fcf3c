/** The REST surface: generated routes and the grammar of their query strings. */
export { restRoutes } from './rest-routes.ts'
