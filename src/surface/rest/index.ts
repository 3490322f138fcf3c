/** The REST surface: generated routes and the grammar of their query strings. */
export { restRoutes, type RestOptions } from './rest-routes.ts'
